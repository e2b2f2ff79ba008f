"""What --help and --version say."""

import tomllib

import pytest

from local_runtime.cli.arguments import main
from local_runtime.cli.commands import COMMANDS
from local_runtime.cli.examples import EXAMPLES
from tests.conftest import ROOT


@pytest.mark.parametrize("command", COMMANDS)
def test_137_every_commands_help_has_examples_of_it(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    told = capsys.readouterr().out
    assert f"examples:\n  ./lakehouse {command}" in told


def test_137_examples_fit_in_120_columns():
    assert [line for text in EXAMPLES.values() for line in text.splitlines() if len(line) > 120] == []


def test_137_the_version_is_the_projects(capsys):
    assert main(["--version"]) == 0
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert capsys.readouterr().out == f"lakehouse {version}\n"


def test_an_unknown_table_to_refresh_is_answered_with_the_nearest_and_the_command_that_lists_them(tmp_path, capsys):
    folders = ["--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake")]
    assert main(["run", *folders, "--full-refresh", "silver.title", "xyz"]) == 1
    said = capsys.readouterr().err
    assert "--full-refresh silver.title xyz: no such table in this run. The nearest: silver.titles, " in said
    assert f"All: ./lakehouse graph {' '.join(folders)}" in said
    assert "gold." not in said
    assert not (tmp_path / "lake").exists()
