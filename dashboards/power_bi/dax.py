"""DAX of the registry's measures: each is one of a few closed forms (docs/equivalents.md says why they mean the same).

DAX computes ratios in floating point, so the parts of a ratio are whole numbers or sums that aren't rounded, and the
result is rounded once, half up, to six decimals as in SQL.
"""

from collections.abc import Iterable, Iterator

from dashboards.gold import gold_tables
from dashboards.power_bi.columns import data_type
from dashboards.power_bi.places import BRIDGES, RELATIONSHIPS, home_of, place_of, repeating_dimensions
from dashboards.power_bi.star import TABLES
from local_runtime.errors import LakehouseError
from metrics.columns import decimals_of
from metrics.model import Condition, Measure
from metrics.registry import Registry, parts_of

UNROUNDED = ", unrounded"
INDENT = "    "


def table_text(name: str) -> str:
    """A table in DAX."""
    return f"'{name}'"


def column_text(table: str, column: str) -> str:
    """A column in DAX; `column` is its name in gold, or a visible name."""
    return f"'{table}'[{TABLES[table].column(column)}]"


def measure_text(registry: Registry, name: str) -> str:
    """A measure in DAX."""
    return f"[{registry.measures[name].label}]"


def unrounded_measures(registry: Registry) -> list[str]:
    """Measures that are rounded, and are parts of others: these take a hidden measure that isn't rounded."""
    parts = {part for measure in registry.measures.values() for part in parts_of(measure)}
    return [name for name in registry.measures if name in parts and _is_rounded(registry, name)]


def _is_rounded(registry: Registry, name: str) -> bool:
    return decimals_of(registry, name) == 6 and not registry.measures[name].hidden


def formula(registry: Registry, name: str, is_rounded: bool | None = None) -> str:
    """A measure's DAX; hidden measures are only parts of others, so they aren't rounded."""
    measure = registry.measures[name]
    rounded = _is_rounded(registry, name) if is_rounded is None else is_rounded
    lines = _derived(registry, name) if parts_of(measure) else _Rows(registry, name).lines()
    if rounded and not measure.growth:
        at = next((place for place, line in enumerate(lines) if line == "RETURN"), -1) + 1
        lines = [*lines[:at], *_call("ROUND", [lines[at:], ["6"]])]
    needed = registry.measures[name].needs
    for dimension in needed:
        table, column = place_of(registry, name, dimension)
        lines = _call("IF", [[f"HASONEVALUE ( '{table}'[{column}] )"], lines])
    return "\n".join(lines)


def _call(function: str, arguments: Iterable[list[str]]) -> list[str]:
    """A function and its arguments: on one line where all fit."""
    parts = [list(lines) for lines in arguments]
    flat = f"{function} ( {', '.join(lines[0] for lines in parts)} )"
    if all(len(lines) == 1 for lines in parts) and len(flat) <= 88:
        return [flat]
    result = [f"{function} ("]
    for place, lines in enumerate(parts):
        comma = "," if place + 1 < len(parts) else ""
        result += [f"{INDENT}{line}" for line in lines[:-1]] + [f"{INDENT}{lines[-1]}{comma}"]
    return [*result, ")"]


def _part(registry: Registry, name: str) -> str:
    """A part of a derived measure: the measure, or the one that isn't rounded."""
    return f"[{registry.measures[name].label}{UNROUNDED if _is_rounded(registry, name) else ''}]"


def _derived(registry: Registry, name: str) -> list[str]:
    measure = registry.measures[name]
    if measure.difference:
        return [f"{_part(registry, measure.difference.of)} - {_part(registry, measure.difference.less)}"]
    if measure.share:
        return _share(registry, name, measure)
    of, to = parts_of(measure)
    ratio = _call("DIVIDE", [[_numerator(registry, of)], [_part(registry, to)]])
    if measure.growth:
        # BLANK () - 1 is -1 in DAX.
        lines = [f"VAR Ratio = {ratio[0]}", *ratio[1:], "RETURN"]
        return [*lines, *_call("IF", [["NOT ISBLANK ( Ratio )"], ["ROUND ( Ratio, 6 ) - 1"]])]
    return ratio


def _numerator(registry: Registry, name: str) -> str:
    """A count of nothing is blank in DAX, and 0 in a ratio; a fixed decimal would keep four digits when divided."""
    measure, part = registry.measures[name], _part(registry, name)
    if measure.count:
        return f"{part} + 0"
    return converted(part) if measure.sum and _is_fixed(home_of(registry, measure.of or ""), measure.sum) else part


def converted(value: str) -> str:
    """A fixed decimal as a floating-point number."""
    return f"CONVERT ( {value}, DOUBLE )"


