"""Names that `dlt` had: https://docs.databricks.com/aws/en/ldp/concepts/where-is-dlt"""

import pytest
from pyspark import pipelines as dp

from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.graph.tracing import Read
from local_runtime.pipelines.datasets import AutoCdcFlow, Kind, SnapshotFlow
from tests.helpers.project import Project

CHANGES = """
@dp.table
def changes():
    return read_csv("changes")

"""
TARGET = 'dp.{}("people")\n'


@pytest.fixture
def graph(tmp_path):
    """The graph of a pipeline `silver` with some code."""
    project = Project(tmp_path, session=None)

    def graph(code):
        project.pipeline("silver", code)
        return project.graph()

    return graph


@pytest.mark.parametrize("name", ["view", "create_view"])
@pytest.mark.parametrize("arguments", ["", "()", "(name='seen', comment='What is seen')"])
def test_view_is_a_temporary_view(graph, name, arguments):
    found = graph(f"@dp.{name}{arguments}\ndef seen():\n    return spark.range(1)").datasets["silver.seen"]
    assert found.kind is Kind.TEMPORARY_VIEW
    assert (found.comment == "What is seen") == ("comment" in arguments)


def test_create_table_is_a_table(graph):
    assert (
        graph("@dp.create_table\ndef t():\n    return read_csv('t')").datasets["silver.t"].kind is Kind.STREAMING_TABLE
    )


@pytest.mark.parametrize("name", ["create_target_table", "create_streaming_live_table"])
def test_a_target_table_is_a_streaming_table_with_rules(graph, name):
    code = f"dp.{name}('t', comment='T', expect_all_or_drop={{'a': 'id > 0'}})"
    found = graph(f"{code}\n@dp.append_flow(target='t')\ndef one():\n    return read_csv('t')").datasets["silver.t"]
    assert (found.kind, found.comment) == (Kind.STREAMING_TABLE, "T")
    assert [rule.name for rule in found.expectations] == ["a"]


def test_apply_changes_is_auto_cdc(graph):
    code = """dp.apply_changes(
        target="people", source="changes", keys=["id"], sequence_by="seq", ignore_null_updates=False,
        apply_as_deletes=F.expr("op = 'D'"), apply_as_truncates=None, except_column_list=["op"], stored_as_scd_type="2",
        track_history_column_list=["name"], track_history_except_column_list=None, flow_name="people_changes",
    )"""
    (flow,) = graph(CHANGES + TARGET.format("create_target_table") + code).datasets["silver.people"].flows
    assert isinstance(flow, AutoCdcFlow)
    assert (flow.name, flow.source, flow.keys, flow.scd_type) == ("people_changes", "changes", ("id",), 2)
    assert (flow.except_columns, flow.tracked) == (("op",), ("name",))
    assert flow.apply_as_deletes is not None


@pytest.mark.parametrize("source", ["source", "snapshot_and_version"])
def test_apply_changes_from_snapshot_is_auto_cdc_from_snapshots(graph, source):
    code = f"dp.apply_changes_from_snapshot(target='people', {source}=lambda latest: None, keys=['id'])"
    (flow,) = graph(TARGET.format("create_streaming_table") + code).datasets["silver.people"].flows
    assert isinstance(flow, SnapshotFlow)
    assert callable(flow.source)
    assert flow.keys == ("id",)


@pytest.mark.parametrize(
    ("argument", "kind", "expected"),
    [
        ("where='id > 0'", UnsupportedError, "apply_changes into people: the local runtime does not support where"),
        ("once=True", UnsupportedError, "does not support once"),
        ("nonsense=1", LakehouseError, "unexpected keyword argument 'nonsense'"),
    ],
)
def test_arguments_that_are_not_supported_are_refused_by_name(graph, argument, kind, expected):
    flow = f"dp.apply_changes('people', 'changes', ['id'], 'seq', {argument})"
    with pytest.raises(kind, match=expected):
        graph(CHANGES + TARGET.format("create_streaming_table") + flow)


@pytest.mark.parametrize(("call", "streaming"), [("read", False), ("read_stream", True), ("readStream", True)])
def test_read_and_read_stream_read_tables(graph, call, streaming):
    code = CHANGES + f"@dp.table\ndef one():\n    return dp.{call}('changes').select('id')"
    assert graph(code).reads["silver.one"] == [Read("silver.changes", streaming)]


def test_names_can_be_imported(graph):
    code = "from pyspark.pipelines import apply_changes, read, view\n@view\ndef one():\n    return read('bronze.x')\n"
    with pytest.raises(LakehouseError, match=r"silver\.one reads bronze\.x, which no pipeline defines"):
        graph(code)


@pytest.mark.parametrize("call", ["read", "read_stream"])
def test_reads_belong_in_functions(graph, call):
    with pytest.raises(LakehouseError, match="reads data while it is being imported"):
        graph(f"dp.{call}('changes')")


def test_pipelines_that_read_by_the_old_names_run(project):
    """A function is called when the files have been read, and in other threads."""
    project.pipeline("bronze", """
        @dp.view
        def landed():
            return read_csv("changes", **{"cloudFiles.schemaHints": "seq INT"}).select("id", "name", "seq")

        @dp.table
        def changes():
            return dp.read_stream("landed")

        dp.create_streaming_live_table("people")
        dp.apply_changes("people", "changes", ["id"], "seq", stored_as_scd_type=1)

        @dp.table
        def names():
            return dp.read("people").select("name")
        """)  # fmt: skip
    project.land("changes/1.csv", "id,name,seq\n1,Ann,1\n1,Anna,2\n2,Bo,1\n")
    project.run()
    assert project.rows("bronze.names") == [("Anna",), ("Bo",)]


def test_the_old_names_of_definitions_are_gone_when_the_files_have_been_read(graph):
    graph("@dp.view\ndef seen():\n    return spark.range(1)")
    assert not {"view", "apply_changes", "create_target_table"} & vars(dp).keys()
