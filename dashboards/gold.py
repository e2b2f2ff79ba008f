"""The tables of gold as docs/reference/gold.md has them: names, columns, types, meanings and keys.

The page is made from the tables' specifications (`./lakehouse dictionary`), which need an engine's packages; what is
generated here needs none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local_runtime.errors import LakehouseError
from local_runtime.root import ROOT

PAGE = ROOT / "docs" / "reference" / "gold.md"
PRIMARY_KEY, FOREIGN_KEY = "primary key", re.compile(r"foreign key to gold\.(\w+)")


@dataclass(frozen=True)
class GoldColumn:
    """A column: its type in SQL, its meaning, and the table that it refers to as a foreign key."""

    name: str
    type: str
    meaning: str
    parent: str | None = None


@dataclass(frozen=True)
class GoldTable:
    """A table: what it has one row of, its columns by name, and its primary key."""

    name: str
    comment: str
    columns: Mapping[str, GoldColumn]
    primary_key: tuple[str, ...]


@cache
def gold_tables(page: Path = PAGE) -> Mapping[str, GoldTable]:
    """The tables of gold by name. Raises LakehouseError for a page without any."""
    sections = re.split(r"^## gold\.", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    tables = {table.name: table for table in map(_table, sections) if table.columns}
    if not tables:
        raise LakehouseError(f"{page} has no tables of gold: ./lakehouse dictionary writes it.")
    return tables


def _table(section: str) -> GoldTable:
    name, _, rest = section.partition("\n")
    comment = " ".join(rest.strip().split("\n\n")[0].split())
    columns, primary_key = {}, []
    for line in re.findall(r"^\| (.+) \|$", rest, flags=re.MULTILINE)[1:]:
        cells = line.split(" | ", 2)
        if len(cells) != 3:
            break
        column, is_key = _column(*cells)
        columns[column.name] = column
        primary_key += [column.name] if is_key else []
    return GoldTable(name.strip(), comment, columns, tuple(primary_key))


def _column(name: str, type_: str, text: str) -> tuple[GoldColumn, bool]:
    meanings, parent, is_key = [], None, False
    for part in text.split("; "):
        if part == PRIMARY_KEY:
            is_key = True
        elif foreign := FOREIGN_KEY.fullmatch(part):
            parent = foreign[1]
        else:
            meanings.append(part)
    return GoldColumn(name, type_, "; ".join(meanings).replace("&#124;", "|"), parent), is_key
