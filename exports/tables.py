"""What is exported: the tables of gold, all of one published state, with their columns and rows."""

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_runtime.delta.lake import DEFAULT_SCHEMA, EVENT_LOG, Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.published import PublishedTables, publication_read
from local_runtime.inspection.query import results
from local_runtime.inspection.read_only import LATEST
from local_runtime.inspection.sql_text import Named
from local_runtime.quoting import quoted_table
from local_runtime.state.last_run import no_lake, run_command
from local_runtime.state.publications import Publication

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BATCH = 50_000  # rows
INTERMEDIATE = frozenset(
    {
        *(EVENT_LOG, "playback_session_days", "playback_ordered_days", "playback_sessions_without_id"),
        *("playback_members", "playback_title_starts"),
    }
)
"""Tables of gold that are of no use outside: the event log, and those that other tables are made from."""


@dataclass(frozen=True)
class Column:
    """A column: its name, its type as Delta writes it (`decimal(12,2)`, {"type": "array", …}), and what it means."""

    name: str
    type: Any
    comment: str

    @property
    def element(self) -> str | None:
        """The type of an array's elements; None for a column that is no array."""
        return self.type["elementType"] if isinstance(self.type, dict) and self.type["type"] == "array" else None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of gold at one version; `name` is without its schema, `id` distinguishes it from a later one.

    `content` distinguishes the version from one of the same number that a restored lake has in its place.
    """

    lake: Lake
    name: str
    id: str
    version: int
    content: str
    comment: str
    columns: tuple[Column, ...]

    def relation(self) -> "duckdb.DuckDBPyRelation":
        """Its rows, which are read when they are asked for. Raises LakehouseError where the version is gone."""
        (found,) = relations([self], ["SELECT *"])
        return found

    def content_at(self, version: int) -> str | None:
        """What `content` is at another version; None where the log doesn't hold that version any more."""
        try:
            snapshot = self.lake.log(f"{DEFAULT_SCHEMA}.{self.name}").snapshot(version)
        except LakehouseError:
            return None
        return snapshot.content() if snapshot else None

    def check(self) -> None:
        """Raises LakehouseError where the lake has another table of this name by now."""
        full = f"{DEFAULT_SCHEMA}.{self.name}"
        details = self.lake.log(full).details()
        if details is None or details.metadata["id"] != self.id:
            raise LakehouseError(f"{full} was built again meanwhile: start again.")

    def batches(self, expressions: Iterable[str] | None = None) -> "pa.RecordBatchReader":
        """Its rows in batches: all columns, or these expressions of DuckDB's SQL over them. Raises as `relation`."""
        rows = self.relation()
        return (rows if expressions is None else rows.project(", ".join(expressions))).to_arrow_reader(BATCH)

    @contextmanager
    def being_read(self) -> Iterator[None]:
        """Within it, a file of the table that can't be read is a LakehouseError."""
        import duckdb
        import pyarrow as pa

        try:
            yield
        except (duckdb.Error, pa.ArrowInvalid) as error:
            reason = str(error).strip().splitlines()[0]
            raise LakehouseError(f"{DEFAULT_SCHEMA}.{self.name} can't be read: {reason}") from None


def relations(tables: Sequence[Table], selects: Iterable[str]) -> "Iterator[duckdb.DuckDBPyRelation]":
    """What each table answers to its select (`SELECT count(*)`), in order, when it is asked for.

    One connection reads them all, which is faster than one each. Raises as `Table.relation`.
    """
    for table in tables:
        table.check()
    names = (quoted_table(f"{DEFAULT_SCHEMA}.{table.name}", table.version) for table in tables)
    queries = [f"{select} FROM {name}" for select, name in zip(selects, names, strict=True)]
    if queries:
        yield from results(tables[0].lake, "; ".join(queries))


@dataclass(frozen=True)
class State:
    """One state of gold: the publication (None: the newest versions) and its tables, by name."""

    publication: Publication | None
    tables: tuple[Table, ...]

    @property
    def name(self) -> str:
        """What files and messages call it: p3, or `latest`."""
        return self.publication.name if self.publication else LATEST


def state_of(lake: Lake, asked: str, names: Iterable[str] = ()) -> State:
    """The state that is asked for, as `publication_read` takes it, with the tables that are named (none: all).

    Raises LakehouseError for a lake without gold, an unknown publication, and a table that the state doesn't have.
    """
    if not lake.root.is_dir():
        raise LakehouseError(no_lake(lake))
    publication = publication_read(lake, asked)
    known = publication.versions if publication else {name: None for name in lake.tables()}
    there = [name.removeprefix(f"{DEFAULT_SCHEMA}.") for name in known if name.startswith(f"{DEFAULT_SCHEMA}.")]
    kept = sorted({*there} - INTERMEDIATE)
    if not kept:
        raise LakehouseError(f"{lake.root} has no {DEFAULT_SCHEMA} yet: `{run_command(lake)}` makes its tables.")
    wanted = [name.lower().removeprefix(f"{DEFAULT_SCHEMA}.") for name in names] or kept
    for name in wanted:
        if name not in kept:
            raise LakehouseError(_unknown(name, kept, publication))
    read = PublishedTables(lake, publication, "--latest")
    return State(publication, tuple(_table(read, name) for name in dict.fromkeys(wanted)))


def _unknown(name: str, kept: list[str], publication: Publication | None) -> str:
    if "." in name:
        return f"{name} can't be exported: only tables of {DEFAULT_SCHEMA} are, for they are published together."
    near = difflib.get_close_matches(name, kept, 3)
    which = f"Nearest: {', '.join(near)}." if near else f"There are: {', '.join(kept)}."
    return f"There is no table {name} in {publication.name if publication else DEFAULT_SCHEMA}. {which}"


def _table(read: PublishedTables, name: str) -> Table:
    snapshot = read.snapshot_of(Named(DEFAULT_SCHEMA, name))
    fields = json.loads(snapshot.metadata["schemaString"])["fields"]
    return Table(
        lake=read.lake,
        name=name,
        id=snapshot.metadata["id"],
        version=snapshot.version,
        content=snapshot.content(),
        comment=snapshot.metadata.get("description") or "",
        columns=tuple(Column(each["name"], each["type"], each["metadata"].get("comment", "")) for each in fields),
    )
