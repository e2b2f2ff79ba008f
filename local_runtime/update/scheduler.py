"""Runs the tables of one pipeline: each as soon as what it reads is written, independent ones in parallel."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter

from local_runtime.errors import TOO_LITTLE_MEMORY, LakehouseError, first_line, lacks_memory
from local_runtime.pipelines.bundle import Pipeline
from local_runtime.update.event_log import EventLog
from local_runtime.update.flows.run_context import Run
from local_runtime.update.flows.table_flows import run_dataset
from local_runtime.update.results import Outcome, Result

PARALLEL_TABLES = 4

Listener = Callable[[str, str], None]
"""Is called with a table's name and state: `running`, `done` or `failed`."""


class Scheduler:
    """Runs the tables of one pipeline, independent ones in parallel."""

    def __init__(self, run: Run, pipeline: Pipeline, events: EventLog, outcome: Outcome, listener: Listener) -> None:
        self._run, self._events, self._outcome, self._listener = run, events, outcome, listener
        self._tables = run.graph.stored(pipeline)

    def run(self) -> None:
        """Runs the tables; the results go to the outcome, the event log and the listener.

        Of tables that could run, those are first that the longest chain of others waits for.
        """
        own = set(self._tables)
        reads = {name: self._run.graph.tables_read(name) & own for name in self._tables}
        order, lengths = TopologicalSorter(reads), chain_lengths(reads)
        order.prepare()
        ready: list[str] = []
        running: dict[Future[None], tuple[str, list[Result]]] = {}
        with ThreadPoolExecutor(PARALLEL_TABLES) as pool:
            while order.is_active():
                ready = sorted([*ready, *order.get_ready()], key=lengths.__getitem__, reverse=True)
                while ready and len(running) < PARALLEL_TABLES:
                    name = ready.pop(0)
                    if self._reads_failed(name):
                        self._outcome.skipped.append(name)
                        order.done(name)
                    else:
                        self._listener(name, "running")
                        results: list[Result] = []
                        dataset = self._run.graph.datasets[name]
                        running[pool.submit(run_dataset, self._run, dataset, results)] = name, results
                done, _ = wait(running, return_when=FIRST_COMPLETED) if running else (set(), set())
                for future in done:
                    name, results = running.pop(future)
                    self._finish(name, results, future.exception())
                    order.done(name)

    def _reads_failed(self, name: str) -> bool:
        unwritten = {*self._outcome.failures, *self._outcome.skipped}
        return bool(self._run.graph.tables_read(name) & unwritten)

    def _finish(self, name: str, results: list[Result], error: BaseException | None) -> None:
        """Records what the table's flows did; with an error, the last one failed."""
        ended = results if error is None else results[:-1]
        for result in ended:
            self._outcome.results.append(result)
            self._events.planning_information(result)
            self._events.flow_progress(result)
        if error is None:
            self._listener(name, "done")
            return
        failed = results[-1] if results else Result(name, "")
        if failed.commits:
            self._outcome.results.append(failed)
            self._events.flow_progress(failed, "RUNNING")
        elif results:
            self._outcome.uncommitted.append(failed)
        self._outcome.failures[name] = _failure_message(name, error)
        self._events.flow_failed(failed, self._outcome.failures[name])
        self._listener(name, "failed")


def chain_lengths(reads: Mapping[str, Collection[str]]) -> dict[str, int]:
    """For each table how many tables the longest chain has that begins with it, each read by the next one."""
    lengths: dict[str, int] = {}
    for name in reversed([*TopologicalSorter(reads).static_order()]):
        lengths[name] = max(lengths.get(name, 0), 1)
        for read in reads[name]:
            lengths[read] = max(lengths.get(read, 0), lengths[name] + 1)
    return lengths


def _failure_message(name: str, error: BaseException) -> str:
    """The message for a table's failure: one made for the user, else the error's type and first line."""
    if isinstance(error, LakehouseError):
        message = str(error).strip()
        return message if name in message else f"{name}: {message}"
    if lacks_memory(error):
        return f"{name}: {TOO_LITTLE_MEMORY}"
    return f"{name}: {type(error).__name__}: {first_line(error)}"
