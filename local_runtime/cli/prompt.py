"""The prompt of `./lakehouse sql`: statements of one line or several, up to a semicolon, and commands with a dot."""

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from local_runtime.delta.lake import DEFAULT_SCHEMA, Lake
from local_runtime.delta.time_travel import readable_snapshot
from local_runtime.errors import LakehouseError
from local_runtime.inspection import query
from local_runtime.inspection.formats import Room
from local_runtime.inspection.sql_text import is_ended, settings_in
from local_runtime.root import CACHE, ROOT
from local_runtime.state.last_run import run_command

readline: ModuleType | None
try:
    import readline
except ImportError:  # Python without line editing
    readline = None

DEFAULT = f"{DEFAULT_SCHEMA}."
QUERIES = ROOT / "queries"
HISTORY, MAX_REMEMBERED = CACHE / "sql_history", 1000
HELP = """\
A statement ends with a semicolon, on this line or a later one. Tables are bronze.x, silver.x, gold.x (or x, of gold).
  .tables          the tables, and what a row of each is
  .schema TABLE    its columns, their types, and what they mean
  .queries         the questions in queries/
  .run QUERY       asks one of them, by its file: .run NAME or .run FOLDER/NAME
  .quit            ends, as Ctrl-D does; Ctrl-C takes back what is typed, or ends a query"""


class Prompt:
    """A conversation about a lake; what it prints, and what it completes."""

    def __init__(self, lake: Lake, output: str) -> None:
        self._lake, self._output = lake, output
        self._settings: list[str] = []  # each query has its own connection
        self._commands: dict[str, Callable[[str], str]] = {
            ".help": lambda _: HELP,
            ".tables": lambda _: self._tables(),
            ".schema": self._schema,
            ".queries": lambda _: "\n".join(f"{name:<32} {question}" for name, question in _questions_in_files()),
            ".run": self._run,
        }

    def talk(self) -> int:
        """Answers until the end of the input, or `.quit`."""
        print("SQL over the lake. A statement ends with a semicolon; .help says more.")
        typed: list[str] = []
        with _line_editing(self.completions, HISTORY):
            while True:
                try:
                    line = input("   ...> " if typed else "lake> ")
                    if not typed and line.strip() in (".quit", ".exit"):
                        break
                    typed = self._process([*typed, line])
                except KeyboardInterrupt:
                    typed = []
                    print("^C")
                except EOFError:
                    print()
                    break
        return 0

    def _process(self, typed: list[str]) -> list[str]:
        """Answers what was typed if it is complete; returns the lines that still need an end."""
        text = "\n".join(typed)
        is_command = text.lstrip().startswith(".")
        if text.strip() and not is_command and not is_ended(text):
            return typed
        if text.strip():
            try:
                print((self._command(text.strip()) if is_command else self._ask(text)).rstrip("\n"))
            except LakehouseError as error:
                print(error, file=sys.stderr)
            except RuntimeError as error:  # DuckDB's error for Ctrl-C
                if "interrupted" not in str(error):
                    raise
                print("^C")
        return []

    def _ask(self, text: str) -> str:
        answer = self._answered(text, self._settings)
        self._settings += settings_in(text)
        return answer

    def _answered(self, text: str, settings: Sequence[str] = ()) -> str:
        width, height = shutil.get_terminal_size()
        asked = "\n".join([*settings, text])
        return query.answer(self._lake, asked, self._output, Room(width, max(10, height - 12)))

    def _command(self, text: str) -> str:
        name, _, argument = text.rstrip(";").partition(" ")
        if name not in self._commands:
            raise LakehouseError(f"{name} is not a command. There are: {', '.join([*self._commands, '.quit'])}.")
        return self._commands[name](argument.strip())

    def _tables(self) -> str:
        lines = [f"{name:<42} {self._metadata(name).get('description') or ''}" for name in self._lake.tables()]
        return "\n".join(lines) or f"There are no tables in {self._lake.root}: `{run_command(self._lake)}` makes them."

    def _schema(self, asked: str) -> str:
        tables = self._lake.tables()
        matches = [name for name in tables if asked.lower() in (name, name.removeprefix(DEFAULT))]
        if not matches:
            raise LakehouseError(f"There is no table {asked or '(name one)'}: .tables lists them.")
        columns = json.loads(self._metadata(matches[0])["schemaString"])["fields"]
        kinds = [column["type"] if isinstance(column["type"], str) else column["type"]["type"] for column in columns]
        rows = zip(columns, kinds, strict=True)
        return "\n".join(
            f"{column['name']:<24} {kind:<14} {column['metadata'].get('comment', '')}" for column, kind in rows
        )

    def _metadata(self, table: str) -> dict[str, str]:
        snapshot = readable_snapshot(self._lake.log(table), table, None)
        return dict(snapshot.metadata) if snapshot else {}

    def _run(self, asked: str) -> str:
        matches = [name for name, _ in _questions_in_files() if asked in (name, name.rpartition("/")[2])]
        if len(matches) != 1:
            which = f"{', '.join(matches)}: which one" if matches else ".queries lists them"
            raise LakehouseError(f"There is no single question {asked or '(name one)'}: {which}.")
        return self._answered((QUERIES / f"{matches[0]}.sql").read_text(encoding="utf-8"))

    def completions(self, word: str, line: str) -> Sequence[str]:
        """What the word that is being typed may become: a command, a question, a table, or a column of a table."""
        if line.startswith("."):
            names = [*self._commands, ".quit"]
            command = line.partition(" ")[0]
            if " " in line:
                names = [name for name, _ in _questions_in_files()] if command == ".run" else self._names()
        else:
            names = [*self._names(), *self._columns(line)]
        return sorted({name for name in names if name.lower().startswith(word.lower())})

    def _names(self) -> list[str]:
        tables = self._lake.tables()
        return [*tables, *(name.removeprefix(DEFAULT) for name in tables if name.startswith(DEFAULT))]

    def _columns(self, line: str) -> Iterator[str]:
        """The columns of the tables that a line names."""
        named = set(re.findall(r"[\w.]+", line.lower()))
        for table in self._lake.tables():
            if {table, table.removeprefix(DEFAULT)} & named:
                yield from (field["name"] for field in json.loads(self._metadata(table)["schemaString"])["fields"])