def _is_fixed(table: str, column: str) -> bool:
    """Whether a column is a fixed decimal in Power BI, which has four digits."""
    return data_type(gold_tables()[TABLES[table].gold].columns[column].type) == "decimal"


def _share(registry: Registry, name: str, measure: Measure) -> list[str]:
    """Over all: of the total of what a visual shows, whatever it is grouped by; else without the dimensions' groups."""
    share = measure.share
    assert share is not None
    part = _part(registry, share.of)
    if share.over == "all":
        removed = ["ALLSELECTED ()"]
        if _keeps_days(registry, share.of):
            removed.append("VALUES ( 'Dates'[Day] )")
    else:
        places = [place_of(registry, name, dimension) for dimension in share.over]
        removed = [f"REMOVEFILTERS ( '{table}'[{column}] )" for table, column in places]
    total = _call("CALCULATE", [[part], *([one] for one in removed)])
    return _call("DIVIDE", [[part], total])


def _keeps_days(registry: Registry, name: str) -> bool:
    """Whether days filter a measure's rows by a relationship that is always active."""
    table = home_of(registry, registry.own_entity(name))
    return any(one.many == table and one.one == "Dates" and one.is_active for one in RELATIONSHIPS)


class _Rows:
    """The DAX of a measure that counts or adds up rows."""

    def __init__(self, registry: Registry, name: str):
        self.registry, self.measure = registry, registry.measures[name]
        self.entity = self.measure.of or ""
        self.table = home_of(registry, self.entity)
        self.variables: list[str] = []
        self.filters = [*self._conditions(registry.entities[self.entity].rows), *self._conditions(self.measure.where)]
        self._add_days()

    def lines(self) -> list[str]:
        measure = self.measure
        if measure.count:
            value = self._each(self._calculated("COUNTROWS", table_text(self.table)))
        elif measure.count_distinct:
            value = self._calculated("DISTINCTCOUNTNOBLANK", self._path(measure.count_distinct))
        elif measure.count_members:
            value = self._members(measure.count_members)
        elif measure.average:
            column = self._path(measure.average.column)
            parts = [self._each(self._calculated(function, column)) for function in ("SUM", "COUNT")]
            if _is_fixed(self.table, measure.average.column):
                parts[0] = _call("CONVERT", [parts[0], ["DOUBLE"]])
            value = _call("DIVIDE", parts)
        else:
            value = self._sum(measure)
        return [*self.variables, "RETURN", *value] if self.variables else value

    def _sum(self, measure: Measure) -> list[str]:
        column = self._path(measure.sum or "")
        value = self._calculated("SUM", column)
        if measure.over_bridge == "weighted":
            weights = [f"* CALCULATE ( SUM ( '{table}'[weight] ) )" for table in self._bridge_tables()]
            value = _call("SUMX", [[table_text("Titles")], [*value, *weights]])
        elif measure.over_bridge == "each":
            value = self._each(value)
        return value if measure.per == 1 else [*value[:-1], f"{value[-1]} / {measure.per}"]

    def _bridge_tables(self) -> list[str]:
        """The tables of the bridges on the way to the entity's dimensions."""
        columns = self.registry.dimensions_of_entity(self.entity).values()
        ends = [end[-1] for column in columns for end in self.registry.bridges_on(self.entity, column.steps)]
        return [BRIDGES[bridge] for bridge in dict.fromkeys(ends)]

    def _each(self, value: list[str]) -> list[str]:
        """By a dimension of which a row may have one member several times, it counts for each of them."""
        if self.measure.over_bridge != "each":
            return value
        for dimension in repeating_dimensions(self.registry, self.entity):
            table, column = place_of(self.registry, self._name(), dimension)
            repeated = _call("SUMX", [[table_text(table)], value])
            value = _call("IF", [[f"ISINSCOPE ( '{table}'[{column}] )"], repeated, value])
        return value

    def _name(self) -> str:
        return next(name for name, measure in self.registry.measures.items() if measure is self.measure)

    def _calculated(self, function: str, argument: str) -> list[str]:
        return _call("CALCULATE", [[f"{function} ( {argument} )"], *([one] for one in self.filters)])

    def _members(self, dimension: str) -> list[str]:
        """Known members: their keys in the bridge of the rows' titles."""
        column = self.registry.dimensions_of_entity(self.entity)[dimension]
        (bridge,) = self.registry.bridges_on(self.entity, column.steps)
        step = self.registry.entities[self.entity].bridges[bridge[-1]]
        table, label = place_of(self.registry, self._name(), dimension)
        unknown = self.registry.dimensions[dimension].unknown
        known = f"KEEPFILTERS ( '{table}'[{label}] <> \"{unknown}\" )"
        counted = f"DISTINCTCOUNT ( {column_text(BRIDGES[bridge[-1]], step.other)} )"
        return _call("CALCULATE", [[counted], *([one] for one in self.filters), [known]])

    def _refusal(self, sentence: str) -> LakehouseError:
        return LakehouseError(f"{self.registry.at(('measures', self._name()))}: {sentence}.")

    def _path(self, path: str) -> str:
        """A column of the entity itself: measures of the registry take none of joined tables."""
        if "." in path:
            raise self._refusal(f"{path} is a column of another table: Power BI's measures take those of their own")
        return column_text(self.table, path)

    def _add_days(self) -> None:
        """The relationship to days where it isn't active; of several months, only the last one of what can't add up."""
        entity = self.registry.entities[self.entity]
        if entity.time is None:
            return
        (days,) = (one for one in RELATIONSHIPS if one.many == self.table and one.one == "Dates")
        column = column_text(self.table, days.column)
        if not days.is_active:
            self.filters.append(f"USERELATIONSHIP ( {column}, {column_text('Dates', days.key)} )")
        if self.measure.adds_up == "not time":
            last = f"CALCULATE ( MAX ( {column} ), ALLEXCEPT ( '{self.table}', 'Dates' ) )"
            self.variables.append(f"VAR LastDay = {last}")
            self.filters.append(f"KEEPFILTERS ( {column} = LastDay )")

    def _conditions(self, conditions: Iterable[Condition]) -> Iterator[str]:
        for condition in conditions:
            if condition.column is None:
                yield self._exists(condition)
            elif condition.years_ago is not None:
                yield from self._years_ago(condition.column, condition.years_ago)
            else:
                yield f"KEEPFILTERS ( {test(self._path(condition.column), condition)} )"

    def _years_ago(self, path: str, years: list[int]) -> Iterator[str]:
        if (self.table, path) != ("Titles", "date_added"):
            raise self._refusal(f"Power BI has no year of {path}: calculate it in dashboards/power_bi/star.py")
        year = "'Titles'[Year added]"
        population = self._conditions(self.registry.entities[self.entity].rows)
        newest = _call("CALCULATE", [[f"MAX ( {year} )"], ["REMOVEFILTERS ()"], *([one] for one in population)])
        self.variables += [f"VAR NewestYear = {newest[0]}", *newest[1:]]
        first, end = years
        yield f"KEEPFILTERS ( {year} <= NewestYear{f' - {first}' if first else ''} )"
        yield f"KEEPFILTERS ( {year} > NewestYear - {end} )"

    def _exists(self, condition: Condition) -> str:
        """Rows to which a row of another entity refers, whatever else is filtered."""
        other = condition.has or condition.lacks or ""
        (join,) = (join for join in self.registry.entities[other].joins.values() if join.to == self.entity)
        table = home_of(self.registry, other)
        conditions = [*self.registry.entities[other].rows, *condition.where]
        tests = [test(column_text(table, one.column or ""), one) for one in conditions]
        keys = _call(
            "CALCULATETABLE",
            [[f"VALUES ( {column_text(table, join.column)} )"], ["REMOVEFILTERS ()"], *([one] for one in tests)],
        )
        self.variables += [f"VAR Referred = {keys[0]}", *keys[1:]]
        key = column_text(self.table, self.registry.entities[self.entity].key or "")
        if condition.lacks:
            return f"KEEPFILTERS ( NOT {key} IN Referred )"
        return f"KEEPFILTERS ( TREATAS ( Referred, {key} ) )"


def test(value: str, condition: Condition) -> str:
    """The test of a condition, of a column's value."""
    if condition.known is not None:
        return f"NOT ISBLANK ( {value} )" if condition.known else f"ISBLANK ( {value} )"
    if condition.one_of is not None:
        return f"{value} IN {{ {', '.join(map(literal, condition.one_of))} }}"
    operators = {
        "equals": "=",
        "other_than": "<>",
        "at_least": ">=",
        "above": ">",
        "at_most": "<=",
        "below": "<",
    }
    ((name, wanted),) = ((name, given) for name in operators if (given := getattr(condition, name)) is not None)
    return f"{value} {operators[name]} {literal(wanted)}"


def literal(value: bool | int | str) -> str:
    """A value in DAX."""
    if isinstance(value, bool):
        return "TRUE ()" if value else "FALSE ()"
    if isinstance(value, int):
        return str(value)
    doubled = value.replace('"', '""')
    return f'"{doubled}"'
