"""What tables are to those who look at a lake: from the properties that their declarations give them."""

import pytest
from deltalake import DeltaTable

from local_runtime.cli.next_steps import next_steps
from local_runtime.cli.run_table import table_lines
from local_runtime.errors import LakehouseError
from local_runtime.inspection.status import inspect
from local_runtime.state.roles import Role, quarantined_table, role_of

DECLARED = """
@dp.table
def events():
    return read_csv("events").select("id", "_rescued_data")
"""
SILVER = """
@dp.materialized_view(table_properties={"lakehouse.example": "ORDER BY id LIMIT 5", "delta.appendOnly": "true"})
def good():
    return spark.read.table("bronze.events").filter("id != 'x'").select("id")

@dp.materialized_view(table_properties={"lakehouse.role": "quarantine", "lakehouse.quarantine_of": "good"})
def left_out():
    failed = F.array(F.lit("no_x")).alias("failed_rules")
    return spark.read.table("bronze.events").filter("id = 'x'").select("id", failed)
"""


@pytest.fixture
def declared(project):
    project.pipeline("bronze", DECLARED)
    project.pipeline("silver", SILVER)
    project.land("events/1.csv", "id\na\nx\n")
    return project


def test_declared_properties_are_kept_in_the_table_and_read_by_status(declared):
    outcome = declared.run()
    kept = DeltaTable(str(declared.lake.path("silver.left_out"))).metadata().configuration
    assert {name for name in kept if name != "lakehouse.progress"} == {"lakehouse.role", "lakehouse.quarantine_of"}
    assert "delta.appendOnly" not in DeltaTable(str(declared.lake.path("silver.good"))).metadata().configuration
    assert inspect(declared.lake).quarantined == {"silver.left_out": {"no_x": 1}}
    lines = {line.label: line for line in table_lines(outcome, declared.graph(), declared.lake)}
    assert lines["silver.good"].aside == 1


def test_the_example_of_the_last_pipeline_is_what_to_ask_first(declared):
    declared.run()
    query, *others = next_steps(declared.graph(), declared.lake, " --lake x")
    assert query == './lakehouse sql "FROM silver.good ORDER BY id LIMIT 5" --lake x'
    assert others == ["./lakehouse serve --lake x", "./lakehouse status --lake x"]


def test_the_property_of_progress_is_the_runtimes_own(project):
    project.pipeline("silver", '@dp.table(table_properties={"lakehouse.progress": "{}"})\ndef t():\n    return None')
    with pytest.raises(LakehouseError, match=r"the property lakehouse\.progress is set by the local runtime alone"):
        project.graph()


def test_a_role_is_declared_and_not_guessed_by_the_name():
    assert role_of({}) is None
    assert role_of({"lakehouse.role": "releases"}) is Role.RELEASES
    assert role_of({"lakehouse.role": "unknown"}) is None
    assert quarantined_table("silver.a_quarantine", {}) == "silver.a_quarantine"
    assert quarantined_table("silver.q", {"lakehouse.quarantine_of": "a"}) == "silver.a"
    assert quarantined_table("silver.q", {"lakehouse.quarantine_of": "gold.b"}) == "gold.b"