def _questions_in_files() -> Iterator[tuple[str, str]]:
    """The files in queries/ and the question that each begins with."""
    for path in sorted(QUERIES.rglob("*.sql")):
        first, *_ = path.read_text(encoding="utf-8").splitlines()
        yield str(path.relative_to(QUERIES).with_suffix("")), first.removeprefix("-- ")


class _line_editing:
    """Editing of lines, their history and their completion, where Python has a readline."""

    def __init__(self, completions: Callable[[str, str], Sequence[str]], history: Path) -> None:
        self._completions, self._history = completions, history
        self._found: Sequence[str] = ()

    def __enter__(self) -> None:
        if readline is None:
            return
        readline.set_completer(self._complete)
        is_libedit = "libedit" in (readline.__doc__ or "")
        readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
        readline.set_completer_delims(" \t\n,;()=<>+-*/")
        readline.set_history_length(MAX_REMEMBERED)
        with suppress(OSError):  # without a readable history the prompt works too
            readline.read_history_file(self._history)

    def _complete(self, word: str, place: int) -> str | None:
        if place == 0 and readline is not None:
            self._found = self._completions(word, readline.get_line_buffer())
        return self._found[place] if place < len(self._found) else None

    def __exit__(self, *_: object) -> None:
        if readline is None:
            return
        readline.set_completer(None)
        with suppress(OSError):
            self._history.parent.mkdir(exist_ok=True)
            readline.write_history_file(self._history)
            self._history.chmod(0o600)  # queries may be confidential
