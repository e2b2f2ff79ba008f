"""Metric views of Databricks: the measures of one entity's rows, and those of its rows behind one bridge.

Their source is SQL with all joins written out, so that Apache Spark's own metric views (version 0.1, which has no
joins) can run them. What needs a second aggregate isn't in them: shares of a total, measures of several entities, and
those that don't add up over time. Money has no currency here, as the data name none, so it is formatted as a number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlglot
import yaml
from sqlglot import exp

from metrics.columns import decimals_of
from metrics.expressions import Fraction, case, cast, column, decimal, named, number, times, truncated
from metrics.model import Dimension, Measure
from metrics.registry import GRAINS, Registry, parts_of
from metrics.rows import WEIGHTS, Rows, when

DIALECT = "databricks"
WIDE = "DECIMAL(38, 0)"
FORMATS = {"integer": "number", "decimal": "number", "currency": "number", "rating": "number", "percent": "percentage"}
MOST_SYNONYMS = 10
PREFIX = "metrics_"
# Stands in the statements for the schema that has gold's tables and gets the views.
GOLD = "{gold}"


@dataclass(frozen=True)
class MetricView:
    """A metric view: its definition in version 1.1, and what it has in 0.1."""

    name: str
    entity: str
    definition: dict[str, Any]

    def old_form(self) -> dict[str, Any]:
        """The definition in version 0.1: without labels, comments, synonyms and formats."""
        plain = {
            section: [{"name": one["name"], "expr": one["expr"]} for one in self.definition[section]]
            for section in ("dimensions", "measures")
        }
        return {"version": "0.1", "source": self.definition["source"], **plain}

    def dimensions(self) -> list[str]:
        """The names of its dimensions and grains of time."""
        return [one["name"] for one in self.definition["dimensions"]]

    def measures(self) -> list[str]:
        """The names of its measures."""
        return [one["name"] for one in self.definition["measures"]]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines, which is SQL, as they are."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def statement_of(name: str, definition: dict[str, Any]) -> str:
    """The SQL that creates a metric view."""
    text = yaml.dump(definition, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return f"CREATE OR REPLACE VIEW {name}\nWITH METRICS\nLANGUAGE YAML\nAS $$\n{text}$$"


def metric_views(registry: Registry) -> list[MetricView]:
    """A view for each entity with measures, and one for each of the bridges that its rows lead to."""
    views = []
    for entity in registry.entities:
        bridges = {
            ends[0]
            for place in registry.dimensions_of_entity(entity).values()
            if len(ends := registry.bridges_on(entity, place.steps)) == 1
        }
        for bridge in [None, *sorted(bridges)]:
            view = _View(registry, entity, bridge)
            if view.names:
                views.append(view.made())
    return views


def view_statements(registry: Registry) -> dict[str, str]:
    """The statement that creates each view, by the view's name, with {gold} where the schema of gold's tables belongs.

    It may be replaced by any quoted name: in the YAML of a statement it is part of a text of several lines.
    """
    statements = {}
    for view in metric_views(registry):
        source = sqlglot.parse_one(view.definition["source"], dialect=DIALECT)
        for found in source.find_all(exp.Table):
            if found.db == "gold":
                found.set("db", exp.to_identifier(GOLD, quoted=False))
        definition = {**view.definition, "source": source.sql(dialect=DIALECT, pretty=True)}
        statements[view.name] = statement_of(f"{GOLD}.{view.name}", definition)
    return statements


def views_sql(registry: Registry, schema: str) -> str:
    """The statements that create all views in the schema where gold's tables are (`catalog.schema`, or a schema)."""
    place = ".".join(exp.to_identifier(part, quoted=True).sql(dialect=DIALECT) for part in schema.split("."))
    return "\n\n".join(f"{statement.replace(GOLD, place)};" for statement in view_statements(registry).values())


