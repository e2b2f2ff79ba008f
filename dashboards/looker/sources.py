"""The tables of an entity's explore: what they are called in it, and how they are joined."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from dashboards.looker.omissions import dimensions_of, measures_of
from metrics.expressions import form
from metrics.model import TESTS, Bridge, Condition, Join
from metrics.registry import Registry

DIALECT = "databricks"
Lookml = dict[str, Any]
Steps = tuple[str, ...]
PAIRS = "_pairs"
COLUMN = "column_"
SIGNS = {"equals": "=", "other_than": "<>", "at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}


@dataclass(frozen=True)
class Source:
    """A table in an explore: its alias, the table of gold, and the join that brings it."""

    alias: str
    table: str
    join: Lookml


def alias_of(entity: str, steps: Steps) -> str:
    """What the table at the end of the steps is called; the entity's own table by the entity's name."""
    return "_".join(steps) if steps else entity


def column_of(entity: str, steps: Steps, name: str) -> str:
    """A reference to a column; the entity's own columns have a prefix, because its dimensions have their names."""
    return f"${{{alias_of(entity, steps)}.{'' if steps else COLUMN}{name}}}"


def sources(registry: Registry, entity: str) -> list[Source]:
    """All tables that an entity's explore joins, each after those that it needs."""
    found: dict[str, Source] = {}
    for steps in _paths(registry, entity):
        for end in range(1, len(steps) + 1):
            for source in _source(registry, entity, steps[:end]):
                found.setdefault(source.alias, source)
    return list(found.values())


def _paths(registry: Registry, entity: str) -> Iterator[Steps]:
    """The steps to every dimension, to the day, and to the columns of measures."""
    places = registry.dimensions_of_entity(entity)
    yield from (places[name].steps for name in dimensions_of(registry, entity))
    time = registry.entities[entity].time
    paths = [time.column] if time else []
    for name in measures_of(registry, entity):
        measure = registry.measures[name]
        paths += [path for path in (measure.sum, measure.count_distinct) if path]
        paths += [measure.average.column] if measure.average else []
    yield from (tuple(path.split(".")[:-1]) for path in paths)


def _source(registry: Registry, entity: str, steps: Steps) -> Iterator[Source]:
    before = steps[:-1]
    owner = registry.entity_behind(entity, before)
    step = registry.step(owner, steps[-1])
    alias, target = alias_of(entity, steps), registry.entities[step.to]
    if isinstance(step, Join):
        left = column_of(entity, before, step.column)
        right = f"${{{alias}.{step.other or target.key}}}"
        if step.form:
            left, right = (form(exp.var(side), DIALECT).sql(dialect=DIALECT) for side in (left, right))
        yield Source(alias, target.table, _join(alias, target.table, f"{left} = {right}", step.optional))
        return
    pairs = f"{alias}{PAIRS}"
    key = column_of(entity, before, registry.entities[owner].key or "")
    on = f"{key} = ${{{pairs}.{step.column}}}"
    if step.role is not None:
        on += f" AND {tested(lambda name: f'${{{pairs}.{name}}}', step.role)}"
    yield Source(pairs, step.table, _join(pairs, step.table, on, False, "one_to_many"))
    member = f"${{{pairs}.{step.other}}} = ${{{alias}.{target.key}}}"
    yield Source(alias, target.table, _join(alias, target.table, member, False))


def _join(alias: str, table: str, on: str, is_optional: bool, relationship: str = "many_to_one") -> Lookml:
    return {
        "name": alias,
        "from": table,
        "type": "left_outer" if is_optional else "inner",
        "relationship": relationship,
        "sql_on": on,
    }


def tested(refer: Callable[[str], str], condition: Condition) -> str:
    """A test of a column as SQL; `refer` writes a reference to it."""
    column = refer(condition.column or "")
    ((test, wanted),) = [(name, getattr(condition, name)) for name in TESTS if getattr(condition, name) is not None]
    if test == "known":
        return f"{column} IS {'NOT ' if wanted else ''}NULL"
    if test == "one_of":
        return f"{column} IN ({', '.join(map(_literal, wanted))})"
    if isinstance(wanted, bool):
        return column if wanted else f"NOT {column}"
    return f"{column} {SIGNS[test]} {_literal(wanted)}"


def is_simple(condition: Condition) -> bool:
    """Whether a condition tests a column of the entity's own table."""
    return condition.column is not None and "." not in condition.column and condition.years_ago is None


def bridges(registry: Registry, entity: str) -> dict[Steps, list[str]]:
    """The bridges of an entity's explore, and the dimensions behind each."""
    found: dict[Steps, list[str]] = {}
    places = registry.dimensions_of_entity(entity)
    for name in dimensions_of(registry, entity):
        for end in registry.bridges_on(entity, places[name].steps):
            found.setdefault(end, []).append(name)
    return found


def weight_of(registry: Registry, entity: str, steps: Steps) -> str:
    """A reference to a bridge's weight."""
    step = registry.step(registry.entity_behind(entity, steps[:-1]), steps[-1])
    return f"${{{alias_of(entity, steps)}{PAIRS}.{step.weight}}}" if isinstance(step, Bridge) else "1"


def _literal(value: bool | int | str) -> str:
    return str(exp.convert(value).sql(dialect=DIALECT))
