"""The prompt of `./lakehouse sql`: statements of one line or several, up to a semicolon, and commands with a dot."""

import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from local_runtime.cli.descriptions import (
    columns_of_named,
    columns_text,
    question,
    questions,
    questions_text,
    table_names,
    tables_text,
)
from local_runtime.cli.line_editing import LineEditing
from local_runtime.cli.results_file import ResultsFile
from local_runtime.cli.run_log import tell_note
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.folding import to_fit
from local_runtime.inspection import query
from local_runtime.inspection.formats import ALL_ROOM, Room
from local_runtime.inspection.published import described, publication_read, publications_text
from local_runtime.inspection.read_only import NEWEST, Advice, Reading
from local_runtime.inspection.sql_text import is_ended, settings_in
from local_runtime.root import CACHE

HISTORY = CACHE / "sql_history"
MODES = ("table", "csv", "json")
ENDS = (".quit", ".exit")
# What people type at prompts of other programs.
ALONE = {"exit": ".quit", "quit": ".quit", "help": ".help", "clear": ".clear"}
CLEAR_SCREEN = "\033[H\033[2J\033[3J"
SHOW_TABLES = re.compile(r"\s*SHOW\s+TABLES\s*;?\s*", re.IGNORECASE)
ADVICE = Advice(
    keep="To keep a result: .output FILE before the query.",
    see_all="Not all is shown: .all shows every row and column, .output FILE writes them to a file.",
    read_files="A prompt that reads files too: `./lakehouse sql --files`.",
    read_latest=".publication latest",
)
HELP = """\
A statement ends with a semicolon, on this line or a later one. Tables are bronze.x, silver.x, gold.x (or x, of gold).
  .tables          the tables, and what a row of each is; so does SHOW TABLES
  .schema TABLE    its columns, their types, and what they mean
  .queries         the questions in queries/
  .run QUERY       asks one of them, by its file: .run NAME or .run FOLDER/NAME
  .publication P   reads gold as P (p3, newest) from now on, or as it is now (latest); without a name: lists them
  .mode MODE       how results look from now on: table, csv or json
  .all             shows every row and column of results from now on; again: as many as fit
  .output FILE     writes results to a new file from now on; without a name: to the screen again
  .clear           clears the screen
  .quit            ends, as Ctrl-D does; Ctrl-C takes back what is typed, or ends a query"""


class Prompt:
    """A conversation about a lake; what it prints, and what it completes."""

    def __init__(self, lake: Lake, output: str, files: bool = False, gold: str = NEWEST) -> None:
        self._lake, self._mode = lake, output
        self._reading = Reading(files, ADVICE, gold, tell_note)
        self._settings: list[str] = []  # each query has its own connection
        self._shows_all = False
        self._results = ResultsFile(lake)
        self._commands: dict[str, Callable[[str], str]] = {
            ".help": lambda _: HELP,
            ".tables": lambda _: tables_text(lake),
            ".schema": lambda table: columns_text(lake, table),
            ".queries": lambda _: questions_text(),
            ".run": lambda name: self._answered(question(name)),
            ".publication": self._read_publication,
            ".mode": self._set_mode,
            ".all": lambda _: self._show_all(),
            ".output": self._results.open,
            ".clear": lambda _: CLEAR_SCREEN,
        }

    def talk(self) -> int:
        """Answers until the end of the input, or `.quit`."""
        print("SQL over the lake. A statement ends with a semicolon; .help says more.")
        typed: list[str] | None = []
        with LineEditing(self.completions, HISTORY), self._results:
            while typed is not None:
                try:
                    typed = self._after(typed, input("   ...> " if typed else "lake> "))
                except KeyboardInterrupt:
                    typed = []
                    print("^C")
                except EOFError:
                    typed = None
                    print()
        return 0

    def _after(self, typed: list[str], line: str) -> list[str] | None:
        """Answers a line; returns the lines that still need an end, None where the line ends the conversation."""
        command = self._command_in(line, is_first=not typed)
        if command is None:
            return self._process([*typed, line])
        if command.rstrip(";") in ENDS:
            return None
        self._print(lambda: self._command(command))
        return typed

    def _command_in(self, line: str, is_first: bool) -> str | None:
        """The command that a line is; None for a line of SQL, which may begin with a dot too where it goes on."""
        stripped = line.strip()
        if is_first:
            return ALONE.get(stripped.rstrip(";").lower(), stripped if stripped.startswith(".") else None)
        known = stripped.rstrip(";").partition(" ")[0] in (*self._commands, *ENDS)
        return stripped if known else None

    def _process(self, typed: list[str]) -> list[str]:
        """Answers what was typed if it is complete; returns the lines that still need an end."""
        text = "\n".join(typed)
        if text.strip() and not is_ended(text):
            return typed
        if text.strip():
            self._print(lambda: self._ask(text))
        return []

    def _print(self, answer: Callable[[], str]) -> None:
        try:
            print(answer().rstrip("\n"))
        except LakehouseError as error:
            print(to_fit(str(error), sys.stderr), file=sys.stderr)
        except RuntimeError as error:  # DuckDB's error for Ctrl-C
            if "interrupted" not in str(error):
                raise
            print("^C")

    def _ask(self, text: str) -> str:
        if SHOW_TABLES.fullmatch(text) and self._mode == "table" and not self._results.is_open:
            return tables_text(self._lake)
        answer = self._answered(text, self._settings)
        self._settings += settings_in(text)
        return answer

    def _answered(self, text: str, settings: Sequence[str] = ()) -> str:
        width, height = shutil.get_terminal_size()
        fitting = Room(width, max(10, height - 12))
        room = ALL_ROOM if self._shows_all or self._results.is_open else fitting
        asked = "\n".join([*settings, text])
        return self._results.keep(query.answer(self._lake, asked, self._mode, room, self._reading))

    def _command(self, text: str) -> str:
        name, _, argument = text.rstrip(";").partition(" ")
        if name not in self._commands:
            raise LakehouseError(f"{name} is not a command. There are: {', '.join([*self._commands, '.quit'])}.")
        return self._commands[name](argument.strip())

    def _read_publication(self, name: str) -> str:
        if not name:
            return publications_text(self._lake)
        read = publication_read(self._lake, name)
        self._reading = replace(self._reading, gold=name)
        return f"Gold is read as {described(read) if read else 'it is now'} from now on."

    def _set_mode(self, mode: str) -> str:
        if mode not in MODES:
            raise LakehouseError(f"There is no mode {mode or '(name one)'}. There are: {', '.join(MODES)}.")
        self._mode = mode
        return f"Results are shown as {mode} from now on."

    def _show_all(self) -> str:
        self._shows_all = not self._shows_all
        return f"{'Every row and column is' if self._shows_all else 'As much as fits is'} shown from now on."

    def completions(self, word: str, line: str) -> Sequence[str]:
        """What the word that is being typed may become: a command, a question, a table, or a column of a table."""
        command, blank, _ = line.partition(" ")
        if not line.startswith("."):
            names = [*table_names(self._lake), *columns_of_named(self._lake, line)]
        elif not blank:
            names = [*self._commands, ".quit"]
        else:
            choices = {".run": [name for name, _ in questions()], ".mode": list(MODES)}
            names = choices.get(command) or table_names(self._lake)
        return sorted({name for name in names if name.lower().startswith(word.lower())})
