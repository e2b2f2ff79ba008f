"""Runs that end in SUCCESS although a task failed.

What is said here of states and results is the vendor's ("Configure task dependencies"):

- A run fails if one of its leaves does, the tasks that no other waits for; all else is SUCCESS.
- A task whose run_if isn't met fails (upstream failed) by ALL_SUCCESS, AT_LEAST_ONE_SUCCESS and NONE_FAILED, and is
  excluded by AT_LEAST_ONE_FAILED and ALL_FAILED. Excluded counts as success; what waits for excluded tasks alone is
  excluded.
- A task that waits for the outcome that a condition didn't have waits for an excluded one.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from deployment.findings import Finding
from deployment.job_graph.dependencies import OUTCOMES
from deployment.job_graph.model import Dependency, JobGraph, JobTask

# Conditions whose outcomes are tried in all combinations; of more, this many combinations by chance.
MOST_CONDITIONS = 14

SPREAD_FAILURES = ("ALL_SUCCESS", "NONE_FAILED")


@dataclass(frozen=True)
class States:
    """In which cases a task succeeds, fails or is excluded. A case is a bit: an outcome for each condition."""

    succeeds: int
    fails: int
    excluded: int


def silent_failures(graph: JobGraph) -> Iterator[Finding]:
    """A task whose failure isn't the run's tells it itself, by its own on_failure, or has a leaf that fails with it."""
    cases = Cases(graph)
    for task in graph.tasks:
        ran, silent = cases.of_failure(task.key)
        if silent and not _notifies(task):
            when = cases.when(silent, ran)
            yield task.finding(
                f"may fail in a run that ends in SUCCESS{when}, because of {cases.run_after(task.key)}",
                "let a task without run_if wait for it, and none for that one, or set its "
                "email_notifications.on_failure",
            )


def _notifies(task: JobTask) -> bool:
    """Whether it tells of its failure itself."""
    notices = (task.spec.get("email_notifications"), task.spec.get("webhook_notifications"))
    return any(isinstance(notice, dict) and notice.get("on_failure") for notice in notices)


class Cases:
    """The states of a job's tasks for all outcomes of its conditions. The job's dependencies must be sound."""

    def __init__(self, graph: JobGraph) -> None:
        self.tasks = graph.by_key
        self.dependencies = {key: graph.dependencies(task) for key, task in self.tasks.items()}
        self.run_ifs = {
            key: graph.target.resolved(task.spec.get("run_if")) or "ALL_SUCCESS" for key, task in self.tasks.items()
        }
        before = {key: [it.key for it in items] for key, items in self.dependencies.items()}
        self.order = list(TopologicalSorter(before).static_order())
        waited_for = {key for keys in before.values() for key in keys}
        self.leaves = [key for key in self.order if key not in waited_for]
        self.upstream = {key: graph.upstream(task) for key, task in self.tasks.items()}
        conditions = [key for key in self.order if "condition_task" in self.tasks[key].kinds]
        self.all, self.is_true = _combinations(conditions)

    def of_failure(self, failing: str) -> tuple[int, int]:
        """The cases in which a task runs, and fails, and no other does; and of these, those in which no leaf does."""
        states: dict[str, States] = {}
        ran = 0
        for key in self.order:
            states[key] = self._state(key, states)
            if key == failing:
                ran = states[key].succeeds
                states[key] = States(0, self.all & ~states[key].excluded, states[key].excluded)
        silent = ran
        for leaf in self.leaves:
            silent &= ~states[leaf].fails
        return ran, silent

    def run_after(self, key: str) -> str:
        """The tasks after it that run although it failed, with their run_if."""
        return ", ".join(
            f"{later} ({run_if})"
            for later, run_if in self.run_ifs.items()
            if key in self.upstream[later] and run_if not in SPREAD_FAILURES
        )

    def when(self, cases: int, of: int) -> str:
        """The outcomes of conditions by which these cases differ from all of some."""
        needed = [
            f"{key} is {outcome}"
            for key, true in self.is_true.items()
            for outcome, mask in zip(OUTCOMES, (true, self.all & ~true), strict=True)
            if not cases & ~mask and of & ~mask
        ]
        return f" where {' and '.join(needed)}" if needed else ""

    def _state(self, key: str, states: Mapping[str, States]) -> States:
        waited = [self._seen(dependency, states) for dependency in self.dependencies[key]]
        if not waited:
            return States(self.all, 0, 0)
        excluded, failed, all_failed = self.all, 0, self.all
        for state in waited:
            excluded &= state.excluded
            failed |= state.fails
            all_failed &= state.fails
        match self.run_ifs[key]:
            case "AT_LEAST_ONE_FAILED":
                runs = failed
            case "ALL_FAILED":
                runs = all_failed
            case "ALL_DONE":
                runs = self.all
            case "AT_LEAST_ONE_SUCCESS":
                runs = self.all & ~all_failed
            case _:
                runs = self.all & ~failed
        runs &= ~excluded
        if self.run_ifs[key] in ("AT_LEAST_ONE_FAILED", "ALL_FAILED"):
            return States(runs, 0, self.all & ~runs)
        return States(runs, self.all & ~runs & ~excluded, excluded)

    def _seen(self, dependency: Dependency, states: Mapping[str, States]) -> States:
        """The state of a task as one sees it that waits for it, perhaps for an outcome."""
        state = states[dependency.key]
        if not dependency.outcome:
            return state
        true = self.is_true[dependency.key]
        taken = true if dependency.outcome == "true" else self.all & ~true
        return States(state.succeeds & taken, state.fails, state.excluded | (state.succeeds & ~taken))


def _combinations(conditions: list[str]) -> tuple[int, dict[str, int]]:
    """All cases as bits; and for each condition those in which it is true."""
    count = 1 << min(len(conditions), MOST_CONDITIONS)
    everything = (1 << count) - 1
    if len(conditions) > MOST_CONDITIONS:
        chance = random.Random(0)
        return everything, {key: chance.getrandbits(count) for key in conditions}
    masks = {}
    for position, key in enumerate(conditions):
        block = 1 << position
        ones = ((1 << block) - 1) << block
        masks[key] = sum(ones << start for start in range(0, count, 2 * block))
    return everything, masks
