"""`./lakehouse check`: what it prints and returns, and that one identity deploys a shared target."""

import json

import pytest

from local_runtime.cli.arguments import main
from tests.conftest import ROOT
from tests.deployment.mistakes import PRINCIPAL

PLACEHOLDER = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def without_a_command_line(monkeypatch):
    monkeypatch.delenv("LAKEHOUSE_DATABRICKS_CLI", raising=False)
    monkeypatch.setattr("shutil.which", lambda name: None)


@pytest.fixture
def filled(tmp_path, monkeypatch):
    """A copy of the shipped bundle with the values that it leaves to be set."""
    root = tmp_path / "bundle"
    for path in [ROOT / "databricks.yml", *ROOT.glob("bundle/*.yml"), *ROOT.glob("resources/*.yml")]:
        copy = root / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text().replace(PLACEHOLDER, PRINCIPAL)
        copy.write_text(text.replace("uploaders: lakeh", "failure_emails: [data@example.com]\n      uploaders: lakeh"))
    monkeypatch.setattr("local_runtime.cli.deployment.ROOT", root)
    return root


@pytest.fixture
def command_line(tmp_path, monkeypatch):
    """Puts a Databricks CLI there that answers `current-user me` with a text, and an exit code."""

    def put(answer, code=0):
        path = tmp_path / "databricks"
        path.write_text(f"#!/bin/sh\necho \"$PWD $@\" >> '{tmp_path}/asked'\ncat <<'E'\n{answer}\nE\nexit {code}\n")
        path.chmod(0o755)
        monkeypatch.setenv("LAKEHOUSE_DATABRICKS_CLI", str(path))
        return tmp_path / "asked"

    return put


def test_the_shipped_bundle_may_be_deployed_to_dev(capsys):
    assert main(["check", "--target", "dev"]) == 0
    assert capsys.readouterr().out == "Nothing is wrong: dev.\n"


def test_the_shipped_bundle_lacks_values_of_a_shared_target_and_each_is_a_sentence(capsys):
    assert main(["check", "--target", "prod"]) == 1
    *_, principal, emails, count = capsys.readouterr().out.splitlines()
    assert principal.startswith("prod: the variable service_principal is still the placeholder; set targets.prod.")
    assert emails.startswith("prod: the variable failure_emails is empty, so nobody is notified")
    assert emails.endswith("in bundle/targets.yml.")
    assert count == "Findings: 2."


def test_without_a_target_all_are_checked(capsys):
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "staging: the variable failure_emails" in out
    assert "prod: the variable failure_emails" in out


def test_an_unknown_target_is_wrong_usage(capsys):
    assert main(["check", "--target", "pord"]) == 1
    assert "There is no target pord. There are: " in capsys.readouterr().err


def test_a_filled_bundle_is_fine_and_says_what_was_not_checked(filled, capsys):
    assert main(["check", "--target", "prod"]) == 0
    assert capsys.readouterr().out == (
        "Who deploys was not checked: the Databricks CLI is neither on PATH nor named by LAKEHOUSE_DATABRICKS_CLI.\n"
        "Nothing is wrong: prod.\n"
    )


def test_the_service_principal_may_deploy(filled, command_line, capsys):
    asked = command_line(json.dumps({"userName": PRINCIPAL, "id": "1"}))
    assert main(["check", "--target", "prod"]) == 0
    assert capsys.readouterr().out == "Nothing is wrong: prod.\n"
    assert asked.read_text() == f"{filled} current-user me --output json --target prod\n"


def test_a_person_may_not_deploy_a_shared_target(filled, command_line, capsys):
    command_line(json.dumps({"userName": "me@example.com"}))
    assert main(["check", "--target", "prod"]) == 1
    assert capsys.readouterr().out.startswith(
        f"You are logged in as me@example.com; prod is deployed by the service principal {PRINCIPAL} only, which then "
        "owns the schemas; set DATABRICKS_CLIENT_ID"
    )


def test_dev_is_deployed_by_anybody_who_is_not_asked_for(filled, command_line, capsys):
    asked = command_line(json.dumps({"userName": "me@example.com"}))
    assert main(["check", "--target", "dev"]) == 0
    assert not asked.exists()


@pytest.mark.parametrize(("answer", "code"), [("not logged in", 1), ("no JSON", 0), ("[]", 0), ("{}", 0)])
def test_a_command_line_that_is_not_logged_in_is_no_finding(filled, command_line, capsys, answer, code):
    command_line(answer, code)
    assert main(["check", "--target", "prod"]) == 0
    assert "Who deploys was not checked: the Databricks CLI is not logged in." in capsys.readouterr().out


def test_a_command_line_that_is_not_there_is_an_error(filled, monkeypatch, capsys):
    monkeypatch.setenv("LAKEHOUSE_DATABRICKS_CLI", "/nowhere/databricks")
    assert main(["check", "--target", "prod"]) == 1
    assert "The Databricks CLI /nowhere/databricks can't be run: No such file" in capsys.readouterr().err


def test_the_placeholder_is_one_finding_and_not_two(command_line, capsys):
    command_line(json.dumps({"userName": "me@example.com"}))
    assert main(["check", "--target", "prod"]) == 1
    assert "logged in" not in capsys.readouterr().out


def test_a_mistake_in_the_yaml_is_found(filled, capsys):
    path = filled / "resources" / "medallion.job.yml"
    path.write_text(path.read_text().replace("      timeout_seconds: ${var.run_timeout_seconds}\n", ""))
    assert main(["check", "--target", "prod"]) == 1
    assert "prod: resources.jobs.medallion has no timeout" in capsys.readouterr().out
