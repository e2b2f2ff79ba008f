"""DAX of Power BI: the forms, and what they are with the registry's names. Written apart from the generator
(`dashboards/power_bi/dax.py`), so that a slip in one of the two is found.
"""

from collections.abc import Iterator, Mapping

from dashboards.equivalents.kinds import Language, filled, kind_of, squeezed
from dashboards.gold import gold_tables
from dashboards.power_bi.dax import formula, test
from dashboards.power_bi.places import BRIDGES, HOMES, place_of
from dashboards.power_bi.star import TABLES
from metrics.columns import decimals_of
from metrics.model import Condition
from metrics.registry import Registry, parts_of

FORMS: Mapping[str, str] = {
    "count": "{each}CALCULATE ( COUNTROWS ( {table} ){filters} )",
    "closing_count": "VAR LastDay = CALCULATE ( MAX ( {day} ), ALLEXCEPT ( {table}, 'Dates' ) ) RETURN "
    "CALCULATE ( COUNTROWS ( {table} ){filters}, KEEPFILTERS ( {day} = LastDay ) )",
    "count_distinct": "CALCULATE ( DISTINCTCOUNTNOBLANK ( {column} ){filters} )",
    "count_members": 'CALCULATE ( DISTINCTCOUNT ( {key} ){filters}, KEEPFILTERS ( {member} <> "{unknown}" ) )',
    "sum": "{each}CALCULATE ( SUM ( {column} ){filters} ){per}",
    "weighted_sum": "SUMX ( 'Titles', CALCULATE ( SUM ( {column} ){filters} ){weights} ){per}",
    "average": "DIVIDE ( {sum}, {number} )",
    "ratio": "DIVIDE ( {of}, {to} )",
    "difference": "{of} - {less}",
    "share_of_all": "DIVIDE ( {of}, CALCULATE ( {of}, ALLSELECTED (){days} ) )",
    "share": "DIVIDE ( {of}, CALCULATE ( {of}, {removed} ) )",
    "growth": "VAR Ratio = DIVIDE ( {of}, {since} ) RETURN IF ( NOT ISBLANK ( Ratio ), ROUND ( Ratio, 6 ) - 1 )",
}
# Calculated columns: the first day of a week (Monday is day 1), month and quarter, and a title's year of addition.
COLUMNS: Mapping[tuple[str, str], str] = {
    ("Dates", "Week"): "'Dates'[Day] - 'Dates'[day_of_week] + 1",
    ("Dates", "Month"): "DATE ( 'Dates'[Year], 'Dates'[month_number], 1 )",
    ("Dates", "Quarter"): "DATE ( 'Dates'[Year], 3 * 'Dates'[quarter_number] - 2, 1 )",
    ("Titles", "Year added"): "IF ( NOT ISBLANK ( 'Titles'[date_added] ), YEAR ( 'Titles'[date_added] ) )",
}
EACH = "IF ( ISINSCOPE ( {region} ), SUMX ( {members}, {value} ), {value} )"
ROUNDED, NEEDED = "ROUND ( {value}, 6 )", "IF ( HASONEVALUE ( {needed} ), {value} )"
REGION = {"region": "'Production Countries'[Region of production]", "members": "'Production Countries'"}


def expected(registry: Registry, name: str) -> str:
    """The form of a measure's kind with the registry's names in its holes."""
    measure, kind = registry.measures[name], kind_of(registry, name)
    value = _derived(registry, name, kind) if parts_of(measure) else _of_rows(registry, name, kind)
    if decimals_of(registry, name) == 6 and not measure.hidden and kind != "growth":
        value = filled(ROUNDED, {"value": value})
    for dimension in measure.needs:
        table, column = place_of(registry, name, dimension)
        value = filled(NEEDED, {"needed": f"'{table}'[{column}]", "value": value})
    return value


def _derived(registry: Registry, name: str, kind: str) -> str:
    measure = registry.measures[name]
    of, *others = [f"[{_label(registry, part)}]" for part in parts_of(measure)]
    first = registry.measures[parts_of(measure)[0]]
    if kind in ("ratio", "growth"):
        of = f"{of} + 0" if first.count else of
        of = f"CONVERT ( {of}, DOUBLE )" if first.unit == "money" else of
    holes = {"of": of, "to": "", "less": "", "since": "", "days": "", "removed": ""}
    if others:
        holes |= dict.fromkeys(("to", "less", "since"), others[0])
    if measure.share and measure.share.over != "all":
        places = [place_of(registry, name, one) for one in measure.share.over]
        holes["removed"] = ", ".join(f"REMOVEFILTERS ( '{table}'[{column}] )" for table, column in places)
    entity = registry.entities[registry.own_entity(name)]
    if kind == "share_of_all" and entity.time and registry.own_entity(name) != "title":
        holes["days"] = ", VALUES ( 'Dates'[Day] )"
    return filled(FORMS[kind], holes)


def _label(registry: Registry, name: str) -> str:
    measure = registry.measures[name]
    rounded = decimals_of(registry, name) == 6 and not measure.hidden
    return f"{measure.label}{', unrounded' if rounded else ''}"


