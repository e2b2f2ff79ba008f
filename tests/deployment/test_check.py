"""`./lakehouse check`: what it prints and returns, and that one identity deploys a shared target."""

import json

import pytest

from local_runtime.cli.arguments import main
from tests.conftest import ROOT
from tests.deployment.mistakes import PRINCIPAL

FINE = "Nothing is wrong in the bundle's files: {}. Whether its catalog and groups exist was not looked up.\n"
PLACEHOLDER = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def without_a_command_line(monkeypatch):
    monkeypatch.delenv("LAKEHOUSE_DATABRICKS_CLI", raising=False)
    monkeypatch.setattr("shutil.which", lambda name: None)


@pytest.fixture
def filled(tmp_path, monkeypatch):
    """A copy of the shipped bundle with every required value set."""
    root = tmp_path / "bundle"
    for path in [ROOT / "databricks.yml", *ROOT.glob("bundle/*.yml"), *ROOT.glob("resources/*.yml")]:
        copy = root / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text().replace(PLACEHOLDER, PRINCIPAL)
        copy.write_text(text.replace("uploaders: lakeh", "failure_emails: [data@example.com]\n      uploaders: lakeh"))
    (root / "src").symlink_to(ROOT / "src")  # tasks name its files
    monkeypatch.setattr("local_runtime.cli.deployment.ROOT", root)
    return root


@pytest.fixture
def command_line(tmp_path, monkeypatch):
    """Installs a fake Databricks CLI that answers `current-user me` with a text and an exit code."""

    def put(answer, code=0):
        path = tmp_path / "databricks"
        path.write_text(f"#!/bin/sh\necho \"$PWD $@\" >> '{tmp_path}/asked'\ncat <<'E'\n{answer}\nE\nexit {code}\n")
        path.chmod(0o755)
        monkeypatch.setenv("LAKEHOUSE_DATABRICKS_CLI", str(path))
        return tmp_path / "asked"

    return put


def test_the_shipped_bundle_may_be_deployed_to_dev(capsys):
    assert main(["check", "--target", "dev"]) == 0
    assert capsys.readouterr().out == FINE.format("dev")


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
        + FINE.format("prod")
    )


def test_the_service_principal_may_deploy(filled, command_line, capsys):
    asked = command_line(json.dumps({"userName": PRINCIPAL, "id": "1"}))
    assert main(["check", "--target", "prod"]) == 0
    assert capsys.readouterr().out == FINE.format("prod")
    assert asked.read_text() == f"{filled} current-user me --output json --target prod\n"


def test_an_application_id_in_capitals_is_the_same(filled, command_line, capsys):
    path = filled / "bundle" / "targets.yml"
    path.write_text(path.read_text().replace(PRINCIPAL, "abcdef00-1111-1111-1111-111111111111"))
    command_line(json.dumps({"userName": "ABCDEF00-1111-1111-1111-111111111111"}))
    assert main(["check", "--target", "prod"]) == 0
    assert capsys.readouterr().out == FINE.format("prod")


def test_a_bundle_without_targets_is_not_fine(filled, capsys):
    (filled / "bundle" / "targets.yml").unlink()
    (filled / "bundle" / "access.yml").unlink()
    assert main(["check"]) == 1
    first, second, count = capsys.readouterr().out.splitlines()
    assert first.startswith("The bundle has no target in production mode")
    assert second.startswith("dev is missing")
    assert count == "Findings: 2."


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


@pytest.mark.parametrize(("answer", "code"), [("Error: no host", 1), ("no JSON", 0), ("[]", 0), ("{}", 0)])
def test_a_command_line_that_does_not_say_who_is_logged_in_is_a_finding(filled, command_line, capsys, answer, code):
    command_line(answer, code)
    assert main(["check", "--target", "prod"]) == 1
    expected = f"Who deploys is not known: the Databricks CLI doesn't say who is logged in: {answer}; log in as "
    assert expected in capsys.readouterr().out


