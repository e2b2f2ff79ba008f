"""Files that were loaded and need attention are reported until they are accepted, or 30 days have passed."""

import json
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from local_runtime.errors import LakehouseError
from local_runtime.inspection.flawed_files import flawed_files_in
from local_runtime.inspection.status import inspect
from local_runtime.state.release_decisions import FILE

VIEW = """
@dp.materialized_view(table_properties={"lakehouse.role": "flawed_files"})
def x_files():
    path = spark.conf.get("lakehouse.landing") + "/../files.csv"
    return spark.read.csv(path, header=True, schema="file STRING, problem STRING, _ingested_at TIMESTAMP")
"""
TABLE = "silver.x_files"


@pytest.fixture
def with_files(project):
    """A project with a flawed file of each of these days ago."""

    def make(*days):
        now = datetime.now(UTC)
        lines = [f"x/{ago}.json,bad {ago}.,{now - timedelta(days=ago):%Y-%m-%dT%H:%M:%SZ}" for ago in days]
        (project.root / "files.csv").write_text("\n".join(["file,problem,_ingested_at", *lines]) + "\n")
        project.pipeline("silver", VIEW)
        project.run()
        return project

    return make


def test_a_flawed_file_is_a_problem_for_30_days(with_files):
    lake = with_files(0, 29, 31).lake
    state = inspect(lake)
    assert [*state.flawed_files[TABLE]] == ["x/0.json", "x/29.json"]
    command = f"./lakehouse accept x/0.json --lake {shlex.quote(str(lake.root))}"
    assert f"bad 0. If that is as it should be: {command}" in state.problems
    assert not state.healthy


def test_an_accepted_file_is_none(with_files):
    lake = with_files(1, 2, 3).lake
    decisions = {"x/1.json": "accept", "x/2.json": "reject", "x/9.json": "accept"}
    (lake.root / FILE).write_text(json.dumps(decisions))
    assert [*flawed_files_in(lake, TABLE)] == ["x/2.json", "x/3.json"]


@pytest.mark.parametrize("text", ["{", "[]", '"accept"'])
def test_decisions_that_cannot_be_read_are_an_error(with_files, text):
    lake = with_files(1).lake
    (lake.root / FILE).write_text(text)
    with pytest.raises(LakehouseError, match=FILE):
        flawed_files_in(lake, TABLE)
    assert any(FILE in problem for problem in inspect(lake).problems)


def test_a_table_of_other_columns_lists_no_files(project):
    project.pipeline("silver", VIEW.replace("file STRING", "other STRING"))
    (project.root / "files.csv").write_text("other,problem,_ingested_at\n")
    project.run()
    assert flawed_files_in(project.lake, TABLE) == {}