def _of_rows(registry: Registry, name: str, kind: str) -> str:
    measure = registry.measures[name]
    entity, home = measure.of or "", HOMES[measure.of or ""]
    variables, filters = _filters(registry, entity, [*registry.entities[entity].rows, *measure.where])
    listed = "".join(f", {one}" for one in filters)
    if kind == "average" and measure.average:
        column = _column(home, measure.average.column)
        gold = gold_tables()[TABLES[home].gold].columns[measure.average.column]
        parts = [
            _each(registry, name, f"CALCULATE ( {function} ( {column} ){listed} )") for function in ("SUM", "COUNT")
        ]
        is_fixed = gold.type.startswith("DECIMAL") and not gold.type.endswith(",6)")
        total = f"CONVERT ( {parts[0]}, DOUBLE )" if is_fixed else parts[0]
        return variables + filled(FORMS[kind], {"sum": total, "number": parts[1]})
    holes = {
        "each": "",
        "table": f"'{home}'",
        "column": _column(home, measure.sum or measure.count_distinct or ""),
        "filters": listed,
        "day": f"'{home}'[date_key]",
        "per": "",
        "weights": "",
        **_member(registry, name),
    }
    if kind == "weighted_sum":
        holes["weights"] = "".join(f" * CALCULATE ( SUM ( '{table}'[weight] ) )" for table in BRIDGES.values())
    value = _each(registry, name, filled(FORMS[kind], holes))
    return f"{variables}{value}{f' / {measure.per}' if measure.per != 1 else ''}"


def _member(registry: Registry, name: str) -> dict[str, str]:
    """What stands for the counted dimension: its key in the bridge, its name, and the member of unknown ones."""
    measure = registry.measures[name]
    if not measure.count_members:
        return {"key": "", "member": "", "unknown": ""}
    place = registry.dimensions_of_entity(measure.of or "")[measure.count_members]
    bridge = registry.entities[measure.of or ""].bridges[place.steps[0]]
    table, label = place_of(registry, name, measure.count_members)
    unknown = registry.dimensions[measure.count_members].unknown or ""
    return {"key": f"'{BRIDGES[place.steps[0]]}'[{bridge.other}]", "member": f"'{table}'[{label}]", "unknown": unknown}


def _each(registry: Registry, name: str, value: str) -> str:
    """A title of two countries of one region counts twice for the region, as in SQL, where the join has two rows."""
    each = registry.measures[name].over_bridge == "each" and not registry.measures[name].count_distinct
    return filled(EACH, {**REGION, "value": value}) if each else value


def _column(table: str, name: str) -> str:
    return f"'{table}'[{TABLES[table].column(name)}]"


def _filters(registry: Registry, entity: str, conditions: list[Condition]) -> tuple[str, list[str]]:
    """The variables and the filters of conditions."""
    variables, filters, home = "", [], HOMES[entity]
    for condition in conditions:
        if other_entity := condition.has or condition.lacks:
            other = HOMES[other_entity]
            tests = "".join(f", {one}" for one in _tests(other, condition.where))
            found = f"CALCULATETABLE ( VALUES ( '{other}'[title_key] ), REMOVEFILTERS (){tests} )"
            variables = f"VAR Referred = {found} RETURN "
            key = f"'{home}'[title_key]"
            passes = f"TREATAS ( Referred, {key} )" if condition.has else f"NOT {key} IN Referred"
            filters.append(f"KEEPFILTERS ( {passes} )")
        elif condition.years_ago:
            population = "".join(f", KEEPFILTERS ( {one} )" for one in _tests(home, registry.entities[entity].rows))
            newest = f"CALCULATE ( MAX ( '{home}'[Year added] ), REMOVEFILTERS (){population} )"
            variables = f"VAR NewestYear = {newest} RETURN "
            first, end = condition.years_ago
            less = f" - {first}" if first else ""
            filters.append(f"KEEPFILTERS ( '{home}'[Year added] <= NewestYear{less} )")
            filters.append(f"KEEPFILTERS ( '{home}'[Year added] > NewestYear - {end} )")
        else:
            filters += [f"KEEPFILTERS ( {one} )" for one in _tests(home, [condition])]
    if entity == "title":
        filters.append("USERELATIONSHIP ( 'Titles'[date_added], 'Dates'[Day] )")
    return variables, filters


def _tests(table: str, conditions: list[Condition]) -> Iterator[str]:
    for condition in conditions:
        yield test(_column(table, condition.column or ""), condition)


def has_form(registry: Registry, name: str, text: str) -> bool:
    """Whether a formula is the form of the measure's kind, with the registry's names."""
    return squeezed(text) == squeezed(expected(registry, name))


def formulas(registry: Registry) -> dict[str, str]:
    """The DAX of each measure, as it is generated."""
    return {name: formula(registry, name) for name in registry.measures}


LANGUAGE = Language(name="Power BI", code="dax", formulas=formulas, forms=FORMS, has_form=has_form)
