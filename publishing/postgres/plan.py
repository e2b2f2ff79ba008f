"""What each table needs, from the lake's state, the record of the schema, and what is there now."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from exports.tables import State, Table
from local_runtime.errors import LakehouseError, UsageError
from local_runtime.state.publications import publications
from publishing.keys import Keys
from publishing.postgres.definitions import columns_of, primary_key_name, usable
from publishing.postgres.record import Record, Sent
from publishing.postgres.server import NO_KEY, RECORD, Relation, Server


class Need(StrEnum):
    """What is done to a table."""

    NOTHING = "nothing"
    DIFFERENCE = "difference"
    ALL = "all"
    CREATE = "create"


@dataclass(frozen=True)
class Step:
    """A table, what it needs, what the schema has of it (None: nothing), and why all of it is sent again, if it is."""

    table: Table
    need: Need
    before: Sent | None
    why: str = ""
    is_edited: bool = False
    has_new_key: bool = False

    @property
    def has_new_columns(self) -> bool:
        """Whether the columns in the schema aren't those of the lake."""
        return self.need is Need.ALL and self.before is not None and dict(self.before.columns) != columns_of(self.table)


def plan(
    server: Server, tables: Iterable[Table], record: Record, relations: Mapping[str, Relation], rebuilt: Collection[str]
) -> list[Step]:
    """A step for each table.

    Raises LakehouseError where a table's name is taken, or its columns were changed on the server, and UsageError where
    there is no table of the name that is to be rebuilt.
    """
    tables = list(tables)
    if unknown := sorted({*rebuilt} - {table.name for table in tables}):
        raise UsageError(f"--rebuild {unknown[0]}: this publication has no such table.")
    if any(table.name == RECORD for table in tables):
        raise LakehouseError(f"gold.{RECORD} can't be published: the record of the schema has this name.")
    for table in tables:
        _check(server, table.name, record, relations.get(table.name), table.name in rebuilt)
    # A table whose columns were changed is made again; views on one whose rows were changed can stay.
    kept = [
        name
        for name in record.tables.keys() & relations.keys() & {table.name for table in tables}
        if relations[name].has(record.tables[name].columns)
    ]
    counts = server.counts(kept)
    return [
        _step(table, record.tables.get(table.name), counts.get(table.name), table.name in rebuilt) for table in tables
    ]


def check_lake(server: Server, record: Record, state: State) -> None:
    """Raises LakehouseError where the schema has what another lake published.

    A lake is known by the ids of its tables, and, if all of gold was built again, by the update that was published.
    """
    if not record.tables or {sent.id for sent in record.tables.values()} & {table.id for table in state.tables}:
        return
    lake = state.tables[0].lake
    if all(one.update_id != record.update_id for one in publications(lake)):
        raise LakehouseError(
            f"The schema {server.schema} has {record.publication} of another lake: none of its tables is of "
            f"{lake.root}. Publish to another schema (--schema), or put this lake in the other one's place (--replace)."
            " Nothing was changed."
        )


def with_new_keys(server: Server, steps: Iterable[Step], keys: Mapping[str, Keys]) -> Iterator[Step]:
    """The steps; of a table that has another primary key than is declared, all rows are compared with the lake's."""
    there = server.primary_keys()
    for step in steps:
        wanted, (name, columns) = (
            usable(step.table, keys.get(step.table.name, Keys())),
            there.get(step.table.name, NO_KEY),
        )
        is_somebody_elses = not wanted and name != primary_key_name(step.table.name)
        if step.need is Need.CREATE or wanted == columns or is_somebody_elses:
            yield step
        elif step.need is Need.DIFFERENCE:
            yield replace(step, has_new_key=True, need=Need.ALL, why="its primary key has changed")
        else:
            yield replace(step, has_new_key=True)


def vanished(record: Record, tables: Iterable[Table], relations: Mapping[str, Relation]) -> Iterator[str]:
    """The tables that the schema has of an earlier publication, and this one has no more."""
    names = {table.name for table in tables}
    yield from sorted(
        name
        for name in record.tables.keys() & relations.keys() - names
        if relations[name].is_table and relations[name].is_ours
    )


def _check(server: Server, name: str, record: Record, found: Relation | None, is_rebuilt: bool) -> None:
    """Raises LakehouseError where the table in the schema isn't the one that was published."""
    where = f"{server.schema}.{name}"
    if found is None:
        return
    if name not in record.tables or not found.is_table or not found.is_ours:
        raise LakehouseError(
            f"{where} is there and is no table of a publication of yours (owner: {found.owner}). Rename it, publish to "
            f"another schema (--schema), or, if {found.owner} published it, as {found.owner}. Nothing was changed."
        )
    was = record.tables[name].columns
    if is_rebuilt or found.has(was):
        return
    added, gone = sorted({*found.columns} - {*was}), sorted({*was} - {*found.columns})
    retyped = sorted(column for column in {*was} & {*found.columns} if was[column] != found.columns[column])
    parts = [
        f"{what}: {', '.join(columns)}"
        for what, columns in (("added", added), ("dropped", gone), ("of another type", retyped))
        if columns
    ]
    raise LakehouseError(
        f"The columns of {where} were changed on the server ({'; '.join(parts)}). Change them back, or have the table "
        f"made again, without them: --rebuild {name}. Nothing was changed."
    )


def _step(table: Table, before: Sent | None, rows: int | None, is_rebuilt: bool) -> Step:
    if before is None or rows is None:
        return Step(table, Need.CREATE, None)
    if rows != before.rows:
        why = f"it had {rows:,} rows on the server, not the {before.rows:,} published"
        return Step(table, Need.ALL, before, why, is_edited=True)
    if is_rebuilt:
        return Step(table, Need.ALL, before, "it is to be rebuilt", is_edited=True)
    if dict(before.columns) != columns_of(table):
        return Step(table, Need.ALL, before, "its columns have changed")
    if before.id != table.id:
        return Step(table, Need.ALL, before, "it was built again in the lake")
    if not before.content:
        return Step(table, Need.ALL, before, "an older lakehouse sent it, and kept too little to compare versions by")
    if before.version == table.version and before.content == table.content:
        return Step(table, Need.NOTHING, before)
    content = table.content if before.version == table.version else table.content_at(before.version)
    if content is None:
        return Step(table, Need.ALL, before, f"its version {before.version} can't be read any more")
    if content != before.content:
        why = f"the lake has another version {before.version} than the one sent, as after a restore"
        return Step(table, Need.ALL, before, why)
    return Step(table, Need.DIFFERENCE, before)
