"""The terminal: messages that fit it, and live progress."""

import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from local_runtime.cli.run_log import log
from local_runtime.folding import fold
from local_runtime.printable import on_one_line, printable

# Messages hold names of files and tables, not markup. Output to a file has no width, so that no line is folded.
console = Console(
    highlight=False, markup=False, emoji=False, width=None if sys.stdout is not None and sys.stdout.isatty() else 200
)


def say(message: str, style: str | None = None, is_folded: bool = True) -> None:
    """Prints a message, folded on a terminal, and logs it."""
    shown = printable(message)
    text = fold(shown, console.width) if is_folded and console.is_terminal else shown
    console.print(text, style=style, soft_wrap=True)
    log(message)


def warn(message: str) -> None:
    """Prints what is to be known or done."""
    say(message, "yellow")


def say_item(text: str) -> None:
    """Prints an item of a list, indented, and further in where it is folded."""
    width = console.width if console.is_terminal else sys.maxsize
    folded = textwrap.wrap(
        on_one_line(text),
        width,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    say("\n".join(folded), is_folded=False)


class Screen:
    """Live progress on a terminal; a line per table elsewhere."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)
        self._running: list[str] = []

    def say(self, message: str) -> None:
        """Shows the current step."""
        if console.is_terminal:
            self._progress.update(self._task, description=printable(message))
            log(message)
        else:
            say(message)

    def tell(self, message: str) -> None:
        """Shows a warning, which stays on the screen."""
        warn(message)

    def expect(self, tables: Sequence[str]) -> None:
        """Names the tables that will be updated."""
        self._progress.update(self._task, total=len(tables), description="Checking every flow …")

    def on_table(self, table: str, state: str) -> None:
        """Shows that a table starts or ends."""
        if state == "running":
            self._running.append(table)
        else:
            self._running.remove(table)
            self._progress.advance(self._task)
            if not console.is_terminal:
                console.print(f"{state:>6}  {table}", soft_wrap=True)
        more = f" and {len(self._running) - 1} more" if len(self._running) > 1 else ""
        self._progress.update(self._task, description="".join(self._running[:1]) + more)


@contextmanager
def live() -> Iterator[Screen]:
    """Progress for as long as the context lasts."""
    columns = (
        SpinnerColumn(),
        MofNCompleteColumn(),
        BarColumn(max(8, console.width // 4)),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Screen(progress)
