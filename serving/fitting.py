"""Whether gold has what the registry's definitions name: a lake of another version of the project may not."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from local_runtime.delta.lake import DEFAULT_SCHEMA, Lake
from local_runtime.errors import LakehouseError
from local_runtime.state.last_run import run_command
from metrics.model import Attribute, Condition
from metrics.registry import Registry

if TYPE_CHECKING:
    import duckdb

SHOWN = 5  # of what is missing
Reference = tuple[str, str]
"""A table of gold, and a column."""


def check_fit(connection: "duckdb.DuckDBPyConnection", registry: Registry, lake: Lake) -> None:
    """Raises LakehouseError where the loaded gold lacks a table or a column that the registry names."""
    found = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = $1", [DEFAULT_SCHEMA]
    ).fetchall()
    missing = sorted(references(registry) - {*found})
    if not missing:
        return
    tables = {table for table, _ in found}
    names = list(
        dict.fromkeys(
            f"{DEFAULT_SCHEMA}.{table}" if table not in tables else f"{DEFAULT_SCHEMA}.{table}.{column}"
            for table, column in missing
        )
    )
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise LakehouseError(
        f"The lake {lake.root} lacks what the metrics are made from: {', '.join(names[:SHOWN])}{more}. It is of "
        f"another version of this project, or only some of its layers ran. Build it again: `{run_command(lake)}`."
    )


def references(registry: Registry) -> set[Reference]:
    """The columns of gold that the registry's definitions name."""
    found: set[Reference] = set()
    for name in registry.entities:
        found |= {_reference(registry, name, path) for path in _paths(registry, name)}
        found |= set(_of_joins(registry, name))
    for measure in registry.measures.values():
        if measure.of:
            paths = [measure.count_distinct, measure.sum, measure.average.column if measure.average else None]
            found |= {_reference(registry, measure.of, path) for path in paths if path}
            found |= set(_of_conditions(registry, measure.of, measure.where))
    for name, table in registry.tables.items():
        found |= {(name, column) for column in (*table.dimensions, *table.columns)}
    return found


def _paths(registry: Registry, name: str) -> Iterator[str]:
    entity = registry.entities[name]
    for place in entity.dimensions.values():
        yield place.column if isinstance(place, Attribute) else place
    yield from filter(None, (entity.key, entity.person, entity.people, entity.time.column if entity.time else None))


def _of_joins(registry: Registry, name: str) -> Iterator[Reference]:
    entity = registry.entities[name]
    for bridge in entity.bridges.values():
        yield from ((bridge.table, column) for column in (bridge.column, bridge.other, bridge.weight))
    for join in entity.joins.values():
        target = registry.entities[join.to]
        yield entity.table, join.column
        yield target.table, join.other or target.key or ""
    yield from _of_conditions(registry, name, entity.rows)


def _of_conditions(registry: Registry, entity: str, conditions: Iterable[Condition]) -> Iterator[Reference]:
    for condition in conditions:
        if condition.column:
            yield _reference(registry, entity, condition.column)
        other = condition.has or condition.lacks
        if other:
            yield from _of_conditions(registry, other, condition.where)


def _reference(registry: Registry, entity: str, path: str) -> Reference:
    *steps, column = path.split(".")
    return registry.entities[registry.entity_behind(entity, steps)].table, column