def test_a_command_line_that_is_not_there_is_a_finding(filled, monkeypatch, capsys):
    monkeypatch.setenv("LAKEHOUSE_DATABRICKS_CLI", "/nowhere/databricks")
    assert main(["check", "--target", "prod"]) == 1
    assert "the Databricks CLI /nowhere/databricks can't be run: No such file" in capsys.readouterr().out


def set_value(root, name, value):
    """Gives every target of the filled bundle a value of a variable."""
    path = root / "bundle" / "targets.yml"
    path.write_text(
        path.read_text().replace("      uploaders: lakeh", f"      {name}: {value}\n      uploaders: lakeh")
    )


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("run_timeout_seconds", "4h", "run_timeout_seconds is '4h', and must be a number"),
        ("view_seconds", "abc", "view_seconds is 'abc', and must be a number"),
        ("completed_share", "most", "completed_share is 'most', and must be a number"),
        ("secret_scope", "''", "secret_scope is empty"),
        ("nightly_time_zone", "Europe/Berln", "has the time zone 'Europe/Berln', which doesn't exist"),
    ],
)
def test_a_value_that_would_fail_later_is_found(filled, capsys, name, value, finding):
    set_value(filled, name, value)
    assert main(["check", "--target", "prod"]) == 1
    assert finding in capsys.readouterr().out


@pytest.mark.parametrize(("catalog", "finding"), [("''", "catalog is empty"), ("my-prod", "'my-prod', and foreign")])
def test_a_catalog_that_cannot_be_named_is_found(filled, capsys, catalog, finding):
    path = filled / "bundle" / "targets.yml"
    path.write_text(path.read_text().replace("catalog: prod", f"catalog: {catalog}"))
    assert main(["check", "--target", "prod"]) == 1
    assert finding in capsys.readouterr().out


def test_an_address_that_is_no_list_is_named_as_one(filled, capsys):
    path = filled / "bundle" / "targets.yml"
    path.write_text(path.read_text().replace("[data@example.com]", "data@example.com"))
    assert main(["check", "--target", "prod"]) == 1
    assert "is 'data@example.com', and must be a list; write [data@example.com]." in capsys.readouterr().out


def test_a_service_principals_name_is_one_finding_whoever_is_logged_in(filled, command_line, capsys):
    path = filled / "bundle" / "targets.yml"
    path.write_text(path.read_text().replace(PRINCIPAL, "sp-lakehouse"))
    command_line(json.dumps({"userName": PRINCIPAL}))
    assert main(["check", "--target", "prod"]) == 1
    out = capsys.readouterr().out
    assert "which is not an application id" in out
    assert "logged in" not in out


def test_a_target_of_ones_own_is_told_what_it_lacks_in_one_line(filled, capsys):
    path = filled / "bundle" / "targets.yml"
    text = path.read_text()
    own = text[text.index("  prod:\n") :].replace("  prod:", "  qa:").replace("catalog: prod", "catalog: qa")
    path.write_text(f"{text}\n{own}")
    assert main(["check", "--target", "qa"]) == 1
    first, count = capsys.readouterr().out.splitlines()[-2:]
    assert first.startswith("qa grants nothing to anybody and protects nothing; add `qa: {resources: *shared}`")
    assert count != "Findings: 0."
    access = filled / "bundle" / "access.yml"
    access.write_text(access.read_text() + "\n  qa:\n    resources: *shared\n")
    assert main(["check", "--target", "qa"]) == 0


def test_the_placeholder_is_one_finding_and_not_two(command_line, capsys):
    command_line(json.dumps({"userName": "me@example.com"}))
    assert main(["check", "--target", "prod"]) == 1
    assert "logged in" not in capsys.readouterr().out


def test_a_mistake_in_the_yaml_is_found(filled, capsys):
    path = filled / "resources" / "medallion.job.yml"
    path.write_text(path.read_text().replace("      timeout_seconds: ${var.run_timeout_seconds}\n", ""))
    assert main(["check", "--target", "prod"]) == 1
    assert "resources/medallion.job.yml:4: prod: resources.jobs.medallion has no timeout" in capsys.readouterr().out
