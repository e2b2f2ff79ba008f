"""The semantic model's files, in TMDL (https://learn.microsoft.com/analysis-services/tmdl/tmdl-overview)."""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping

from dashboards.power_bi import dax, operations
from dashboards.power_bi.columns import Column, columns_of
from dashboards.power_bi.partitions import NO_ROWS, source_of
from dashboards.power_bi.places import RELATIONSHIPS, Relationship
from dashboards.power_bi.star import TABLES, Calculated, Table
from metrics.registry import Registry

METRICS = "Metrics"
# Names stay the same when files are made again, so Power BI keeps what people made with them.
NAMESPACE = uuid.UUID("6d1f3f2e-7f0a-5b0e-9c55-0f6a3a1c7c11")
PARAMETERS = {
    "DatabricksHost": ("workspace.cloud.databricks.com", "The workspace's host, without https://."),
    "DatabricksHttpPath": ("/sql/1.0/warehouses/0000000000000000", "The HTTP path of a SQL warehouse."),
    "Catalog": ("prod", "The catalog of Unity Catalog that has the lakehouse."),
    "Schema": ("lakehouse_gold", "The schema of the catalog that has gold."),
}
FORMATS = {"integer": "#,0", "decimal": "#,0.0", "percent": "0.0%", "currency": "#,0.00", "rating": "0.0"}
COLUMN_FORMATS = {"int64": "0", "dateTime": "yyyy-mm-dd", "decimal": "#,0.00", "double": "#,0.000000"}
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MODES = ("import", "directQuery")


def tag(*path: str) -> str:
    """The id of an object of the model."""
    return str(uuid.uuid5(NAMESPACE, "/".join(path)))


def quoted(name: str) -> str:
    """A name as TMDL writes it."""
    return name if PLAIN_NAME.fullmatch(name) else "'" + name.replace("'", "''") + "'"


def model_files(registry: Registry, mode: str) -> dict[str, str]:
    """The texts of the model's files, by their paths below `definition/`; `mode` is one of MODES."""
    tables = {METRICS: metrics_text(registry)}
    tables |= {name: table_text(registry, table, mode) for name, table in TABLES.items()}
    return {
        "database.tmdl": "database\n\tcompatibilityLevel: 1600\n",
        "model.tmdl": _model(tables),
        "expressions.tmdl": "\n".join(_parameters()),
        "relationships.tmdl": "\n".join(line for one in RELATIONSHIPS for line in _relationship(one)),
        **{f"tables/{name}.tmdl": text for name, text in tables.items()},
    }


def _model(tables: Iterable[str]) -> str:
    lines = [
        "model Model",
        "\tculture: en-US",
        "\tdefaultPowerBIDataSourceVersion: powerBI_V3",
        "\tdiscourageImplicitMeasures",
        "\tsourceQueryCulture: en-US",
        "",
        # No hidden calendar for each date: the model has one.
        "annotation __PBI_TimeIntelligenceEnabled = 0",
        "",
        *(f"ref table {quoted(name)}" for name in sorted(tables)),
    ]
    return "\n".join(lines) + "\n"


def _parameters() -> Iterator[str]:
    for name, (value, description) in PARAMETERS.items():
        meta = 'meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]'
        yield f"/// {description}"
        yield f'expression {name} = "{value}" {meta}'
        yield f"\tlineageTag: {tag('expression', name)}"
        yield ""


def _relationship(one: Relationship) -> Iterator[str]:
    yield f"relationship {tag('relationship', one.many, one.column, one.one)}"
    if not one.is_active:
        yield "\tisActive: false"
    if one.both:
        yield "\tcrossFilteringBehavior: bothDirections"
    yield f"\tfromColumn: {_qualified(one.many, one.column)}"
    yield f"\ttoColumn: {_qualified(one.one, one.key)}"
    yield ""


def _qualified(table: str, column: str) -> str:
    return f"{quoted(table)}.{quoted(TABLES[table].column(column))}"


def table_text(registry: Registry, table: Table, mode: str) -> str:
    """A table's file."""
    lines = [f"/// {table.description}", f"table {quoted(table.name)}"]
    lines += ["\tisHidden"] if table.is_hidden or not (table.names or table.calculated) else []
    lines += ["\tdataCategory: Time"] if table.is_calendar else []
    lines += [f"\tlineageTag: {tag(table.name)}", ""]
    for column in columns_of(registry, table):
        lines += _column(table, column)
    for calculated in table.calculated:
        lines += _calculated(table, calculated)
    for name, levels in table.hierarchies.items():
        lines += _hierarchy(table, name, levels)
    return "\n".join([*lines, *_partition(table.name, mode, source_of(registry, table))]) + "\n"


