"""What status says of a feed of events: by day, late, repeated, and whether rows add up."""

import json

import pytest

from local_runtime.cli.run_messages import problems_after
from local_runtime.cli.status_report import status_json, status_text
from local_runtime.errors import CorruptTableError
from local_runtime.inspection import deliveries
from local_runtime.inspection.deliveries import deliveries_in
from local_runtime.inspection.status import inspect
from local_runtime.inspection.table_rows import rows_of_table

COLUMNS = "source_file,event_date,rows,valid,duplicates,quarantined,late,longest_delay_hours"
VIEW = """
SCHEMA = (
    "source_file STRING, event_date DATE, rows BIGINT, valid BIGINT, duplicates BIGINT, quarantined BIGINT, "
    "late BIGINT, longest_delay_hours BIGINT"
)

@dp.materialized_view(table_properties={"lakehouse.role": "deliveries"})
def x_deliveries():
    path = spark.conf.get("lakehouse.landing") + "/../deliveries.csv"
    return spark.read.csv(path, header=True, schema=SCHEMA)
"""


@pytest.fixture
def told(project):
    """What is said of these rows of a table of deliveries."""

    def of(*rows):
        (project.root / "deliveries.csv").write_text("\n".join([COLUMNS, *rows]) + "\n")
        project.pipeline("silver", VIEW)
        project.run()
        return project

    return of


def test_days_are_compared_with_those_before(told):
    days = [f"a,2024-01-{day:02},{100 + day},{100 + day},0,0,0,1" for day in range(1, 11)]
    found = deliveries_in(told(*days, "b,,5,0,0,5,0,0", "b,2024-01-10,4,1,3,0,2,50").lake, "silver.x_deliveries")
    assert list(found.days) == [f"2024-01-{day:02}" for day in range(4, 11)]
    assert (found.days["2024-01-10"], found.usual) == (111, 102)
    assert (found.files, found.rows, found.duplicates, found.quarantined) == (2, 1064, 3, 5)
    assert (found.late, found.longest_delay_hours, found.adds_up) == (2, 50, True)


def test_it_is_read_once_for_the_same_rows_and_again_for_others(told, monkeypatch):
    """A watch asks after each of its updates."""
    project, name, reads = told("a,2024-01-01,5,5,0,0,0,0"), "silver.x_deliveries", []
    monkeypatch.setattr(deliveries, "rows_of_table", lambda lake, name: reads.append(name) or rows_of_table(lake, name))
    assert [deliveries_in(project.lake, name).rows for _ in range(3)] == [5, 5, 5]
    assert len(reads) == 1
    told("a,2024-01-01,7,7,0,0,0,0")
    assert [deliveries_in(project.lake, name).rows for _ in range(2)] == [7, 7]
    assert len(reads) == 2
    for path in project.lake.path(name).glob("*.parquet"):
        path.unlink()
    with pytest.raises(CorruptTableError, match="data files are gone"):
        deliveries_in(project.lake, name)


@pytest.mark.parametrize("row", ["a,2024-01-01,5,3,1,0,0,0", "a,2024-01-01,5,6,-1,0,0,0"])
def test_rows_that_do_not_add_up_are_a_problem_that_status_and_a_run_tell(told, row):
    project = told(row)
    state = inspect(project.lake)
    assert not state.deliveries["silver.x_deliveries"].adds_up
    (problem,) = state.problems
    assert problem.startswith("silver.x_deliveries: 1 of its files and days has other rows than")
    unchanged = project.run()
    assert problems_after(unchanged, project.graph(), project.lake) == [problem]


def test_status_says_it_as_text_and_as_json(told):
    state = inspect(told("a,2024-01-01,5,3,2,0,1,30").lake)
    assert json.loads(status_json(state))["deliveries"]["silver.x_deliveries"]["duplicates"] == 2
    assert "5 rows = 3 valid + 2 duplicates + 0 quarantined; 1 came more than a day" in status_text(state)
    assert not state.problems


def test_a_table_of_another_kind_with_such_a_name_is_passed_over(project):
    project.pipeline("silver", "@dp.materialized_view\ndef x_deliveries():\n    return spark.range(3)")
    project.run()
    assert deliveries_in(project.lake, "silver.x_deliveries") is None
    assert not inspect(project.lake).deliveries


def test_what_no_event_was_late_for_is_not_mentioned(told):
    text = status_text(inspect(told("a,2024-01-01,1,1,0,0,0,0").lake))
    assert "  1 file, 1 row = 1 valid + 0 duplicates + 0 quarantined\n" in text
