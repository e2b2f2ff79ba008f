"""Answers queries to the registry. The API and the pages ask here, and so have the same numbers."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from local_runtime.errors import LakehouseError
from metrics.columns import ResultColumn
from metrics.fold import PARAMETER, Cell, Fold
from metrics.query import Query, Resolved, Value, resolve
from metrics.registry import Registry
from metrics.sql import Statement, statement
from serving.backends import Session
from serving.generations import Generation
from serving.privacy import People, Protection, is_personal, other, protect, with_people
from serving.problems import bad_request
from serving.statements import Result, Statements, fetch

if TYPE_CHECKING:
    import pyarrow as pa

MOST_DAYS = 1000
"""Days of periods that a generation remembers, by reader and statement."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The rows that answer a query, in its order, and what their columns are.

    `tag` names the generation that they are from. `complete` is False where the query's limit left rows out.
    """

    tag: str
    query: Query
    columns: tuple[ResultColumn, ...]
    table: "pa.Table"
    complete: bool

    @cached_property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python has them: Decimal, int, str, date, bool or None, in the columns' order."""
        return Result(self.table).rows

    @property
    def records(self) -> list[dict[str, Any]]:
        """The rows by column."""
        return Result(self.table).records

    def value(self, column: str) -> Any:
        """The column's value in the first row; None without rows. For headline numbers."""
        place = [known.name for known in self.columns].index(column)
        return self.rows[0][place] if self.rows else None


class Written:
    """The SQL of queries, written once: that takes as long as running it does."""

    MOST = 5000

    def __init__(self, registry: Registry, dialect: str = "duckdb") -> None:
        self.registry, self.dialect = registry, dialect
        self._known: dict[tuple[Query, Fold | None], Statement] = {}

    def sql(
        self, query: Query, resolved: Resolved, fold: Fold | None = None, registry: Registry | None = None
    ) -> Statement:
        """The statement of a query, without its limit; `registry` has measures that are made for the query.

        Queries that differ in their filters' values only share the text, for values are parameters. Raises
        LakehouseError where the query doesn't fit.
        """
        shape, values = _shape(query, resolved)
        key = (shape, fold and replace(fold, cells=frozenset()))
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= self.MOST:
                self._known.clear()
            known = statement(registry or self.registry, shape, self.dialect, fold=fold, binds_days=True)
            self._known[key] = known
        parameters = {name: values.get(value, value) for name, value in known.parameters.items()}
        return replace(known, parameters=parameters)


def _shape(query: Query, resolved: Resolved) -> tuple[Query, dict[Value, Value]]:
    """The query without its limit and with stand-ins for the values of its filters, and what they stand for."""
    values: dict[Value, Value] = {}
    where = []
    for one, selection in zip(query.where, resolved.selections, strict=True):
        stand_ins = [_stand_in(value, len(values) + place) for place, value in enumerate(selection.values)]
        values |= dict(zip(stand_ins, selection.values, strict=True))
        where.append(replace(one, values=tuple(stand_ins)))
    until = None
    if query.until:
        until = date.min + timedelta(len(values))
        values[until] = query.until
    return replace(query, where=tuple(where), until=until, limit=None), values


def _stand_in(value: Value, number: int) -> Value:
    """A value of the same type that nobody asks for; a boolean has none."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return number - 2**62
    return date.min + timedelta(number) if isinstance(value, date) else f"\x00{number}"


@dataclass(frozen=True)
class Answers:
    """Answers queries on a generation; groups of fewer than `smallest_group` people are added to Other."""

    written: Written
    statements: Statements
    smallest_group: int = 0

    @property
    def other(self) -> str:
        """The member that small groups are added to."""
        return other(self.smallest_group)

    async def answer(self, generation: Generation, query: Query) -> Answer:
        """The answer to one query; equal queries on one generation share it.

        Raises Problem: 400 where the query doesn't fit the registry, 503 where too many wait, 504 where it takes too
        long.
        """
        try:
            answer: Answer = await self.statements.once(
                generation,
                query,
                lambda session: run_query(Reading(session, generation), self.written, query, self.smallest_group),
            )
        except LakehouseError as error:
            raise bad_request("query", str(error)) from None
        return answer

    async def answer_all(self, generation: Generation, queries: Iterable[Query]) -> list[Answer]:
        """The answers to several queries, in their order. Raises as `answer`."""
        return list(await asyncio.gather(*(self.answer(generation, query) for query in queries)))


@dataclass(frozen=True)
class Reading:
    """Runs the registry's statements in this thread, in a session of the generation."""

    session: Session
    generation: Generation

    def fetch(self, wanted: Statement, fold: Fold | None = None, limit: int | None = None) -> Result:
        """The rows of a statement; at most `limit`."""
        parameters: dict[str, Any] = dict(wanted.parameters)
        if fold is not None:
            parameters[PARAMETER] = fold.parameter(self.session.dialect)
        if wanted.days is not None:
            parameters |= self._days(wanted.days)
        sql = wanted.sql if limit is None else f"{wanted.sql} LIMIT {limit:d}"
        return fetch(self.session, sql, parameters)

    def people(self, wanted: Statement, fold: Fold | None) -> People:
        """How many people each cell has."""
        counted = [place for place, column in enumerate(wanted.columns) if column.kind in ("metric", "previous")]
        keys = sum(column.kind in ("dimension", "time") for column in wanted.columns)
        rows = self.fetch(wanted, fold).rows
        return {row[:keys]: tuple(row[place] or 0 for place in counted) for row in rows}

    def _days(self, sql: str) -> dict[str, date | None]:
        known, key = self.generation.days, (self.generation.reader.key, sql)
        found = known.get(key)
        if found is None:
            (found,) = fetch(self.session, sql).records
            if len(known) >= MOST_DAYS:  # tokens of readers come and go, as long as the generation is there
                known.clear()
            known[key] = found
        return found


def run_query(reading: Reading, written: Written, query: Query, smallest_group: int = 0) -> Answer:
    """Answers a query.

    Groups of fewer than `smallest_group` people aren't shown. Raises LakehouseError where the query doesn't fit the
    registry.
    """
    registry = written.registry
    resolved = resolve(registry, query)
    protection = Protection(fold=None)
    if smallest_group and is_personal(registry, resolved):
        counted, people_query = with_people(registry, query, resolved)
        protection = protect(
            registry,
            people_query,
            resolved,
            smallest_group,
            lambda asked, fold: reading.people(written.sql(asked, resolve(counted, asked), fold, counted), fold),
        )
    wanted = written.sql(query, resolved, protection.fold)
    # One row more shows that there are more.
    most = None if query.limit is None or protection.withheld else query.limit + 1
    table = reading.fetch(wanted, protection.fold, most).table
    if protection.withheld:
        table = _withheld(table, len(resolved.groupings), protection.withheld)
    complete = query.limit is None or table.num_rows <= query.limit
    kept = table if complete else table.slice(0, query.limit)
    return Answer(tag=reading.generation.tag, query=query, columns=wanted.columns, table=kept, complete=complete)


def _withheld(table: "pa.Table", keys: int, cells: frozenset[Cell]) -> "pa.Table":
    """The table without the cells: a row would tell what these people watched. A total is left, without its numbers."""
    import pyarrow as pa

    if keys:
        shown = [row[:keys] not in cells for row in Result(table.select(range(keys))).rows]
        return table.filter(pa.array(shown, pa.bool_()))
    return pa.Table.from_pylist([dict.fromkeys(table.column_names)] * table.num_rows, table.schema)
