"""An update: pipelines in the job's order, and within one every table as soon as what it reads is written."""

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from local_runtime.bundle import Pipeline, code_hash
from local_runtime.errors import LakehouseError, first_line
from local_runtime.event_log import EventLog
from local_runtime.flows import Result, Run, run_dataset
from local_runtime.graph import Graph
from local_runtime.lake import Lake
from local_runtime.validation import validate

PARALLEL = 4

Listener = Callable[[str, str], None]
"""Hears of a table's state: its name, and `running`, `done` or `failed`."""


@dataclass
class Outcome:
    """What an update did: a result per flow, and what failed."""

    update_id: str
    results: list[Result] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def run_update(
    session: Any,
    graph: Graph,
    lake: Lake,
    pipelines: Sequence[Pipeline],
    full_refresh: frozenset[str] = frozenset(),
    listener: Listener = lambda table, state: None,
) -> Outcome:
    """Updates the tables of `pipelines`. The caller holds the lake's lock.

    A table that fails takes those that read it with it, not the others; a pipeline that failed ends the update after
    it, as the job would. Raises LakehouseError, before any data is touched, for what validation finds.
    """
    validate(session, graph, lake, pipelines)
    outcome = Outcome(str(uuid.uuid4()))
    run = Run(session, graph, lake, outcome.update_id, full_refresh)
    for pipeline in pipelines:
        events = EventLog(lake, pipeline, outcome.update_id)
        events.update_progress("RUNNING", f"Update {outcome.update_id} is running.")
        _Scheduler(run, pipeline, events, outcome, listener).run()
        if outcome.failures:
            failed = "; ".join(outcome.failures.values())
            events.update_progress("FAILED", f"Update {outcome.update_id} has failed.", error=failed)
        else:
            events.update_progress("COMPLETED", f"Update {outcome.update_id} is complete.")
        events.write()
        if outcome.failures:
            break
    return outcome


class _Scheduler:
    """Runs the tables of one pipeline, independent ones in parallel."""

    def __init__(self, run: Run, pipeline: Pipeline, events: EventLog, outcome: Outcome, listener: Listener) -> None:
        self._run, self._events, self._outcome, self._listener = run, events, outcome, listener
        self._tables = run.graph.stored(pipeline)
        self._code = code_hash(pipeline)

    def run(self) -> None:
        own = set(self._tables)
        order = TopologicalSorter({name: self._run.graph.tables_read(name) & own for name in self._tables})
        order.prepare()
        running: dict[Future[list[Result]], str] = {}
        with ThreadPoolExecutor(PARALLEL) as pool:
            while order.is_active():
                for name in order.get_ready():
                    if self._reads_failed(name):
                        self._outcome.skipped.append(name)
                        order.done(name)
                    else:
                        self._listener(name, "running")
                        running[pool.submit(run_dataset, self._run, self._run.graph.datasets[name], self._code)] = name
                done, _ = wait(running, return_when=FIRST_COMPLETED) if running else (set(), set())
                for future in done:
                    name = running.pop(future)
                    self._finish(name, future)
                    order.done(name)

    def _reads_failed(self, name: str) -> bool:
        unwritten = {*self._outcome.failures, *self._outcome.skipped}
        return bool(self._run.graph.tables_read(name) & unwritten)

    def _finish(self, name: str, future: "Future[list[Result]]") -> None:
        error = future.exception()
        if error is None:
            for result in future.result():
                self._outcome.results.append(result)
                self._events.flow_progress(result)
            self._listener(name, "done")
            return
        self._outcome.failures[name] = _message(name, error)
        self._events.flow_failed(name, self._outcome.failures[name])
        self._listener(name, "failed")


def _message(name: str, error: BaseException) -> str:
    """What to tell of a table's failure: a message made for the user, else the error's kind and first line."""
    if isinstance(error, LakehouseError):
        said = str(error).strip()
        return said if name in said else f"{name}: {said}"
    return f"{name}: {type(error).__name__}: {first_line(error)}"
