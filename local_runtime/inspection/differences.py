"""What differs between two versions of a table: rows that came, went or changed, by their key."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from local_runtime.delta.lake import DEFAULT_SCHEMA, Lake
from local_runtime.errors import LakehouseError, UsageError
from local_runtime.inspection.query import results
from local_runtime.quoting import DOUBLE, quoted, text_literal

if TYPE_CHECKING:
    import duckdb

IN_OLD, IN_NEW = "(old_there IS NOT NULL)", "(new_there IS NOT NULL)"
BOTH = f"{IN_OLD} AND {IN_NEW}"
NAMED = re.compile(r"(?:(?P<schema>\w+)\.)?(?P<table>\w+)(?:@(?P<version>[vp]\d{1,18}))?")


@dataclass(frozen=True)
class State:
    """A table of the lake (schema.table) at a version (v3), as a publication has it (p3), or as it is now (None)."""

    table: str
    version: str | None

    @property
    def sql(self) -> str:
        """What a query calls it."""
        return self.table + (f"@{self.version}" if self.version else "")


@dataclass(frozen=True)
class Counts:
    """How many rows came, went, changed and stayed, and how many changed in each column."""

    added: int
    gone: int
    changed: int
    same: int
    by_column: Mapping[str, int]

    @property
    def is_nothing(self) -> bool:
        """Whether the versions have the same rows."""
        return not (self.added or self.gone or self.changed)


def state_named(text: str) -> State:
    """The state that is written as `gold.dim_title@v3`; without a schema it is a table of gold.

    Raises UsageError for what isn't written so.
    """
    found = NAMED.fullmatch(text.lower())
    if found is None:
        raise UsageError(f"{text!r} is no table. Write TABLE@v3 (a version), TABLE@p3 (a publication), or TABLE (now).")
    return State(f"{found['schema'] or DEFAULT_SCHEMA}.{found['table']}", found["version"])


class Difference:
    """The difference between two states of a table.

    Rows are the same one if their `key` is. Without a key, and where it isn't unique, a row that changed is one that
    went and one that came.
    """

    def __init__(self, lake: Lake, old: State, new: State, key: Sequence[str]) -> None:
        """Raises LakehouseError where a state can't be read."""
        self._lake, self.old, self.new = lake, old, new
        self.columns, self.columns_gone, self.columns_new = self._columns()
        declared = [name for name in key if name in self.columns]
        self.key = declared if len(declared) == len(key) and declared and self._is_unique(declared) else []

    def _ask(self, query: str) -> "duckdb.DuckDBPyRelation":
        (found,) = results(self._lake, query)
        return found

    def _columns(self) -> tuple[list[str], list[str], list[str]]:
        """The columns of both, of the old one alone, and of the new one alone."""
        old, new = (self._ask(f"FROM {state.sql} LIMIT 0").columns for state in (self.old, self.new))
        both = [name for name in new if name in old]
        if not both:
            raise LakehouseError(f"{self.old.sql} and {self.new.sql} have no column in common.")
        return both, [name for name in old if name not in new], [name for name in new if name not in old]

    def _is_unique(self, key: Sequence[str]) -> bool:
        names = ", ".join(quoted(name, DOUBLE) for name in key)
        return not any(
            self._ask(f"SELECT 1 FROM {state.sql} GROUP BY {names} HAVING count(*) > 1 LIMIT 1").fetchall()
            for state in (self.old, self.new)
        )

    @cached_property
    def counts(self) -> Counts:
        """How many rows differ, and how."""
        values = [name for name in self.columns if name not in self.key]
        by_column = [f"count(*) FILTER ({BOTH} AND {_differs(name)})" for name in values]
        changed = " OR ".join(map(_differs, values)) or "false"
        counts = [f"NOT {IN_OLD}", f"NOT {IN_NEW}", f"{BOTH} AND ({changed})", f"{BOTH} AND NOT ({changed})"]
        selected = ", ".join([*(f"count(*) FILTER ({each})" for each in counts), *by_column])
        ((added, gone, different, same, *each),) = self._ask(f"SELECT {selected} FROM ({self._pairs()})").fetchall()
        return Counts(
            added, gone, different, same, {name: count for name, count in zip(values, each, strict=True) if count}
        )

    def rows(self, limit: int | None = None) -> "duckdb.DuckDBPyRelation":
        """A row for each value of a row that came or went, and for each that changed; at most `limit` of each kind.

        The columns are change (added, gone, changed), the key's, and the value's column, before and after as texts.
        Without a key there is one row for each row that came or went, with all columns.
        """
        names = [quoted(name, DOUBLE) for name in self.key or self.columns]
        keys = ", ".join(f"CASE WHEN {IN_NEW} THEN new.{name} ELSE old.{name} END AS {name}" for name in names)
        nothing = _change("NULL", "NULL", "NULL")
        changes = (
            ", ".join(
                f"CASE WHEN {_differs(name)} THEN {_change(text_literal(name), _of('old', name), _of('new', name))} END"
                for name in self.columns
                if self.key and name not in self.key
            )
            or f"CASE WHEN false THEN {nothing} END"
        )
        cut = (
            ""
            if limit is None
            else (f'QUALIFY row_number() OVER (PARTITION BY change ORDER BY {", ".join(names)}, "column") <= {limit}')
        )
        return self._ask(f"""
            WITH changed AS (
                SELECT CASE WHEN NOT {IN_OLD} THEN 'added' WHEN NOT {IN_NEW} THEN 'gone' ELSE 'changed' END AS change,
                    {keys},
                    list_filter([{changes}], lambda it: it IS NOT NULL) AS changes
                FROM ({self._pairs()})
            ), by_column AS (
                SELECT * EXCLUDE (changes),
                    unnest(CASE WHEN len(changes) = 0 THEN [{nothing}] ELSE changes END, recursive := true)
                FROM changed WHERE change <> 'changed' OR len(changes) > 0
            )
            FROM by_column {cut} ORDER BY ALL
        """)

    def _pairs(self) -> str:
        """A row for each row of either state, in SQL: `old` and `new` as structs, and whether each is there."""
        everything = ", ".join(quoted(name, DOUBLE) for name in self.columns)
        number = "0" if self.key else f"row_number() OVER (PARTITION BY {everything})"
        sides = [
            f"(SELECT struct_pack({_packed(self.columns)}) AS {side}, true AS {side}_there, {number} AS {side}_number "
            f"FROM {state.sql})"
            for side, state in (("old", self.old), ("new", self.new))
        ]
        same = [f"{_of('old', name)} IS NOT DISTINCT FROM {_of('new', name)}" for name in self.key or self.columns]
        on = " AND ".join([*same, "old_number = new_number"])
        return f"SELECT old, new, old_there, new_there FROM {sides[0]} FULL JOIN {sides[1]} ON {on}"


def _packed(names: Sequence[str]) -> str:
    return ", ".join(f"{quoted(name, DOUBLE)} := {quoted(name, DOUBLE)}" for name in names)


def _of(side: str, name: str) -> str:
    return f"{side}.{quoted(name, DOUBLE)}"


def _differs(name: str) -> str:
    return f"{_of('old', name)} IS DISTINCT FROM {_of('new', name)}"


def _change(column: str, before: str, after: str) -> str:
    return f"{{'column': {column}::VARCHAR, 'before': ({before})::VARCHAR, 'after': ({after})::VARCHAR}}"