class _View:
    """One view in the making; `bridge` are the steps to the bridge by which rows are multiplied."""

    def __init__(self, registry: Registry, entity: str, bridge: tuple[str, ...] | None):
        self.registry, self.entity, self.bridge = registry, entity, bridge
        self.rows = Rows(registry, entity, DIALECT)
        self.names = [name for name in registry.metrics if self._fits(name)]

    def _fits(self, name: str) -> bool:
        """Whether a metric is made of this entity's rows alone, in one aggregate."""
        measures = [self.registry.measures[part] for part in self.registry.base_measures(name)]
        if any(one.of != self.entity or one.adds_up == "not time" for one in measures) or self._has_share(name):
            return False
        if self.bridge is None:
            return not any(one.count_members for one in measures)
        counted = [one.count_members for one in measures if one.count_members]
        return all(one.over_bridge != "refuse" for one in measures) and all(map(self._is_here, counted))

    def _has_share(self, name: str) -> bool:
        measure = self.registry.measures[name]
        return measure.share is not None or any(self._has_share(part) for part in parts_of(measure))

    def _is_here(self, dimension: str) -> bool:
        """Whether a dimension is in this view: behind no bridge but its own."""
        place = self.registry.dimensions_of_entity(self.entity)[dimension]
        return set(self.registry.bridges_on(self.entity, place.steps)) <= {self.bridge}

    def made(self) -> MetricView:
        """The view."""
        dimensions = [name for name in self.registry.dimensions_of_entity(self.entity) if self._is_here(name)]
        columns = [named(self.rows.dimension(name), name) for name in dimensions]
        entity = self.registry.entities[self.entity]
        if entity.time:
            columns.append(named(self.rows.time(), "day"))
        bases = dict.fromkeys(base for name in self.names for base in self.registry.base_measures(name))
        columns += [value for name in bases for value in self._values(name)]
        source = self.rows.select(columns, self.rows.population()).sql(dialect=DIALECT, pretty=True)
        grain = f", one for each of the {self.bridge[-1]} of its title" if self.bridge else ""
        definition = {
            "version": "1.1",
            "comment": f"{entity.label}: {entity.grain}{grain}",
            "source": source,
            "dimensions": [*self._dimensions(dimensions), *self._grains()],
            "measures": [self._measure(name) for name in self.names],
        }
        suffix = f"_by_{self.bridge[-1]}" if self.bridge else ""
        return MetricView(f"{PREFIX}{self.entity}{suffix}", self.entity, definition)

    def _dimensions(self, names: list[str]) -> Iterator[dict[str, Any]]:
        for name in names:
            one: Dimension = self.registry.dimensions[name]
            yield {
                "name": name,
                "expr": column(name).sql(dialect=DIALECT),
                "display_name": one.label,
                "comment": one.description,
                **({"synonyms": list(one.synonyms[:MOST_SYNONYMS])} if one.synonyms else {}),
            }

    def _grains(self) -> Iterator[dict[str, Any]]:
        time = self.registry.entities[self.entity].time
        for grain in GRAINS[GRAINS.index(time.grain) :] if time else ():
            yield {
                "name": grain,
                "expr": truncated(column("day"), grain, DIALECT).sql(dialect=DIALECT),
                "display_name": grain.capitalize(),
                "comment": f"first day of the {grain}: {time.label}" if time and grain != "day" else "the day",
            }

    def _measure(self, name: str) -> dict[str, Any]:
        one: Measure = self.registry.measures[name]
        return {
            "name": name,
            "expr": self._expression(name).sql(dialect=DIALECT),
            "display_name": one.label,
            "comment": one.description,
            **({"synonyms": list(one.synonyms)} if one.synonyms else {}),
            "format": {"type": FORMATS[one.format]},
        }

    def _values(self, name: str) -> Iterator[exp.Expr]:
        """What each row adds to a measure, as columns of the source; null for rows that don't count."""
        measure = self.registry.measures[name]
        conditions = [self.rows.condition(condition) for condition in measure.where]
        only = exp.and_(*conditions) if conditions else None
        if measure.count:
            yield named(when(only, number(1)), f"{name}_value")
            return
        if measure.count_members:
            unknown = exp.Literal.string(self.registry.dimensions[measure.count_members].unknown or "")
            value: exp.Expr = exp.func("NULLIF", self.rows.dimension(measure.count_members), unknown)
        elif measure.count_distinct:
            value = self.rows.path(measure.count_distinct)
        else:
            path = measure.sum or (measure.average.column if measure.average else "")
            value = self._whole(self.rows.path(path), measure.average.decimals if measure.average else measure.decimals)
        if measure.over_bridge == "weighted" and self.bridge:
            weight, _ = self.rows.weight([self.bridge], WIDE)
            value = times(cast(value, WIDE), weight) if weight is not None else value
        yield named(when(only, value), f"{name}_value")
        if measure.sum:
            yield named(when(only.copy() if only is not None else None, number(1)), f"{name}_rows")

    def _whole(self, value: exp.Expr, decimals: int) -> exp.Expr:
        return cast(exp.Mul(this=value, expression=number(10**decimals)), "BIGINT") if decimals else value

    def _expression(self, name: str) -> exp.Expr:
        """A measure's aggregate, rounded and in its type."""
        measure = self.registry.measures[name]
        if measure.growth:
            ratio = self._fraction(measure.growth.of).by(self._fraction(measure.growth.since))
            return cast(exp.Sub(this=ratio.exact(), expression=number(1)), "DECIMAL(18, 6)")
        value = self._fraction(name)
        decimals = decimals_of(self.registry, name)
        return value.exact() if decimals == 6 else decimal(value.part, decimals)

    def _fraction(self, name: str) -> Fraction:
        measure = self.registry.measures[name]
        if measure.ratio:
            return self._fraction(measure.ratio.of).by(self._fraction(measure.ratio.to))
        if measure.difference:
            return self._fraction(measure.difference.of).minus(self._fraction(measure.difference.less))
        value = column(f"{name}_value")
        if measure.count:
            return Fraction(cast(exp.Count(this=value), WIDE), number(1))
        if measure.count_distinct or measure.count_members:
            return Fraction(cast(exp.Count(this=exp.Distinct(expressions=[value])), WIDE), number(1))
        total = cast(exp.Sum(this=value), WIDE)
        if measure.average:
            known = cast(exp.Count(this=value.copy()), WIDE)
            return Fraction(total, times(known, number(10**measure.average.decimals)))
        is_none = exp.EQ(this=exp.Count(this=column(f"{name}_rows")), expression=number(0))
        weights = WEIGHTS if measure.over_bridge == "weighted" and self.bridge else 1
        whole = number(10**measure.decimals * measure.per * weights)
        return Fraction(case(is_none, cast(number(0), WIDE), total), whole)
