"""Whether the models have what the registry has, and their relationships lead to it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from dashboards.power_bi.checks.reading_model import Model, models
from dashboards.power_bi.checks.sources import source_problems
from dashboards.power_bi.places import BRIDGES, GRAINS, HOMES, PLACES, PLACES_OF_ENTITIES
from dashboards.power_bi.reading import Node
from dashboards.power_bi.tmdl import COLUMN_FORMATS, FORMATS, METRICS, PARAMETERS
from metrics.registry import Registry

PARAMETER = re.compile(r'"[^"]+" meta \[IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true\]')
BY_NAME = {"Subscriber Groups"}
IS_KEY = re.compile(r".*(_key|_id)|weight")


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """Sentences about the models' tables, columns, relationships, and what they read."""
    found = []
    for model in models(files):
        found += model.problems
        for check in (_tables, _columns, _links, _paths, _measures):
            found += check(registry, model)
        found += source_problems(registry, model)
    return found


def _repeated(names: list[str]) -> list[str]:
    """Names that are there twice: Power BI's names are case-insensitive."""
    return [name for name, count in Counter(name.casefold() for name in names).items() if count > 1]


def _tables(registry: Registry, model: Model) -> Iterator[str]:
    for name, path in model.places.items():
        if not path.endswith(f"/tables/{name}.tmdl"):
            yield f"{path} has the table {name!r}"
    if sorted(model.refs) != sorted(model.tables):
        yield f"{model.name}: model.tmdl refers to other tables than there are"
    yield from (f"{place}: the lineageTag is another object's" for place in _places_of_repeated_tags(model))
    calendars = [node for node in model.tables.values() if "dataCategory" in node.properties]
    keys = [one for node in calendars for one in node.all("column") if "isKey" in one.properties]
    if len(calendars) != 1 or [one.properties.get("dataType") for one in keys] != ["dateTime"]:
        yield f"{model.name}: there is one calendar (dataCategory: Time), whose key is a date"
    if model.parameters.keys() != PARAMETERS.keys():
        yield f"{model.name}: the parameters are {', '.join(PARAMETERS)}"
    for name, value in model.parameters.items():
        if not PARAMETER.fullmatch(value):
            yield f"{model.name}: {name} isn't a parameter that has to be given"


def _places_of_repeated_tags(model: Model) -> list[str]:
    counts = Counter(tag for tag, _ in model.tags)
    return [place for tag, place in model.tags if counts[tag] > 1]


def _columns(registry: Registry, model: Model) -> Iterator[str]:
    for name, table in model.tables.items():
        place = model.places[name]
        columns = {one.name: one for one in table.all("column")}
        names = [one.name for kind in ("column", "measure", "hierarchy") for one in table.all(kind)]
        seen = [one for kind in ("column", "measure") for one in table.all(kind) if "isHidden" not in one.properties]
        if bool(seen) == ("isHidden" in table.properties):
            yield f"{place}: a table is hidden where nothing in it is seen, and only there"
        yield from (f"{place}: {repeated!r} is there twice" for repeated in _repeated(names))
        for column in columns.values():
            here = f"{place}:{column.line}: {column.name}"
            if ("sourceColumn" in column.properties) == bool(column.value):
                yield f"{here} has a source column, or an expression"
            if IS_KEY.fullmatch(column.properties.get("sourceColumn", "")) and "isHidden" not in column.properties:
                yield f"{here} is a key, which nobody needs to see"
            is_raw = column.name == column.properties.get("sourceColumn") or name == METRICS
            if is_raw and "isHidden" not in column.properties:
                yield f"{here} has no name for people: it should be hidden"
            wanted = COLUMN_FORMATS.get(column.properties.get("dataType", ""))
            if column.properties.get("formatString") != wanted:
                yield f"{here}: its formatString isn't {wanted}"
            is_name = "dataCategory" in table.properties and column.properties.get("dataType") == "string"
            if is_name and "sortByColumn" not in column.properties:
                yield f"{here} would be sorted by name"
            others = [column.properties.get("sortByColumn")]
            others += [one.properties.get("groupByColumn") for one in column.all("relatedColumnDetails")]
            for other in filter(None, others):
                if other.strip("'") not in columns:
                    yield f"{here} refers to {other}, which the table hasn't"
        yield from _hierarchies(table, place, columns)


