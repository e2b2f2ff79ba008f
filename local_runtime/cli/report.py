"""What a run did, for a person."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.cli import run_messages, run_table
from local_runtime.cli.next_steps import next_steps
from local_runtime.cli.screen import console, say
from local_runtime.delta.lake import Lake
from local_runtime.root import folder_argument
from local_runtime.update.settled import Message

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.update.results import Outcome


def print_outcome(
    done: "Outcome",
    graph: "Graph",
    lake: Lake,
    landing: Path,
    seconds: float,
    notes: Sequence[str] = (),
    problems: Sequence[str] | None = None,
) -> bool:
    """Prints what a run did: each table, what is to be known or done, `notes` on where data came from, and a total.

    `seconds` is the wall time since the command began; `problems` are those of `problems_after` where they are known.
    Returns whether it went well: nothing failed, and of what was found something could be loaded and applied.
    """
    lines = run_table.table_lines(done, graph, lake)
    run_table.show(console, lines, folder_argument("lake", lake.root))
    for text, style, is_folded in messages_of(done, graph, lake, landing, notes, problems):
        say(text, style, is_folded)
    if lines or done.uncommitted:
        say(run_table.total(lines, seconds, done.uncommitted))
    unapplied = run_messages.without_valid_rows(done, graph, lake)
    return not (unapplied or done.failures or done.rejected_every_file or done.publication_error)


def messages_of(
    done: "Outcome",
    graph: "Graph",
    lake: Lake,
    landing: Path,
    notes: Sequence[str],
    problems: Sequence[str] | None = None,
) -> Iterator[Message]:
    """What is said of an update below the table of what it did."""
    of_lake = folder_argument("lake", lake.root)
    where = f"{folder_argument('landing', landing)}{of_lake}"
    if problems is None:
        problems = run_messages.problems_after(done, graph, lake)
    for message in run_messages.messages(done, graph, lake, of_lake, problems):
        yield _warning(message)
    unapplied = run_messages.without_valid_rows(done, graph, lake)
    for name in dict.fromkeys(result.dataset for result in done.results if result.is_of_older_code):
        yield _warning(
            f"{name} keeps the history that its code made before it was changed, as on Databricks. To rebuild it: "
            f"./lakehouse run --full-refresh {name}{where}"
        )
    for trouble in _troubles(done, unapplied, where):
        yield trouble, "red", True
    yield f"\nThe lake is in {lake.root}; files land in {landing}.", None, True
    yield from map(_warning, notes)
    if waits := run_messages.unpublished(done, lake, where):
        yield _warning(waits)
    if done.failures:
        yield "Tables that failed are at their last commit. Fix the cause and run again.", None, True
    elif not done.rejected_every_file:
        steps = next_steps(graph, lake, of_lake)
        yield "Next: " + "\n      ".join(steps), None, False


def _warning(message: str) -> Message:
    return message, "yellow", True


def _troubles(done: "Outcome", unapplied: Sequence[str], where: str) -> Iterator[str]:
    """What failed, and what to type where that is known; `where` are the options that name the folders."""
    yield from (f"Failed: {message}" for message in done.failures.values())
    to_refresh = [
        name for name, message in done.failures.items() if "in full" in message and "--full-refresh" not in message
    ]
    if to_refresh:
        yield f"Type ./lakehouse run --full-refresh {' '.join(to_refresh)}{where}"
    if done.skipped:
        yield f"Not run, because of that: {', '.join(done.skipped)}"
    if done.publication_error:
        yield f"Failed: {done.publication_error}"
    if done.rejected_every_file:
        yield "Failed: every file that was found was rejected."
    if unapplied:
        yield run_messages.unapplied_message(unapplied)
