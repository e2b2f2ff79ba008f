"""Runs that fail, hang or never start are noticed; each reintroduced mistake is found."""

import pytest

from tests.deployment.mistakes import Mistakes, config, findings, prod

mistake = Mistakes()


def medallion(bundle):
    return bundle["resources"]["jobs"]["medallion"]


def nightly(bundle):
    return bundle["resources"]["jobs"]["nightly"]


@mistake("prod: resources.jobs.medallion has no timeout, so one stuck run blocks all others")
def no_timeout(bundle):
    del medallion(bundle)["timeout_seconds"]


@mistake("prod: resources.jobs.medallion has no timeout")
def a_timeout_that_is_off(bundle):
    prod(bundle)["variables"]["run_timeout_seconds"] = 0


@mistake("resources.jobs.medallion, task silver, has no timeout")
def a_task_without_a_timeout(bundle):
    del medallion(bundle)["tasks"][3]["timeout_seconds"]


@mistake("resources.jobs.nightly has no health rule for its duration")
def no_health_rule(bundle):
    del nightly(bundle)["health"]


@mistake("prod: resources.jobs.medallion is stopped before its duration is reported")
def a_warning_that_comes_too_late(bundle):
    prod(bundle)["variables"]["slow_run_seconds"] = 14400


@mistake("task landing_folders, fails at its first attempt, or retries at once or for ever")
def no_retries(bundle):
    del medallion(bundle)["tasks"][0]["max_retries"]


@mistake("task landing_folders, fails at its first attempt, or retries at once or for ever")
def retries_for_ever(bundle):
    medallion(bundle)["tasks"][0]["max_retries"] = -1


@mistake("task landing_folders, fails at its first attempt, or retries at once or for ever")
def retries_without_a_delay(bundle):
    del medallion(bundle)["tasks"][0]["min_retry_interval_millis"]


@mistake("task landing_folders, may retry after a timeout")
def retries_after_a_timeout(bundle):
    medallion(bundle)["tasks"][0]["retry_on_timeout"] = True


@mistake("the task gold of the job medallion has max_retries, and the update that it starts retries by itself")
def retries_of_a_pipeline(bundle):
    medallion(bundle)["tasks"][4]["max_retries"] = "${var.task_retries}"


@mistake("resources.jobs.medallion notifies nobody on_failure")
def nobody_notified(bundle):
    del medallion(bundle)["email_notifications"]


@mistake("resources.jobs.nightly notifies nobody on_duration_warning_threshold_exceeded")
def nobody_warned(bundle):
    del nightly(bundle)["email_notifications"]["on_duration_warning_threshold_exceeded"]


@mistake("resources.jobs.medallion lacks no_alert_for_canceled_runs")
def mail_for_what_somebody_stopped(bundle):
    del medallion(bundle)["notification_settings"]["no_alert_for_canceled_runs"]


@mistake("resources.jobs.medallion sends mail to ['${workspace.current_user.userName}'], which is not a variable")
def mail_to_the_deployer(bundle):
    medallion(bundle)["email_notifications"]["on_failure"] = ["${workspace.current_user.userName}"]


@mistake("resources.pipelines.gold_pipeline sends mail to")
def pipeline_mail_to_the_deployer(bundle):
    bundle["resources"]["pipelines"]["gold_pipeline"]["notifications"] = [
        {"email_recipients": ["${workspace.current_user.userName}"], "alerts": ["on-update-failure"]}
    ]


@mistake("resources.jobs.medallion runs only when files arrive")
def no_schedule(bundle):
    del bundle["resources"]["jobs"]["nightly"]
    for name in ("staging", "prod"):
        del bundle["targets"][name]["resources"]["jobs"]["nightly"]


@mistake("resources.jobs.medallion runs only when files arrive")
def a_schedule_that_starts_nothing(bundle):
    nightly(bundle)["tasks"][0]["run_job_task"]["job_id"] = "${resources.jobs.nightly.id}"


@mistake("resources.jobs.medallion has a trigger and a schedule")
def two_triggers(bundle):
    medallion(bundle)["schedule"] = nightly(bundle)["schedule"]


@mistake("prod: resources.jobs.nightly has the schedule '0 3 * * *', which is not Quartz's")
def the_cron_of_unix(bundle):
    prod(bundle)["variables"]["nightly_cron"] = "0 3 * * *"


@mistake("resources.jobs.nightly has a schedule without a time zone")
def no_time_zone(bundle):
    del nightly(bundle)["schedule"]["timezone_id"]


@mistake("resources.jobs.medallion may run several times at once")
def runs_side_by_side(bundle):
    medallion(bundle)["max_concurrent_runs"] = 2


@mistake("resources.jobs.medallion skips a run while another is at work")
def no_queue(bundle):
    del medallion(bundle)["queue"]


@mistake("the task gold of the job medallion depends on slver, which is not a task of the job; write silver.")
def a_task_that_waits_for_ever(bundle):
    medallion(bundle)["tasks"][4]["depends_on"][0]["task_key"] = "slver"


@mistake("the task landing_folders of the job medallion has environment_key: defualt, which the job doesn't declare")
def an_environment_that_nobody_made(bundle):
    medallion(bundle)["tasks"][0]["environment_key"] = "defualt"


@mistake("prod has no tag environment")
def no_tags(bundle):
    del bundle["presets"]["tags"]["environment"]


@mistake("prod: resources.pipelines.gold_pipeline has no budget policy, and other resources have one")
def half_a_budget(bundle):
    prod(bundle)["resources"]["jobs"]["medallion"]["budget_policy_id"] = "1-2-3"


@mistake("prod: resources.jobs.medallion has the budget policy ''")
def an_empty_budget(bundle):
    prod(bundle)["resources"]["jobs"]["medallion"]["budget_policy_id"] = ""


@pytest.mark.parametrize(("put_back", "finding"), mistake.all)
def test_a_mistake_that_is_put_back_is_found(put_back, finding):
    bundle = config()
    put_back(bundle)
    assert finding in "\n".join(map(str, findings(bundle)))


def test_a_budget_policy_of_everything_in_a_target_is_fine():
    bundle = config()
    for kind in ("jobs", "pipelines"):
        for spec in prod(bundle)["resources"][kind].values():
            spec["budget_policy_id"] = "1-2-3"
    assert findings(bundle) == []