def _hierarchies(table: Node, place: str, columns: Mapping[str, Node]) -> Iterator[str]:
    coarse_first = [column for _, column in reversed(GRAINS.items())]
    for hierarchy in table.all("hierarchy"):
        levels = [level.properties.get("column", "").strip("'") for level in hierarchy.all("level")]
        for level in levels:
            if level not in columns:
                yield f"{place}:{hierarchy.line}: there is no column {level!r} for a level"
        if "dataCategory" in table.properties and levels != [one for one in coarse_first if one in levels]:
            yield f"{place}:{hierarchy.line}: {' > '.join(levels)} isn't from coarse to fine"
    for dimension, (owner, column) in PLACES.items():
        if owner == table.name and not dimension.endswith("_key"):
            node = columns.get(column)
            if node is None or "isHidden" in node.properties:
                yield f"{place}: {column!r}, which is the registry's {dimension}, can't be seen"


def _links(registry: Registry, model: Model) -> Iterator[str]:
    bridges = set(BRIDGES.values())
    for link in model.links:
        ends = [model.column(link.many, link.column), model.column(link.one, link.key)]
        for (table, column), node in zip(((link.many, link.column), (link.one, link.key)), ends, strict=True):
            if node is None:
                yield f"{link.line}: there is no column {table}.{column}"
        if None not in ends and len({one.properties.get("dataType") for one in ends if one}) > 1:
            yield f"{link.line}: {link.column} and {link.key} are of different types"
        if link.both != (link.many in bridges and link.one == "Titles"):
            yield f"{link.line}: both directions are for bridges to titles, and needed there"
        # KPI tables have names instead of keys.
        by_name = link.many in BY_NAME and ends[1] is not None and "isHidden" not in ends[1].properties
        if ends[1] is not None and "isKey" not in ends[1].properties and link.key != "date_key" and not by_name:
            yield f"{link.line}: {link.one}.{link.key} isn't a key"
    counts = Counter((link.many, link.one) for link in model.links)
    yield from (
        f"{model.name}: {many} and {one} are related twice" for (many, one), count in counts.items() if count > 1
    )


def _paths(registry: Registry, model: Model) -> Iterator[str]:
    """Filters must reach what they filter, by one way only."""
    for start in model.tables:
        for end, count in _ways(model, start).items():
            if count > 1:
                yield f"{model.name}: filters of {start} reach {end} by {count} ways"
    for entity, home in HOMES.items():
        for dimension in registry.dimensions_of_entity(entity):
            table, _ = PLACES_OF_ENTITIES.get((entity, dimension), PLACES[dimension])
            if table != home and not _ways(model, table).get(home):
                yield f"{model.name}: {dimension}, in {table}, doesn't filter {home}"
        time = registry.entities[entity].time
        if time and not any((link.many, link.one) == (home, "Dates") for link in model.links):
            yield f"{model.name}: {home} isn't related to Dates"


def _ways(model: Model, start: str) -> Counter[str]:
    """How many ways of active relationships lead from a table to each other one."""
    steps: dict[str, list[str]] = {}
    for link in model.links:
        if link.is_active:
            steps.setdefault(link.one, []).append(link.many)
            if link.both:
                steps.setdefault(link.many, []).append(link.one)
    found: Counter[str] = Counter()

    def walk(table: str, seen: frozenset[str]) -> None:
        for following in steps.get(table, []):
            if following not in seen:
                found[following] += 1
                walk(following, seen | {following})

    walk(start, frozenset({start}))
    return found


def _measures(registry: Registry, model: Model) -> Iterator[str]:
    """Each measure of the registry, with what people see of it."""
    yield from (
        f"{model.name}: the measure {name!r} is there twice"
        for name in _repeated([one.name for one in model.measures()])
    )
    for name, measure in registry.measures.items():
        node = model.measure(measure.label)
        if node is None:
            yield f"{model.name}: there is no measure {measure.label!r} ({name})"
            continue
        wanted = {
            "formatString": FORMATS[measure.format],
            "displayFolder": registry.subjects.get(name, "Other"),
            "isHidden": "flag" if measure.hidden else None,
        }
        for key, value in wanted.items():
            if node.properties.get(key) != value:
                yield f"{model.name}: {measure.label}: {key} isn't {value}"
        if node.description != measure.description:
            yield f"{model.name}: {measure.label}: its description isn't the registry's"
