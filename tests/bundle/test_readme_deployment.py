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


def blocks():
    """The section's blocks of commands, each with its target."""
    for language, text in re.findall(r"^```(\w*)\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL):
        if not language and "databricks bundle" in text:
            yield text, re.search(r"--target (\w+)|$", text)[1] or "dev"


def script(block):
    text = "\n".join(line for line in block.splitlines() if not LEFT_OUT.match(line))
    for written, value in FILLED_IN.items():
        text = text.replace(written, value)
    return text


def test_there_are_commands_for_your_own_copy_and_for_a_shared_target():
    assert {target for _, target in blocks()} == {"dev", "prod"}


@pytest.mark.parametrize(("block", "target"), [pytest.param(*block, id=block[1]) for block in blocks()])
def test_a_block_of_commands_works(databricks, tmp_path, block, target):
    commands = script(block)
    with logged_in(databricks, deployer(target), tmp_path) as client:
        for name in re.findall(r"databricks fs cp (\S+)", commands):
            (client.folder / name).touch()
        done = client.run("sh", "-euxc", commands)
    assert done.returncode == 0, done.stdout + done.stderr
    assert client.workspace.sent("POST", ".*/jobs/create")
