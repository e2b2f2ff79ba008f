"""The README's description of a deployment matches the bundle and the code."""

import re

from bronze.feeds import LANDING_FOLDERS
from deployment.checks import find
from deployment.targets import Target, read_targets
from tests.conftest import ROOT
from tests.deployment.mistakes import config

README = (ROOT / "README.md").read_text()
DEPLOY = README.partition("## Deploy to Databricks\n")[2].partition("\n## ")[0]
DEV, SHARED = DEPLOY.partition("### Your own copy")[2].split("### Staging and prod")


def test_the_loop_makes_every_folder_that_bronze_streams_from():
    (feeds,) = re.findall(r"^for feed in (.*)$", DEPLOY, re.M)
    assert sorted(feeds.split()) == sorted(LANDING_FOLDERS)


def test_a_bundle_is_checked_before_it_is_deployed_and_then_gets_its_key():
    for part, target in ((DEV, "dev"), (SHARED, "prod")):
        steps = [
            f"./lakehouse check --target {target}",
            "databricks bundle validate --strict",
            "databricks bundle deploy",
            "databricks secrets put-secret",
            "databricks bundle run medallion",
        ]
        places = [part.index(step) for step in steps]
        assert places == sorted(places)


def test_scopes_are_called_as_the_bundle_calls_them():
    for target, name in (("dev", "lakehouse-dev-<you>"), ("prod", "lakehouse-prod")):
        scope = Target(target, config()).variable("secret_scope")
        scope = scope.replace("${bundle.name}", "lakehouse").replace("${bundle.target}", target)
        assert scope.replace("${workspace.current_user.short_name}", "<you>") == name
        assert f"put-secret {name} pseudonym-key" in DEPLOY


def test_one_identity_deploys():
    assert "One identity deploys: a service principal." in SHARED
    assert "docs/runbook.md#a-person-deployed-first" in SHARED
    assert "workspace admin" not in SHARED


def test_what_is_destroyed_without_a_terminal_needs_an_option():
    for document in (README, (ROOT / "docs" / "runbook.md").read_text()):
        for command in re.findall(r"databricks bundle destroy[^`\n]*", document):
            assert "--auto-approve" in command


def test_limits_are_those_of_the_variables():
    variables = {name: spec.get("default") for name, spec in config()["variables"].items()}
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    assert (variables["slow_run_seconds"], variables["run_timeout_seconds"]) == (3600, 4 * 3600)
    for document in (README, runbook):
        assert re.search(r"over an hour sends a\s+warning, one (?:of|that takes) over four hours is stopped", document)
    assert (variables["nightly_cron"], variables["nightly_time_zone"]) == ("0 0 3 * * ?", "UTC")
    assert "at 03:00 UTC" in SHARED
    assert (variables["task_retries"], variables["task_retry_delay_millis"]) == (2, 60_000)
    assert re.search(r"tried\s+three times, a minute apart", runbook)


def test_the_limit_on_files_without_file_events_is_said():
    assert "fewer than 10,000 files" in SHARED
    assert "file_events: 'true'" in SHARED


def test_every_value_that_a_target_sets_is_explained():
    rows = set(re.findall(r"^\| `(\w+)` \|", SHARED, re.M))
    given = set(config()["targets"]["prod"]["variables"])
    assert rows == given | {"failure_emails", "pipeline_notifications"}


def test_the_budget_policy_as_it_is_shown_is_fine(tmp_path):
    for path in [ROOT / "databricks.yml", *ROOT.glob("bundle/*.yml"), *ROOT.glob("resources/*.yml")]:
        (tmp_path / path.relative_to(ROOT)).parent.mkdir(exist_ok=True)
        (tmp_path / path.relative_to(ROOT)).write_text(path.read_text())
    (tmp_path / "src").symlink_to(ROOT / "src")  # tasks name its files
    (block,) = re.findall(r"```yaml\n(.*?)```", SHARED, re.S)
    (tmp_path / "bundle" / "budget.yml").write_text(block.replace("<id of the policy>", "0a1b2c3d"))
    found = read_targets(tmp_path)
    assert find(found[0].bundle, found) == []
    jobs = {target.name: target.resources("jobs") for target in found}
    assert all(job.text("budget_policy_id") for job in jobs["prod"])
    assert not any(job.text("budget_policy_id") for job in jobs["dev"])