def _column(table: Table, column: Column) -> Iterator[str]:
    yield f"\t/// {column.meaning}"
    yield f"\tcolumn {quoted(column.name)}"
    yield f"\t\tdataType: {column.type}"
    yield from ["\t\tisHidden"] if column.is_hidden else []
    yield from ["\t\tisKey"] if column.source == table.key and table.key is not None else []
    yield from [f"\t\tformatString: {COLUMN_FORMATS[column.type]}"] if column.type in COLUMN_FORMATS else []
    yield f"\t\tlineageTag: {tag(table.name, column.name)}"
    yield "\t\tsummarizeBy: none"
    yield f"\t\tsourceColumn: {column.source}"
    if sorts := table.sorted_by.get(column.name):
        yield f"\t\tsortByColumn: {quoted(sorts)}"
    yield ""
    if groups := table.grouped_by.get(column.name):
        yield "\t\trelatedColumnDetails"
        yield f"\t\t\tgroupByColumn: {quoted(groups)}"
        yield ""


def _calculated(table: Table, column: Calculated) -> Iterator[str]:
    yield f"\t/// {column.description}"
    yield f"\tcolumn {quoted(column.name)} = {column.expression}"
    yield f"\t\tdataType: {column.type}"
    yield f"\t\tformatString: {column.format}"
    yield f"\t\tlineageTag: {tag(table.name, column.name)}"
    yield "\t\tsummarizeBy: none"
    yield ""


def _hierarchy(table: Table, name: str, levels: Iterable[str]) -> Iterator[str]:
    yield f"\thierarchy {quoted(name)}"
    yield f"\t\tlineageTag: {tag(table.name, 'hierarchy', name)}"
    yield ""
    for level in levels:
        yield f"\t\tlevel {quoted(level)}"
        yield f"\t\t\tlineageTag: {tag(table.name, 'hierarchy', name, level)}"
        yield f"\t\t\tcolumn: {quoted(level)}"
        yield ""


def _partition(name: str, mode: str, source: Iterable[str]) -> Iterator[str]:
    yield f"\tpartition {quoted(name)} = m"
    yield f"\t\tmode: {mode}"
    yield "\t\tsource ="
    yield from (f"\t\t\t\t{line}" for line in source)


def metrics_text(registry: Registry) -> str:
    """The table that has the measures and no rows: one place to look for them, in a folder for each subject."""
    lines = [
        "/// The metrics of the registry (docs/metrics.md).",
        f"table {METRICS}",
        f"\tlineageTag: {tag(METRICS)}",
        "",
    ]
    for name, measure in registry.measures.items():
        folder = registry.subjects.get(name, "Other")
        text, form = dax.formula(registry, name), FORMATS[measure.format]
        lines += _measure(measure.label, measure.description, text, form, folder, measure.hidden)
    for name in dax.unrounded_measures(registry):
        label = f"{registry.measures[name].label}{dax.UNROUNDED}"
        text = dax.formula(registry, name, is_rounded=False)
        meaning = "not rounded: a part of other metrics"
        lines += _measure(label, meaning, text, FORMATS["decimal"], registry.subjects.get(name, "Other"), True)
    for one in operations.MEASURES:
        lines += _measure(one.name, one.description, one.expression, one.format, operations.FOLDER, False)
    lines += [
        "\t/// no rows: the table is only for measures",
        "\tcolumn Value",
        "\t\tdataType: string",
        "\t\tisHidden",
        f"\t\tlineageTag: {tag(METRICS, 'Value')}",
    ]
    lines += ["\t\tsummarizeBy: none", "\t\tsourceColumn: Value", ""]
    return "\n".join([*lines, *_partition(METRICS, "import", [NO_ROWS])]) + "\n"


def _measure(name: str, description: str, text: str, form: str, folder: str, is_hidden: bool) -> Iterator[str]:
    first, *rest = text.split("\n")
    yield f"\t/// {description}"
    if rest:
        yield f"\tmeasure {quoted(name)} ="
        yield from (f"\t\t\t{line}" for line in (first, *rest))
    else:
        yield f"\tmeasure {quoted(name)} = {first}"
    yield f"\t\tformatString: {form}"
    yield from ["\t\tisHidden"] if is_hidden else []
    yield f"\t\tdisplayFolder: {folder}"
    yield f"\t\tlineageTag: {tag(METRICS, name)}"
    yield ""


def folders() -> Mapping[str, str]:
    """The names of the model's files for tables, by the tables' names."""
    return {name: f"tables/{name}.tmdl" for name in [*TABLES, METRICS]}
