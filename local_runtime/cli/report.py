"""What a run did, for a person."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.cli import run_messages, run_table
from local_runtime.cli.next_steps import next_steps
from local_runtime.cli.screen import console, say, warn
from local_runtime.delta.lake import Lake
from local_runtime.root import folder_argument

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.update.results import Outcome


def print_outcome(
    done: "Outcome", graph: "Graph", lake: Lake, landing: Path, seconds: float, notes: Sequence[str] = ()
) -> bool:
    """Prints what a run did: each table, what is to be known or done, `notes` on where data came from, and a total.

    `seconds` is the wall time since the command began. Returns whether it went well: nothing failed, and of what was
    found something could be loaded and applied.
    """
    lines = run_table.table_lines(done, graph, lake)
    of_lake = folder_argument("lake", lake.root)
    run_table.show(console, lines, of_lake)
    where = f"{folder_argument('landing', landing)}{of_lake}"
    problems = run_messages.problems_after(done, graph, lake)
    for message in run_messages.messages(done, graph, lake, of_lake, problems):
        warn(message)
    unapplied = run_messages.without_valid_rows(done, graph, lake)
    for name in dict.fromkeys(result.dataset for result in done.results if result.is_of_older_code):
        warn(
            f"{name} keeps the history that its code made before it was changed, as on Databricks. To rebuild it: "
            f"./lakehouse run --full-refresh {name}{where}"
        )
    for trouble in _troubles(done, unapplied, where):
        say(trouble, "red")
    say(f"\nThe lake is in {lake.root}; files land in {landing}.")
    for note in notes:
        warn(note)
    if waits := run_messages.unpublished(done, lake, where):
        warn(waits)
    if done.failures:
        say("Tables that failed are at their last commit. Fix the cause and run again.")
    elif not done.rejected_every_file:
        steps = next_steps(graph, lake, of_lake)
        say("Next: " + "\n      ".join(steps), is_folded=False)
    if lines or done.uncommitted:
        say(run_table.total(lines, seconds, done.uncommitted))
    return not (unapplied or done.failures or done.rejected_every_file or done.publication_error)


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
