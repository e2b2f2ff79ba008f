"""What a run tells at its end."""

from types import SimpleNamespace

import pytest

from local_runtime.cli import report
from local_runtime.delta.lake import Lake
from local_runtime.update.results import Outcome

NO_TABLES = SimpleNamespace(datasets={})


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """What is told of failures, by table."""
    monkeypatch.setattr(report.run_table, "table_lines", lambda *_: ())
    monkeypatch.setattr(report.run_table, "show", lambda *_: None)

    def tell(failures, landing="my landing", **outcome):
        lake = Lake(tmp_path / "my lake")
        done = Outcome("1", failures=failures, **outcome)
        assert not report.print_outcome(done, NO_TABLES, lake, tmp_path / landing, 1.0)
        return capsys.readouterr().out

    return tell


def test_one_command_refreshes_all_tables_that_need_it_from_the_same_folders(told, tmp_path):
    said = told({"silver.a": "Refresh this table in full.", "silver.b": "Build it in full.", "silver.c": "No."})
    command = f"--full-refresh silver.a silver.b --landing '{tmp_path}/my landing' --lake '{tmp_path}/my lake'"
    assert said.count("--full-refresh") == 1
    assert command in said


def test_without_a_table_to_refresh_there_is_no_command(told):
    assert "--full-refresh" not in told({"silver.c": "No."})


def test_an_update_that_could_not_be_published_did_not_go_well(told, monkeypatch):
    monkeypatch.setattr(report, "next_steps", lambda *_: ["look"])
    assert "Failed: It can't be published." in told({}, publication_error="It can't be published.")
