"""Views: for each entity with measures one, and one for each table that is joined, all of whose fields are hidden."""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from dashboards.gold import gold_tables
from dashboards.looker.formulas import FORMATS, flag_of, formula
from dashboards.looker.omissions import dimensions_of, measures_of
from dashboards.looker.sources import COLUMN, DIALECT, Lookml, is_simple, sources, tested
from metrics.expressions import named
from metrics.registry import GRAINS, Registry
from metrics.rows import Rows

SCHEMA = "@{SCHEMA}"
DAY = "day"
TYPES = {"BOOLEAN": "yesno", "STRING": "string", "DATE": "date"}


def entity_view(registry: Registry, name: str) -> Lookml:
    """The view of an entity: its dimensions by the registry's names, its measures, and hidden columns for joins."""
    entity = registry.entities[name]
    return {
        "name": name,
        **_origin(registry, name),
        "dimensions": [
            _key(entity.table),
            *(_dimension(registry, name, one) for one in dimensions_of(registry, name)),
            *(_hidden(entity.table, one, COLUMN) for one in _joined_columns(registry, name)),
            *_flags(registry, name),
        ],
        **({"dimension_groups": [_day(registry, name)]} if entity.time else {}),
        "measures": [_measure(registry, one) for one in measures_of(registry, name)],
    }


def table_view(table: str, columns: Iterable[str]) -> Lookml:
    """The view of a table that is joined: the columns that are needed, hidden."""
    return {
        "name": table,
        "sql_table_name": f"{SCHEMA}.{table}",
        "dimensions": [_key(table), *(_hidden(table, name) for name in columns)],
    }


def _origin(registry: Registry, name: str) -> Lookml:
    """The table; a query of it with flags, where a condition of measures needs more than its columns."""
    entity = registry.entities[name]
    rows = Rows(registry, name, DIALECT)
    flags = []
    for measure, where in ((one, registry.measures[one].where) for one in measures_of(registry, name)):
        if where and not all(map(is_simple, where)):
            flags.append(named(exp.and_(*(rows.condition(one) for one in where)), flag_of(measure)))
    if not flags:
        return {"sql_table_name": f"{SCHEMA}.{entity.table}"}
    everything = exp.Column(this=exp.Star(), table=exp.to_identifier("t", quoted=True))
    query = rows.select([everything, *flags], [])
    return {"derived_table": {"sql": in_schema(query)}}


def in_schema(query: exp.Expr) -> str:
    """The SQL of a query of gold, with the constant for its schema."""
    return query.sql(dialect=DIALECT, pretty=True).replace("`gold`.", f"{SCHEMA}.")


def _key(table: str) -> Lookml:
    """The hidden primary key; a text of all its columns, where there are several."""
    names = key_columns(table)
    texts = (f"COALESCE(CAST(${{TABLE}}.{name} AS STRING), '~')" for name in names)
    sql = f"${{TABLE}}.{names[0]}" if len(names) == 1 else f"CONCAT_WS('|', {', '.join(texts)})"
    return {"name": "primary_key", "primary_key": "yes", "hidden": "yes", "type": "string", "sql": sql}


def key_columns(table: str) -> tuple[str, ...]:
    """The columns by which a table's rows differ: its primary key; of a table without one, all but its figures.

    Keys are numbers, and no figures: two titles may have one name.
    """
    gold = gold_tables()[table]
    columns = gold.columns.values()
    others = (one.name for one in columns if one.name.endswith("_key") or one.type in ("STRING", "DATE", "INT"))
    return gold.primary_key or tuple(others)


def _dimension(registry: Registry, entity: str, name: str) -> Lookml:
    one = registry.dimensions[name]
    kind = {"integer": "number", "key": "number", "date": "date", "boolean": "yesno"}.get(one.kind, "string")
    hidden = {"hidden": "yes"} if one.kind == "key" else {}
    dated = {"convert_tz": "no", "datatype": "date"} if kind == "date" else {}
    return {
        "name": name,
        "label": one.label,
        "description": one.description,
        "type": kind,
        **({"value_format": "0"} if kind == "number" else {}),
        **hidden,
        **dated,
        "sql": _place(registry, entity, name),
    }


def _place(registry: Registry, entity: str, name: str) -> str:
    place = registry.dimensions_of_entity(entity)[name]
    found = f"${{{'_'.join(place.steps)}.{place.name}}}" if place.steps else f"${{TABLE}}.{place.name}"
    if place.part:
        found = f"EXTRACT(YEAR FROM {found})"
    unknown = registry.dimensions[name].unknown
    return f"COALESCE({found}, '{unknown}')" if unknown else found


def _day(registry: Registry, entity: str) -> Lookml:
    time = registry.entities[entity].time
    path = time.column if time else ""
    *steps, name = path.split(".")
    grains = GRAINS[GRAINS.index(time.grain) :] if time else ()
    return {
        "name": DAY,
        "label": "Day",
        "description": time.label if time else "",
        "type": "time",
        "timeframes": ["raw", "date", *(one for one in grains if one != "day")],
        "convert_tz": "no",
        "datatype": "date",
        "sql": f"${{{'_'.join(steps)}.{name}}}" if steps else f"${{TABLE}}.{name}",
    }


def _joined_columns(registry: Registry, entity: str) -> list[str]:
    """The entity's own columns that joins and the explore's conditions name."""
    texts = [source.join["sql_on"] for source in sources(registry, entity)]
    prefix = f"${{{entity}.{COLUMN}"
    found = [part.partition("}")[0] for text in texts for part in text.split(prefix)[1:]]
    found += [one.column for one in registry.entities[entity].rows if one.column]
    return list(dict.fromkeys(found))


def _hidden(table: str, name: str, prefix: str = "") -> Lookml:
    kind = gold_tables()[table].columns[name].type
    dated = {"convert_tz": "no", "datatype": "date"} if kind == "DATE" else {}
    return {
        "name": f"{prefix}{name}",
        "hidden": "yes",
        "type": TYPES.get(kind, "number"),
        **dated,
        "sql": f"${{TABLE}}.{name}",
    }


def _flags(registry: Registry, entity: str) -> Iterator[Lookml]:
    """Hidden fields that say which rows a measure counts."""
    for name in measures_of(registry, entity):
        where = registry.measures[name].where
        if where:
            simple = " AND ".join(tested(lambda path: f"${{TABLE}}.{path}", one) for one in where if is_simple(one))
            sql = simple if all(map(is_simple, where)) else f"${{TABLE}}.{flag_of(name)}"
            yield {"name": flag_of(name), "hidden": "yes", "type": "yesno", "sql": sql}


def _measure(registry: Registry, name: str) -> Lookml:
    one = registry.measures[name]
    required = [*one.needs, *([f"{DAY}_month"] if one.adds_up == "not time" else [])]
    return {
        "name": name,
        "label": one.label,
        "description": f"{one.description}. Computed as: {one.definition}",
        **({"hidden": "yes"} if one.hidden else {}),
        **({"required_fields": required} if required else {}),
        "value_format": FORMATS[one.format],
        **formula(registry, name),
    }
