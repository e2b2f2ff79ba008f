"""The columns of the model's tables: those that people see, and hidden ones that measures and relationships need."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dashboards.gold import GoldTable, gold_tables
from dashboards.power_bi.places import RELATIONSHIPS, home_of
from dashboards.power_bi.star import DIMENSION_TABLES, TABLES, Table
from metrics.model import Condition
from metrics.registry import Registry

TYPES = {"BIGINT": "int64", "INT": "int64", "STRING": "string", "BOOLEAN": "boolean", "DATE": "dateTime"}
DECIMAL = re.compile(r"DECIMAL\(\d+,(\d+)\)")
# Power BI's fixed decimal has four digits after the point: weights and shares have six.
FIXED_DIGITS = 4
LOOKED_UP = {"device_key": "BIGINT", "country_key": "BIGINT"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the model: its name there, that of its source, its type in TMDL, and what it means."""

    name: str
    source: str
    type: str
    meaning: str
    is_hidden: bool


def data_type(sql: str) -> str:
    """The type in TMDL of a type of gold. Raises KeyError for one that the model has no columns of."""
    if decimal := DECIMAL.fullmatch(sql):
        return "decimal" if int(decimal[1]) <= FIXED_DIGITS else "double"
    return TYPES[sql]


def columns_of(registry: Registry, table: Table) -> list[Column]:
    """The columns that a table reads: visible ones first, then hidden ones."""
    gold = gold_tables()[table.gold]
    hidden = [name for name in _needed(registry)[table.name] if name not in table.names]
    return [_column(table, gold, name) for name in [*table.names, *hidden]]


def _column(table: Table, gold: GoldTable, name: str) -> Column:
    if table.joins and name in LOOKED_UP:
        parent = name.removesuffix("_key")
        return Column(name=name, source=name, type="int64", meaning=f"{parent} (dim_{parent})", is_hidden=True)
    column = gold.columns[name]
    return Column(
        name=table.column(name),
        source=name,
        type=data_type(column.type),
        meaning=column.meaning,
        is_hidden=name not in table.names,
    )


def _needed(registry: Registry) -> Mapping[str, list[str]]:
    """The columns of gold that each table of the model needs, without repetition, in gold's order."""
    needed: dict[str, set[str]] = {name: set() for name in TABLES}
    for table, column in [*_by_relationships(), *_by_measures(registry), *_by_tables()]:
        needed[table].add(column)
    return {name: _in_order(TABLES[name], columns) for name, columns in needed.items()}


def _in_order(table: Table, columns: set[str]) -> list[str]:
    known = [name for name in gold_tables()[table.gold].columns if name in columns]
    return [*known, *sorted(columns - {*known})]


def _by_relationships() -> Iterator[tuple[str, str]]:
    for one in RELATIONSHIPS:
        yield one.many, one.column
        yield one.one, one.key


def _by_tables() -> Iterator[tuple[str, str]]:
    for table in TABLES.values():
        if table.is_hidden:
            yield table.name, "weight"
        yield from ((table.name, column) for column in table.hidden_names)
        for column in [*table.sorted_by.values(), *table.grouped_by.values()]:
            if column in gold_tables()[table.gold].columns:
                yield table.name, column
        if table in DIMENSION_TABLES and table.key:
            yield table.name, table.key


def _by_measures(registry: Registry) -> Iterator[tuple[str, str]]:
    for measure in registry.measures.values():
        if measure.of is None:
            continue
        entity, home = registry.entities[measure.of], home_of(registry, measure.of)
        average = measure.average.column if measure.average else None
        for column in filter(None, (measure.count_distinct, measure.sum, average)):
            yield home, column
        yield from _by_conditions(registry, measure.of, [*entity.rows, *measure.where])


def _by_conditions(registry: Registry, entity: str, conditions: list[Condition]) -> Iterator[tuple[str, str]]:
    for condition in conditions:
        if condition.column is not None:
            yield home_of(registry, entity), condition.column
            continue
        other = condition.has or condition.lacks or ""
        yield (
            home_of(registry, other),
            next(one.column for one in registry.entities[other].joins.values() if one.to == entity),
        )
        yield from _by_conditions(registry, other, condition.where)
