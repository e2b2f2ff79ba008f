"""Two pipelines that publish to one schema: what is said of the schema is said of both."""

import pytest

from local_runtime.cli.running import pipelines_of
from local_runtime.errors import LakehouseError
from local_runtime.graph.column_lineage import column_lineage
from local_runtime.graph.render import graph_as_mermaid
from local_runtime.inspection.dictionary import dictionary_pages
from local_runtime.inspection.status import inspect

CHECKS = """
@dp.materialized_view
def checked():
    return spark.range({rows}).withColumn("bad", F.col("id") % 2 == 1)
"""
HISTORY = """
@dp.materialized_view
def good():
    return spark.read.table("checked").filter("NOT bad")
"""


@pytest.fixture
def shared(project):
    """The pipelines `checks` and `history`, which publish to silver."""
    project.pipeline("checks", CHECKS.format(rows=4), schema="silver")
    project.pipeline("history", HISTORY, schema="silver")
    return project


def test_the_second_pipeline_reads_tables_of_the_first_by_their_names(shared):
    shared.run()
    assert shared.rows("silver.good", "id") == [(0,), (2,)]
    shared.pipeline("checks", CHECKS.format(rows=6), schema="silver")
    shared.run()
    assert shared.rows("silver.good", "id") == [(0,), (2,), (4,)]


def test_status_knows_the_last_update_of_each_pipeline(shared):
    shared.run()
    state = inspect(shared.lake)
    assert {(update["pipeline"], update["state"]) for update in state.updates} == {
        ("checks", "COMPLETED"),
        ("history", "COMPLETED"),
    }
    assert state.healthy


def test_where_the_first_pipeline_fails_the_second_does_not_run(shared):
    failing = CHECKS.format(rows=4).replace(
        "@dp.materialized_view", '@dp.materialized_view\n@dp.expect_or_fail("a", "NOT bad")'
    )
    shared.pipeline("checks", failing, schema="silver")
    outcome = shared.update()
    assert (list(outcome.failures), outcome.skipped) == (["silver.checked"], ["silver.good"])


def test_a_layer_is_all_pipelines_that_publish_to_a_schema(shared, capsys):
    shared.pipeline("gold", "@dp.materialized_view\ndef kpi():\n    return spark.read.table('silver.good')")
    graph = shared.graph()
    assert [pipeline.name for pipeline in pipelines_of(graph, "silver")] == ["checks", "history"]
    with pytest.raises(SystemExit) as refusal:
        pipelines_of(graph, "checks")
    assert refusal.value.code == 2
    assert "--layer checks: no pipeline publishes to it. There are: silver, gold." in capsys.readouterr().err


def test_a_schemas_page_and_its_count_have_the_tables_of_both(shared):
    graph = shared.graph()
    pages = dictionary_pages(graph, shared.landing, column_lineage(graph), {})
    assert [line for line in pages["silver"].splitlines() if line.startswith("## ")] == [
        "## silver.checked",
        "## silver.good",
    ]


def test_the_picture_of_the_graph_has_a_box_for_each_pipeline(shared):
    boxes = [line.strip() for line in graph_as_mermaid(shared.graph()) if "subgraph" in line]
    assert boxes == ['subgraph checks_pipeline["checks"]', 'subgraph history_pipeline["history"]']


def test_a_view_of_another_pipeline_is_refused_as_only_its_own_pipeline_sees_it(shared):
    shared.pipeline("checks", CHECKS.format(rows=4).replace("materialized_view", "temporary_view"), schema="silver")
    with pytest.raises(
        LakehouseError, match=r"silver\.good reads silver\.checked, a temporary view of .* checks: only"
    ):
        shared.graph()
