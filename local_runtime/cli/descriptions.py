"""What the prompt says of tables, their columns and the questions in queries/, and the names that it completes."""

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from local_runtime.delta.lake import DEFAULT_SCHEMA, Lake
from local_runtime.delta.time_travel import readable_snapshot
from local_runtime.errors import LakehouseError
from local_runtime.root import ROOT
from local_runtime.state.last_run import run_command

DEFAULT = f"{DEFAULT_SCHEMA}."
QUERIES = ROOT / "queries"
LEAST_WIDTH = 20


def tables_text(lake: Lake) -> str:
    """The tables, and what a row of each is."""
    lines = [_listed(f"{name:<42}", _metadata(lake, name).get("description") or "") for name in lake.tables()]
    return "\n".join(lines) or f"There are no tables in {lake.root}: `{run_command(lake)}` makes them."


def columns_text(lake: Lake, asked: str) -> str:
    """The columns of a table, their types, and what they mean. Raises LakehouseError without such a table."""
    matches = [name for name in lake.tables() if asked.lower() in (name, name.removeprefix(DEFAULT))]
    if not matches:
        raise LakehouseError(f"There is no table {asked or '(name one)'}: .tables lists them.")
    columns = _columns(lake, matches[0])
    kinds = [column["type"] if isinstance(column["type"], str) else column["type"]["type"] for column in columns]
    rows = zip(columns, kinds, strict=True)
    return "\n".join(
        _listed(f"{column['name']:<24} {kind:<14}", column["metadata"].get("comment", "")) for column, kind in rows
    )


def table_names(lake: Lake) -> list[str]:
    """The names that a query may use for tables."""
    tables = lake.tables()
    return [*tables, *(name.removeprefix(DEFAULT) for name in tables if name.startswith(DEFAULT))]


def columns_of_named(lake: Lake, line: str) -> Iterator[str]:
    """The columns of the tables that a line names."""
    named = set(re.findall(r"[\w.]+", line.lower()))
    for table in lake.tables():
        if {table, table.removeprefix(DEFAULT)} & named:
            yield from (column["name"] for column in _columns(lake, table))


def questions_text() -> str:
    """The questions, by their files' names."""
    return "\n".join(_listed(f"{name:<32}", question) for name, question in questions())


def questions() -> Iterator[tuple[str, str]]:
    """The files in queries/ and the question that each begins with."""
    for path in sorted(QUERIES.rglob("*.sql")):
        first, *_ = path.read_text(encoding="utf-8").splitlines()
        yield str(path.relative_to(QUERIES).with_suffix("")), first.removeprefix("-- ")


def question(asked: str) -> str:
    """The text of a question, by its file's name. Raises LakehouseError where there is none, or several."""
    matches = [name for name, _ in questions() if asked in (name, name.rpartition("/")[2])]
    if len(matches) != 1:
        which = f"{', '.join(matches)}: which one" if matches else ".queries lists them"
        raise LakehouseError(f"There is no single question {asked or '(name one)'}: {which}.")
    return (QUERIES / f"{matches[0]}.sql").read_text(encoding="utf-8")


def _listed(name: str, meaning: str) -> str:
    """A name and its meaning, on a terminal in lines that end between words."""
    if not sys.stdout.isatty():
        return f"{name} {meaning}"
    indent = " " * (len(name) + 1)
    width = max(shutil.get_terminal_size().columns, len(indent) + LEAST_WIDTH)
    lines = textwrap.wrap(meaning, width - len(indent), break_long_words=False, break_on_hyphens=False)
    return f"{name} " + f"\n{indent}".join(lines)


def _columns(lake: Lake, table: str) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = json.loads(_metadata(lake, table)["schemaString"])["fields"]
    return fields


def _metadata(lake: Lake, table: str) -> dict[str, str]:
    snapshot = readable_snapshot(lake.log(table), table, None)
    return dict(snapshot.metadata) if snapshot else {}
