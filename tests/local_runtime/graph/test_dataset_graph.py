"""The graph is known without an engine: names, edges, and what is wrong with them."""

import pytest

from local_runtime.errors import LakehouseError
from local_runtime.graph.render import graph_as_mermaid, graph_as_text
from tests.helpers.project import Project


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path, session=None)


def test_a_cycle_is_named(project):
    project.pipeline(
        "gold",
        """
        @dp.materialized_view
        def one():
            return spark.read.table("two")

        @dp.materialized_view
        def two():
            return spark.read.table("gold.one")
        """,
    )
    with pytest.raises(LakehouseError, match=r"cycle: gold\.\w+ → gold\.\w+ → gold\.\w+"):
        project.graph()


def test_an_unknown_table_is_named_with_its_reader(project):
    project.pipeline("gold", "@dp.materialized_view\ndef one():\n    return spark.read.table('silver.nowhere')")
    with pytest.raises(LakehouseError, match=r"gold\.one reads silver\.nowhere, which no pipeline defines"):
        project.graph()


def test_an_action_in_a_definition_is_refused(project):
    code = "@dp.materialized_view\ndef one():\n    spark.range(3).count()\n    return spark.range(3)"
    project.pipeline("gold", code)
    with pytest.raises(LakehouseError, match=r"gold\.one: its function runs an action"):
        project.graph()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "dp.create_streaming_table('t')\n@dp.append_flow(target='t')\ndef one():\n    return spark.range(3)",
            "streaming",
        ),
        ("@dp.materialized_view\ndef one():\n    return spark.readStream.table('one')", "reads with spark.read"),
        ("@dp.materialized_view\ndef one():\n    spark.range(3)", "returns nothing"),
        ("dp.create_streaming_table('one')", "no flow writes to it"),
        ("@dp.append_flow(target='nowhere')\ndef one():\n    return spark.readStream.table('x')", "not defined"),
        ("spark.read.table('x')", "while it is being imported"),
        ("spark.conf.get('no.such.key')", "configuration has no no.such.key"),
        ("@dp.materialized_view\ndef one():\n    return spark.sql('SELECT 1')", "spark.sql"),
        ("@dp.expect('a', 'b')\n@dp.materialized_view\ndef one():\n    return spark.range(1)", "above its table's"),
        ("dp.create_sink('s', 'kafka')", "no sinks"),
        ("import no_such_module", "no_such_module"),
        ("@dp.materialized_view(nonsense=1)\ndef one():\n    return spark.range(1)", "nonsense"),
    ],
)
def test_what_is_wrong_is_said(project, code, said):
    project.pipeline("gold", code)
    with pytest.raises(LakehouseError, match=said):
        project.graph()


def test_two_definitions_of_one_name_are_refused(project):
    one = "@dp.materialized_view(name='same')\ndef %s():\n    return spark.range(1)\n"
    project.pipeline("gold", one % "a" + one % "b")
    with pytest.raises(LakehouseError, match=r"gold\.same is defined twice"):
        project.graph()


def test_a_table_over_a_batch_read_is_a_materialized_view(project):
    """As on Databricks: https://docs.databricks.com/aws/en/ldp/developer/ldp-python-ref-table"""
    project.pipeline("gold", "@dp.table\ndef one():\n    return spark.range(3)")
    assert project.graph().datasets["gold.one"].kind == "materialized view"


def test_two_flows_of_one_name_are_refused(project):
    """They would share their progress, and the second would never be run."""
    flow = "@dp.append_flow(target='t', name='same')\ndef f{0}():\n    return read_csv('{0}')\n"
    project.pipeline("bronze", "dp.create_streaming_table('t')\n" + flow.format(1) + flow.format(2))
    with pytest.raises(LakehouseError, match="two flows of the name same"):
        project.graph()


VIEW = """
@dp.temporary_view
def seen():
    return spark.{view}.table("bronze.a")

@dp.{decorator}
def read_it():
    return spark.{reader}.table("seen")
"""


@pytest.mark.parametrize(
    ("view", "decorator", "reader", "said"),
    [
        ("readStream", "materialized_view", "read", "which is a stream: read it with spark.readStream.table"),
        ("read", "table", "readStream", "which is a batch: read it with spark.read.table"),
    ],
)
def test_a_view_is_read_as_what_it_is(project, view, decorator, reader, said):
    """A stream of a batch view would repeat rows; a batch of a streaming view would lose them."""
    project.pipeline("bronze", "@dp.table\ndef a():\n    return read_csv('feed')")
    project.pipeline("silver", VIEW.format(view=view, decorator=decorator, reader=reader))
    with pytest.raises(LakehouseError, match=said):
        project.graph()


def test_the_graph_is_printed_as_text_and_mermaid(project):
    project.pipeline("bronze", "@dp.table\ndef a():\n    return read_csv('feed')")
    project.pipeline("gold", "@dp.materialized_view\ndef b():\n    return spark.read.table('bronze.a')")
    graph = project.graph()
    assert [line.split()[-1] for line in graph_as_text(graph)] == [str(project.landing / "feed"), "bronze.a"]
    assert '  landing_feed[/"feed/"/] ==> bronze.a' in list(graph_as_mermaid(graph))
    assert "  bronze.a --> gold.b" in list(graph_as_mermaid(graph))


def test_the_names_that_databricks_adds_are_there_while_definitions_are_read_only(project):
    from pyspark import pipelines as dp

    project.pipeline("gold", "@dp.materialized_view\n@dp.expect('a', 'id > 0')\ndef one():\n    return spark.range(1)")
    project.graph()
    assert not hasattr(dp, "expect")


