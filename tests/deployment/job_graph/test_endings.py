"""Failures that leave a run green, against a run played by the vendor's document, one failure and outcome at a time."""

import itertools
import random

import pytest

from deployment.job_graph.checks import job_graphs
from deployment.job_graph.dependencies import RUN_IF
from deployment.targets import Target

GRAPHS = 1500
WORK = {"pipeline_task": {"pipeline_id": "0"}}
DECIDES = {"condition_task": {"left": "{{job.run_id}}", "op": "EQUAL_TO", "right": "1"}}


def target_of(*tasks, **job):
    return Target("prod", {"targets": {"prod": {}}, "resources": {"jobs": {"a": {"tasks": list(tasks), **job}}}})


def task(key, *after, run_if=None, work=None, **fields):
    """A task that waits for others: `"a"`, or `"a:true"` for an outcome."""
    waits = [dict(zip(("task_key", "outcome"), name.split(":"), strict=False)) for name in after]
    return {
        **({"task_key": key, **(work or WORK), **fields}),
        **({"depends_on": waits} if waits else {}),
        **({"run_if": run_if} if run_if else {}),
    }


def played(tasks, outcomes, failing):
    """The states of the tasks of one run, and its result: "Configure task dependencies" of the vendor, word by word."""
    states = {}
    for it in tasks:  # they are in an order in which they can run
        seen = []
        for waits in it.get("depends_on", []):
            state = states[waits["task_key"]]
            is_taken = "outcome" not in waits or waits["outcome"] == outcomes.get(waits["task_key"])
            seen.append("excluded" if state == "succeeded" and not is_taken else state)
        failed = [state for state in seen if state in ("failed", "upstream failed")]
        succeeded = [state for state in seen if state in ("succeeded", "excluded")]  # "treated as successful"
        met, unmet = {
            "ALL_SUCCESS": (len(succeeded) == len(seen), "upstream failed"),
            "AT_LEAST_ONE_SUCCESS": (bool(succeeded) or not seen, "upstream failed"),
            "NONE_FAILED": (not failed, "upstream failed"),
            "ALL_DONE": (True, ""),
            "AT_LEAST_ONE_FAILED": (bool(failed) or not seen, "excluded"),
            "ALL_FAILED": (len(failed) == len(seen), "excluded"),
        }[it.get("run_if", "ALL_SUCCESS")]
        if seen and all(state == "excluded" for state in seen):
            states[it["task_key"]] = "excluded"
        elif met:
            states[it["task_key"]] = "failed" if it["task_key"] == failing else "succeeded"
        else:
            states[it["task_key"]] = unmet
    waited_for = {waits["task_key"] for it in tasks for waits in it.get("depends_on", [])}
    leaves = [state for key, state in states.items() if key not in waited_for]
    return states, "FAILED" if {"failed", "upstream failed"} & set(leaves) else "SUCCESS"


def silent(tasks):
    """The tasks that fail alone in a run that ends in SUCCESS, for some outcomes of the conditions."""
    conditions = [it["task_key"] for it in tasks if "condition_task" in it]
    found = set()
    for given in itertools.product(("true", "false"), repeat=len(conditions)):
        for it in tasks:
            states, result = played(tasks, dict(zip(conditions, given, strict=True)), it["task_key"])
            if states[it["task_key"]] == "failed" and result == "SUCCESS":
                found.add(it["task_key"])
    return found


def random_tasks(chance):
    """Tasks in an order in which they can run, with any run_if and any outcomes."""
    tasks, conditions = [], set()
    for number in range(chance.randint(1, 8)):
        key, work = f"t{number}", DECIDES if chance.random() < 0.3 else WORK
        names = chance.sample([it["task_key"] for it in tasks], min(len(tasks), chance.choice([0, 1, 1, 1, 2, 3])))
        after = [f"{name}:{chance.choice(['true', 'false'])}" if name in conditions and chance.random() < 0.8 else name
                 for name in names]  # fmt: skip
        tasks.append(task(key, *after, run_if=chance.choice([None, None, *RUN_IF]) if after else None, work=work))
        conditions |= {key} if work is DECIDES else set()
    return tasks


def test_the_check_names_exactly_the_tasks_whose_failure_ends_in_success():
    chance, counts = random.Random(23), [0, 0]
    for _ in range(GRAPHS):
        tasks = random_tasks(chance)
        expected = silent(tasks)
        found = {str(it).split()[2] for it in job_graphs(target_of(*tasks)) if "may fail in a run that ends" in str(it)}
        assert found == expected, tasks
        counts[bool(expected)] += 1
    assert min(counts) > GRAPHS / 5  # of both kinds there are many


def sentences(*tasks):
    return [str(it) for it in job_graphs(target_of(*tasks))]


def test_a_failure_that_only_a_clean_up_follows_is_found_with_the_task_that_hides_it():
    (found,) = sentences(task("load"), task("clean_up", "load", run_if="ALL_DONE"))
    assert found == (
        "the task load of the job a may fail in a run that ends in SUCCESS, as what comes last doesn't fail with it: "
        "clean_up (ALL_DONE); let a last task without run_if wait for it, or set its email_notifications.on_failure."
    )


def test_a_leaf_that_fails_too_is_enough():
    assert sentences(task("load"), task("clean_up", "load", run_if="ALL_DONE"), task("publish", "load")) == []


@pytest.mark.parametrize("field", ["email_notifications", "webhook_notifications"])
def test_so_is_a_task_that_tells_of_its_failure_itself(field):
    load = task("load", **{field: {"on_failure": ["data@example.com"]}})
    assert sentences(load, task("clean_up", "load", run_if="ALL_DONE")) == []


def test_a_task_of_a_branch_is_judged_as_one_that_runs():
    tasks = [task("gate", work=DECIDES), task("gold", "gate:true"), task("held", "gate:false")]
    tasks += [task("report", "gold", "held", run_if="ALL_DONE")]
    found = sentences(*tasks)
    assert [it.split()[2] for it in found] == ["gate", "gold", "held"]
    assert "doesn't fail with it: report (ALL_DONE); let" in found[1]


@pytest.mark.parametrize("outcome", ["true", "false"])
def test_an_empty_branch_of_a_condition_is_found(outcome):
    (found,) = sentences(task("gate", work=DECIDES), task("gold", f"gate:{outcome}"))
    other = "false" if outcome == "true" else "true"
    assert f"the task gate of the job a has no task for the outcome '{other}'" in found


def test_a_condition_whose_outcome_nobody_waits_for_decides_nothing():
    (found,) = sentences(task("gate", work=DECIDES), task("gold", "gate"))
    assert "the task gold of the job a depends on the condition gate without an outcome, as all do" in found
    (found,) = sentences(task("gate", work=DECIDES))
    assert "the task gate of the job a decides nothing, as no task waits for it" in found


def test_a_task_that_runs_after_both_branches_needs_no_outcome():
    tasks = [task("gate", work=DECIDES), task("gold", "gate:true"), task("held", "gate:false"), task("report", "gate")]
    assert sentences(*tasks) == []


def test_any_number_of_conditions_is_judged():
    chain = [task("c0", work=DECIDES)]
    for number in range(1, 40):
        chain += [task(f"c{number}", f"c{number - 1}:true", work=DECIDES), task(f"h{number}", f"c{number - 1}:false")]
    chain += [task("last", "c39:true"), task("held", "c39:false")]
    assert sentences(*chain) == []
    (found,) = sentences(*chain, task("load", "c39:true"), task("clean_up", "load", run_if="ALL_DONE"))
    assert "the task load" in found
