"""The README's commands for a deployment, word for word, on a fake workspace."""

import re

import pytest

from tests.bundle.client import deployer, logged_in
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Deploy to Databricks\n")[2].partition("\n## ")[0]
# The client is logged in already; this project's own commands are tested elsewhere.
LEFT_OUT = re.compile(r"databricks auth login|export DATABRICKS_|\./lakehouse ")
# Who you are.
FILLED_IN = {"<you>": "ada"}


def commands_by_target():
    """The section's commands for each target, block after block."""
    commands = {}
    for language, text in re.findall(r"^```(\w*)\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL):
        if not language and "databricks bundle" in text:
            target = re.search(r"--target (\w+)|$", text.replace("check --target dev", ""))[1] or "dev"
            commands[target] = commands.get(target, "") + text
    return commands


def script(commands):
    text = "\n".join(line for line in commands.splitlines() if not LEFT_OUT.match(line))
    for written, value in FILLED_IN.items():
        text = text.replace(written, value)
    return text


def test_there_are_commands_for_your_own_copy_and_for_a_shared_target():
    assert {*commands_by_target()} == {"dev", "prod"}


@pytest.mark.parametrize(("target", "commands"), [pytest.param(*it, id=it[0]) for it in commands_by_target().items()])
def test_the_commands_for_a_target_work(databricks, tmp_path, target, commands):
    commands = script(commands)
    with logged_in(databricks, deployer(target), tmp_path) as client:
        for name in re.findall(r"databricks fs cp (\S+)", commands):
            (client.folder / name).touch()
        done = client.run("sh", "-euxc", commands)
    assert done.returncode == 0, done.stdout + done.stderr
    assert client.workspace.sent("POST", ".*/jobs/create")
    assert client.workspace.sent("POST", ".*/secrets/put")
