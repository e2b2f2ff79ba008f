"""Checks of the jobs: a run that fails, hangs or never starts is noticed, and nothing runs twice at a time."""

import re
from collections.abc import Iterator
from zoneinfo import available_timezones

from deployment.findings import Finding
from deployment.targets import Resource, Target, started_by
from local_runtime.pipelines.bundle_config import Config, as_mapping, as_text, at
from local_runtime.pipelines.placed_yaml import place_of

TAGS = ("project", "environment")
DURATION_METRIC = "RUN_DURATION_SECONDS"


def limits(target: Target) -> Iterator[Finding]:
    """A run and its tasks have a time limit, and a slow run is reported before it is stopped."""
    for job in target.resources("jobs"):
        timeout = _number(target, job.spec, "timeout_seconds")
        if timeout < 1:
            yield _finding(job, None, "has no timeout, so one stuck run blocks all others", "set timeout_seconds")
        for task in job.items("tasks"):
            if "run_job_task" not in task and _number(target, task, "timeout_seconds") < 1:
                yield _finding(job, task, "has no timeout", "set the task's timeout_seconds")
        rules = [rule for rule in job.items("health", "rules") if rule.get("metric") == DURATION_METRIC]
        slow = [_number(target, rule, "value") for rule in rules]
        if not slow:
            yield _finding(job, None, "has no health rule for its duration", f"add one for {DURATION_METRIC}")
        elif not 0 < min(slow) < timeout:
            yield _finding(job, None, "is stopped before its duration is reported", "lower the health rule's value")


def retries(target: Target) -> Iterator[Finding]:
    """Python tasks retry after a delay, and not after a timeout. What no task may retry: job_graph/work.py."""
    for job in target.resources("jobs"):
        for task in job.items("tasks"):
            if "spark_python_task" in task:
                if _number(target, task, "max_retries") < 1 or _number(target, task, "min_retry_interval_millis") < 1:
                    yield _finding(
                        job,
                        task,
                        "fails at its first attempt, or retries at once or for ever",
                        "set max_retries and min_retry_interval_millis",
                    )
                if task.get("retry_on_timeout") is not False:
                    yield _finding(job, task, "may retry after a timeout", "set retry_on_timeout: false")


def recipients(target: Target) -> Iterator[Finding]:
    """Mail goes to variables' addresses (who deploys may be a service principal), and only where somebody must act."""
    for job in target.resources("jobs"):
        mails = as_mapping(job.spec.get("email_notifications"))
        for event in ("on_failure", "on_duration_warning_threshold_exceeded"):
            if event not in mails:
                yield _finding(job, None, f"notifies nobody {event}", f"set email_notifications.{event}")
        for quiet in ("no_alert_for_skipped_runs", "no_alert_for_canceled_runs"):
            if at(job.spec, "notification_settings", quiet) is not True:
                yield _finding(job, None, f"lacks {quiet}", "set it in notification_settings")
    for resource in target.resources("jobs", "pipelines"):
        given = [*as_mapping(resource.spec.get("email_notifications")).values()]
        given += [resource.spec["notifications"]] if "notifications" in resource.spec else []
        for addresses in given:
            if not re.fullmatch(r"\$\{var\.\w+\}", as_text(addresses)):
                yield _finding(
                    resource, None, f"sends mail to {addresses}, which is not a variable", "use failure_emails"
                )


def starts(target: Target) -> Iterator[Finding]:
    """A job has one trigger, as documented; what waits for files also runs by the clock; runs don't overlap."""
    jobs = target.resources("jobs")
    scheduled = {started_by(task) for job in jobs if "schedule" in job.spec for task in job.items("tasks")}
    for job in jobs:
        if "trigger" in job.spec and "schedule" in job.spec:
            yield _finding(job, None, "has a trigger and a schedule, and a job has one of them", "schedule another job")
        if "trigger" in job.spec and job.address not in scheduled:
            yield _finding(job, None, "runs only when files arrive", "start it from a job with a schedule as well")
        if "schedule" in job.spec:
            yield from _schedule(target, job)
        if _number(target, job.spec, "max_concurrent_runs") != 1:
            yield _finding(job, None, "may run several times at once", "set max_concurrent_runs: 1")
        if "trigger" in job.spec and at(job.spec, "queue", "enabled") is not True:
            yield _finding(job, None, "skips a run while another is at work", "set queue.enabled: true")


def _schedule(target: Target, job: Resource) -> Iterator[Finding]:
    expression = target.resolved(at(job.spec, "schedule", "quartz_cron_expression"))
    if len(expression.split()) not in (6, 7):
        yield _finding(job, None, f"has the schedule {expression!r}, which is not Quartz's", "begin with the seconds")
    zone = target.resolved(at(job.spec, "schedule", "timezone_id"))
    if not zone:
        yield _finding(job, None, "has a schedule without a time zone", "set timezone_id")
    elif (known := available_timezones()) and zone not in known:
        yield _finding(job, None, f"has the time zone {zone!r}, which doesn't exist", "write one such as Europe/Berlin")


def tags(target: Target) -> Iterator[Finding]:
    """Costs and runs are found by them."""
    given = as_mapping(at(target.config, "presets", "tags"))
    for tag in TAGS:
        if not target.resolved(given.get(tag)):
            yield Finding(target.name, f"has no tag {tag}", f"set presets.tags.{tag} in bundle/presets.yml")


def budget_policies(target: Target) -> Iterator[Finding]:
    """One policy pays for everything that a target runs, or none is named: an empty id would be sent as it is."""
    ids = {
        resource.place: target.resolved(resource.spec.get("budget_policy_id"))
        for resource in target.resources("jobs", "pipelines")
    }
    named = {
        resource.place for resource in target.resources("jobs", "pipelines") if "budget_policy_id" in resource.spec
    }
    for place, policy in ids.items():
        if place in named and (not policy or policy.startswith("<")):
            yield Finding(place, f"has the budget policy {policy!r}", "write the id of one, or remove the line")
        if named and place not in named:
            yield Finding(place, "has no budget policy, and other resources have one", "add budget_policy_id")


def _finding(resource: Resource, task: Config | None, problem: str, remedy: str) -> Finding:
    """Something wrong with a resource, or with a task of a job."""
    place = resource.place if task is None else f"{resource.place}, task {as_text(task.get('task_key'))},"
    return Finding(place, problem, remedy, line=str(place_of(resource.spec if task is None else task) or ""))


def _number(target: Target, spec: Config, field: str) -> int:
    text = target.resolved(spec.get(field))
    return int(text) if re.fullmatch(r"-?\d+", text) else 0