FLOWS = """
dp.create_streaming_table('t')

@dp.table
def changes():
    return read_csv('changes')

"""
APPEND = """
@dp.append_flow(target='{}', name='{}')
def flow_{}():
    return read_csv('{}')

"""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("for folder in ('a', 'b'):\n    @dp.append_flow(target='t')\n    def load(): return read_csv(folder)", "load"),
        (APPEND.format("t", "same", 1, "a") + APPEND.format("bronze.t", "SAME", 2, "b"), "SAME"),
        (APPEND.format("changes", "changes", 1, "a"), "changes"),
        (APPEND.format("`changes`", "bronze.Changes", 1, "a"), "bronze.Changes"),
        (APPEND.format("t", "one", 1, "a") + "@dp.table\ndef one():\n    return read_csv('b')", "one"),
    ],
)
def test_102_two_flows_of_one_name_are_refused(project, code, said):
    """In a loop, in another spelling, and as a table's own flow: names are unique in a pipeline."""
    project.pipeline("bronze", FLOWS + code)
    with pytest.raises(LakehouseError, match=f"two flows of the name {said} "):
        project.graph()


def test_102_two_tables_whose_names_differ_in_case_only_are_refused(project):
    project.pipeline(
        "bronze", "@dp.table\ndef a():\n    return read_csv('a')\n@dp.table\ndef A():\n    return read_csv('b')"
    )
    with pytest.raises(LakehouseError, match=r"bronze\.A is defined twice, once as bronze\.a"):
        project.graph()


def test_102_a_flow_into_another_pipelines_table_is_refused(project):
    project.pipeline("bronze", FLOWS + APPEND.format("t", "one", 1, "a"))
    project.pipeline("silver", APPEND.format("bronze.t", "two", 2, "b"))
    with pytest.raises(LakehouseError, match=r"two writes to bronze\.t, which the pipeline bronze defines"):
        project.graph()


CDC = "dp.create_auto_cdc_flow(target='t', source='changes', keys=[{}], sequence_by='seq', name='{}'{})\n"
OF_SNAPSHOTS = "dp.create_auto_cdc_from_snapshot_flow(target='t', source='changes', keys=['id'])\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            CDC.format("'id'", "one", "") + APPEND.format("t", "more", 1, "a"),
            r"AUTO CDC and by other flows \(one, more\)",
        ),
        (CDC.format("'id'", "one", "") + OF_SNAPSHOTS, "AUTO CDC and by other flows"),
        (OF_SNAPSHOTS + APPEND.format("t", "more", 1, "a"), "AUTO CDC and by other flows"),
        (CDC.format("'id'", "one", "") + CDC.format("'id', 'x'", "two", ""), "must have the same keys"),
        (
            CDC.format("'id'", "one", "") + CDC.format("'id'", "two", ", stored_as_scd_type=2"),
            "must have the same keys",
        ),
    ],
)
def test_103_flows_that_do_not_make_one_history_are_refused(project, code, said):
    """https://docs.databricks.com/aws/en/ldp/flows: a target of AUTO CDC takes AUTO CDC flows only."""
    project.pipeline("bronze", FLOWS + code)
    with pytest.raises(LakehouseError, match=said):
        project.graph()


SEEN = """
@dp.temporary_view
def seen():
    return {}

@dp.temporary_view
def seen_again():
    return spark.{}.table("seen")

dp.create_streaming_table("people")
"""
FROM_VIEW = "dp.create_auto_cdc_flow(target='people', source='seen_again', keys=['id'], sequence_by='seq')\n"
STATES = "dp.create_auto_cdc_from_snapshot_flow(target='people', source='seen_again', keys=['id'])\n"


@pytest.mark.parametrize(
    ("view", "flow", "said"),
    [
        ("spark.read.table('bronze.changes')", FROM_VIEW, "takes a stream of changes here"),
        ("spark.readStream.table('bronze.changes')", STATES, "takes whole states of its source here"),
        ("read_csv('changes')", FROM_VIEW, "from the view silver.seen, which reads files"),
    ],
)
def test_118_a_view_that_auto_cdc_cannot_take_is_refused_by_name(project, view, flow, said):
    project.pipeline("bronze", "@dp.table\ndef changes():\n    return read_csv('changes')")
    reader = "readStream" if "read.table" not in view else "read"
    project.pipeline("silver", SEEN.format(view, reader) + flow)
    with pytest.raises(LakehouseError, match=said):
        project.graph()


def test_118_a_view_is_an_edge_of_auto_cdc(project):
    project.pipeline("bronze", "@dp.table\ndef changes():\n    return read_csv('changes')")
    project.pipeline("silver", SEEN.format("spark.readStream.table('bronze.changes')", "readStream") + FROM_VIEW)
    assert project.graph().tables_read("silver.people") == {"bronze.changes"}


@pytest.mark.parametrize("key", ["'a.b'", "F.col('a.b')", "'`a`b`'", "'`a`.`b`'"])
def test_121_a_key_that_is_no_single_name_is_refused(project, key):
    project.pipeline("bronze", FLOWS + CDC.format(key, "one", ""))
    with pytest.raises(LakehouseError, match="which is not a single name"):
        project.graph()


@pytest.mark.parametrize(
    "reader",
    [
        '@dp.table\ndef t():\n    return spark.readStream.table("v")',
        'dp.create_streaming_table("t")\n'
        'dp.create_auto_cdc_flow(target="t", source="v", keys=["id"], sequence_by="id")',
    ],
)
def test_a_stream_of_a_materialized_view_is_refused_as_on_databricks(project, reader):
    project.pipeline("gold", f"@dp.materialized_view\ndef v():\n    return spark.range(1)\n\n{reader}")
    with pytest.raises(LakehouseError, match=r"gold\.t streams from the materialized view gold\.v.*spark\.read"):
        project.graph()
