"""Whether gold has the tables and columns that the registry names."""

from collections.abc import Collection, Iterator, Mapping

from metrics.marked_yaml import Place
from metrics.model import Condition
from metrics.registry import Registry, nearest


def gold_problems(registry: Registry, columns: Mapping[str, Collection[str]]) -> list[str]:
    """A sentence, with file and line, for each table and column of the registry that gold doesn't have.

    `columns` are those of gold's tables, by the tables' names without their schema.
    """
    found = []
    for place, table, column in missing_in(registry, columns):
        if column is None:
            found.append(f"{registry.at(place)}: gold has no table {table!r}. {nearest(table, columns)}")
        else:
            found.append(
                f"{registry.at(place)}: gold.{table} has no column {column!r}. {nearest(column, columns[table])}"
            )
    return list(dict.fromkeys(found))


def missing_in(registry: Registry, columns: Mapping[str, Collection[str]]) -> Iterator[tuple[Place, str, str | None]]:
    """What definitions name and gold doesn't have: where, the table, and its column; None where the table is missing.

    `columns` as in `gold_problems`.
    """
    for place, table, column in sorted({*_gold_columns(registry)}, key=str):
        if table not in columns:
            yield place, table, None
        elif column is not None and column not in columns[table]:
            yield place, table, column


def _gold_columns(registry: Registry) -> Iterator[tuple[Place, str, str | None]]:
    """Every table and column that definitions name, and where."""
    for name, entity in registry.entities.items():
        place: Place = ("entities", name)
        yield (*place, "table"), entity.table, entity.key
        if entity.person:
            yield (*place, "person"), entity.table, entity.person
        if entity.people:
            yield (*place, "people"), entity.table, entity.people
        for step, join in entity.joins.items():
            target = registry.entities[join.to]
            yield (*place, "joins", step), entity.table, join.column
            yield (*place, "joins", step), target.table, join.other or target.key
        for step, bridge in entity.bridges.items():
            for column in (bridge.column, bridge.other, bridge.weight, bridge.role.column if bridge.role else None):
                yield (*place, "bridges", step), bridge.table, column
        for dimension, where in entity.dimensions.items():
            path = where if isinstance(where, str) else where.column
            yield _end(registry, (*place, "dimensions", dimension), name, path)
        if entity.time:
            yield _end(registry, (*place, "time"), name, entity.time.column)
        yield from _condition_ends(registry, (*place, "rows"), name, entity.rows)
    for name, measure in registry.measures.items():
        place = ("measures", name)
        average = measure.average.column if measure.average else None
        for path in filter(None, (measure.count_distinct, measure.sum, average)):
            yield _end(registry, (*place, measure.how), measure.of or "", path)
        yield from _condition_ends(registry, (*place, "where"), measure.of or "", measure.where)
    for name, table in registry.tables.items():
        for column in [*table.dimensions, *table.columns]:
            yield ("tables", name), name, column


def _end(registry: Registry, place: Place, entity: str, path: str) -> tuple[Place, str, str]:
    *steps, column = path.split(".")
    return place, registry.entities[registry.entity_behind(entity, steps)].table, column


def _condition_ends(
    registry: Registry, place: Place, entity: str, conditions: list[Condition]
) -> Iterator[tuple[Place, str, str | None]]:
    for number, condition in enumerate(conditions):
        if condition.column is not None:
            yield _end(registry, (*place, number), entity, condition.column)
        else:
            other = condition.has or condition.lacks or ""
            yield from _condition_ends(registry, (*place, number, "where"), other, condition.where)
