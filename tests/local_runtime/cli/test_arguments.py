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
