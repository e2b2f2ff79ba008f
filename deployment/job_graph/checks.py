"""All checks of a job's graph, and what they find in the jobs of a target."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from deployment.findings import Finding
from deployment.job_graph import dependencies, endings, files, loops, references, work
from deployment.job_graph.model import JobGraph
from deployment.targets import Target
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.bundle_config import read_bundle

JobCheck: TypeAlias = Callable[[JobGraph], Iterable[Finding]]
# Whoever fails one of these has no order of tasks, of which the others could be asked.
OF_THE_ORDER: tuple[JobCheck, ...] = (
    dependencies.task_keys,
    dependencies.missing,
    dependencies.cycles,
    dependencies.outcomes,
    dependencies.run_if,
)
OF_EACH_TASK: tuple[JobCheck, ...] = (
    work.kinds,
    work.compute,
    work.retries,
    work.conditions,
    work.resources,
    files.exist,
    loops.repeated,
    loops.inputs,
    references.known,
)
OF_THE_RUN: tuple[JobCheck, ...] = (dependencies.branches, endings.silent_failures)


def job_graphs(target: Target) -> Iterator[Finding]:
    """The tasks of each job wait for, refer to and run what is there, and no failure of one stays unnoticed."""
    graphs = [JobGraph(target, job) for job in target.resources("jobs")]
    for graph in graphs:
        found = _found(OF_THE_ORDER, graph)
        yield from found
        yield from _found(OF_EACH_TASK, graph)
        if not found:
            yield from _found(OF_THE_RUN, graph)
    yield from dependencies.jobs_that_start_each_other(target, graphs)


def _found(checks: Iterable[JobCheck], graph: JobGraph) -> list[Finding]:
    return [finding for check in checks for finding in check(graph)]


def in_all(targets: Iterable[Target], check: Callable[[Target], Iterable[Finding]]) -> list[Finding]:
    """What a check finds in some targets, each finding once: it names the targets that have it, if others don't."""
    targets = list(targets)
    having: dict[Finding, list[str]] = {}
    for target in targets:
        for finding in check(target):
            having.setdefault(finding, []).append(target.name)
    return [
        finding if len(set(names)) == len(targets) else replace(finding, targets=tuple(dict.fromkeys(names)))
        for finding, names in having.items()
    ]


def refuse_mistakes(root: Path, name: str | None) -> tuple[set[Path], list[str]]:
    """Raises LakehouseError, a sentence for each mistake, where a job of a target (else the default one) has some.

    Returns the files that tasks execute, which were looked at, and a sentence for each word that only isn't known here:
    refusing what the vendor has added since would be worse than leaving a misspelled word to `check`.
    """
    target = Target(name or "", read_bundle(root).config)
    found = list(job_graphs(target))
    if not all(it.may_be_new for it in found):
        raise LakehouseError("\n".join([*map(str, found), "Nothing was run."]))
    executed = files.executed(JobGraph(target, job) for job in target.resources("jobs"))
    return executed, [f"Not known here, and perhaps a mistake: {it}" for it in found]
