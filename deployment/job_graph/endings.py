"""Runs that end in SUCCESS although a task failed.

What is said here of states and results is the vendor's ("Configure task dependencies"):

- A run fails if one of its leaves does, the tasks that no other waits for; all else is SUCCESS.
- A task whose run_if isn't met fails (upstream failed) by ALL_SUCCESS, AT_LEAST_ONE_SUCCESS and NONE_FAILED, and is
  excluded by AT_LEAST_ONE_FAILED and ALL_FAILED. Excluded counts as success; what waits for excluded tasks alone is
  excluded. A task that waits for the outcome that a condition didn't have waits for an excluded one.

So the outcomes of conditions change nothing in what a failure spreads to: excluded tasks fail nothing.
"""

from collections.abc import Iterator
from graphlib import TopologicalSorter

from deployment.findings import Finding
from deployment.job_graph.model import JobGraph, JobTask

AFTER_A_FAILURE = ("AT_LEAST_ONE_FAILED", "ALL_FAILED")
SPREAD_FAILURES = ("ALL_SUCCESS", "NONE_FAILED")


def silent_failures(graph: JobGraph) -> Iterator[Finding]:
    """A task whose failure isn't the run's tells of it itself, by its on_failure, or has a leaf that fails with it."""
    waits_for = {key: [it.key for it in graph.dependencies(task)] for key, task in graph.by_key.items()}
    run_ifs = {key: _run_if(graph, task) for key, task in graph.by_key.items()}
    order = list(TopologicalSorter(waits_for).static_order())
    leaves = set(order) - {key for keys in waits_for.values() for key in keys}
    reached = runs_without_failures(order, waits_for, run_ifs)
    for key in graph.by_key:
        if key in reached and not _notifies(graph.by_key[key]):
            failed = failing_with(key, order, waits_for, run_ifs)
            if not failed & leaves:
                hiding = [
                    f"{later} ({run_ifs[later]})"
                    for later in graph.by_key
                    if later not in failed and failed & {*waits_for[later]}
                ]
                yield graph.by_key[key].finding(
                    f"may fail in a run that ends in SUCCESS, as what comes last doesn't fail with it: "
                    f"{', '.join(hiding)}",
                    "let a last task without run_if wait for it, or set its email_notifications.on_failure",
                )


def runs_without_failures(order: list[str], waits_for: dict[str, list[str]], run_ifs: dict[str, str]) -> set[str]:
    """The tasks that some outcomes of the conditions let run while none fails: `order` has what a task waits for first.

    Any way to a task will do: no condition is on it twice, so its outcomes agree.
    """
    runs: set[str] = set()
    for key in order:
        if not waits_for[key] or (run_ifs[key] not in AFTER_A_FAILURE and runs & {*waits_for[key]}):
            runs.add(key)
    return runs


def failing_with(failing: str, order: list[str], waits_for: dict[str, list[str]], run_ifs: dict[str, str]) -> set[str]:
    """The tasks that fail where one does and no other by itself."""
    failed = {failing}
    for key in order:
        of_failed = [earlier in failed for earlier in waits_for[key]]
        spreads = any(of_failed) and run_ifs[key] in SPREAD_FAILURES
        if spreads or (of_failed and all(of_failed) and run_ifs[key] == "AT_LEAST_ONE_SUCCESS"):
            failed.add(key)
    return failed


def _run_if(graph: JobGraph, task: JobTask) -> str:
    return graph.target.resolved(task.spec.get("run_if")) or "ALL_SUCCESS"


def _notifies(task: JobTask) -> bool:
    """Whether it tells of its failure itself."""
    notices = (task.spec.get("email_notifications"), task.spec.get("webhook_notifications"))
    return any(isinstance(notice, dict) and notice.get("on_failure") for notice in notices)
