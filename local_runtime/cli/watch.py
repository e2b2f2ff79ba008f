"""`./lakehouse run --watch`: an update whenever files land, on an engine that stays up."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.auto_loader.notification import Landings
from local_runtime.cli.run_log import tell
from local_runtime.cli.run_messages import messages, problems_after, unpublished
from local_runtime.delta.lake import Lake
from local_runtime.engines.child import memory_of_children
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.external_files import files_below
from local_runtime.state.last_run import recording_run
from local_runtime.update.orchestration import run_update
from local_runtime.update.results import Outcome

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.pipelines.bundle import Pipeline

UNFINISHED = "changed_while_read"
AFTER_FAILURE = 10.0  # seconds, until an update that failed is tried again
AGAIN = 1.0  # seconds, until a file that was being written is looked at again
# The default engine keeps some megabytes of each query, so it is restarted now and then.
MAX_UPDATES = 200
MAX_GROWTH = 768 * 2**20  # bytes that it may hold more than after its first update


def watch(
    engine: Callable[[], AbstractContextManager["SparkSession"]],
    graph: "Graph",
    lake: Lake,
    pipelines: "Sequence[Pipeline]",
    full_refresh: frozenset[str],
    where: str,
) -> None:
    """Updates whenever files land, and prints a line on each; ends by a signal. The caller holds the lake's lock.

    `engine` gives sessions, each on an engine of its own; `where` are the options of commands that name the folders.
    Raises LakehouseError where the pipelines' code has changed, which only a new process reads.
    """
    folders = sorted({Path(path).absolute() for name in graph.sources for path in graph.sources[name]})
    landings = Landings(folders)
    code = _code(graph)
    tell(f"Watching {', '.join(map(str, folders))}. Ctrl-C ends it.")
    problems: list[str] = []
    while True:
        with engine() as session:
            at_first = 0
            for _ in range(MAX_UPDATES):
                started = time.monotonic()
                with recording_run(lake):
                    outcome = run_update(session, graph, lake, pipelines, full_refresh)
                tell(update_summary(outcome, time.monotonic() - started))
                problems = _tell(outcome, graph, lake, where, problems)
                landings.wait(_waiting_time(outcome))
                full_refresh &= {*outcome.failures, *outcome.skipped}
                if _code(graph) != code:
                    raise LakehouseError("The pipelines' code has changed: start the watch again to run it.")
                at_first = at_first or memory_of_children()
                # The engine itself may have failed.
                if outcome.failures or memory_of_children() > at_first + MAX_GROWTH:
                    break


def _tell(outcome: Outcome, graph: "Graph", lake: Lake, where: str, known: Sequence[str]) -> list[str]:
    """Prints the lines about an update, but for problems that are `known` from the one before; returns the problems."""
    problems = problems_after(outcome, graph, lake)
    new = [problem for problem in problems if problem not in known]
    still_served = unpublished(outcome, lake, where) if outcome.failures else None
    for line in (*messages(outcome, graph, lake, where, new), *failed(outcome), *filter(None, [still_served])):
        tell(line)
    return problems


def _waiting_time(outcome: Outcome) -> float | None:
    """Seconds until the next update, where it doesn't wait for files alone."""
    reasons = {record.reason for result in outcome.results for record in result.files.values()}
    return AFTER_FAILURE if outcome.failures or outcome.publication_error else AGAIN if UNFINISHED in reasons else None


def _code(graph: "Graph") -> dict[str, int]:
    """When the pipelines' files, those of data beside them, and others that they opened were last modified."""
    roots = {pipeline.root_path for pipeline in graph.pipelines}
    opened = {Path(path) for dataset in graph.datasets.values() for path in dataset.opened}
    files = {path for root in roots for path in files_below(root) if path.suffix != ".pyc"} | opened
    return {str(path): path.stat().st_mtime_ns for path in files if path.exists()}


def update_summary(outcome: Outcome, seconds: float) -> str:
    """A line: the time and its zone, files, and rows written by layer."""
    # Several flows of a table may read one file.
    states_of_files = {
        (result.dataset, name): record.state for result in outcome.results for name, record in result.files.items()
    }
    states = Counter(states_of_files.values())
    rows: Counter[str] = Counter()
    for result in outcome.results:
        rows[result.dataset.split(".")[0]] += result.rows_out
    files = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items())) or "no new files"
    written = ", ".join(f"{schema} {count:,}" for schema, count in rows.items() if count) or "nothing"
    return f"{datetime.now().astimezone():%H:%M:%S %Z}  {files}; rows: {written}; {seconds:.1f} s"


def failed(outcome: Outcome) -> list[str]:
    """A line for each table that failed, and for a publication that did."""
    return [f"Failed: {message}" for message in (*outcome.failures.values(), outcome.publication_error) if message]
