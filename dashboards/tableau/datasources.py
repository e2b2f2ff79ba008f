"""Data sources: custom SQL over gold, dimensions, and calculated fields."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

import sqlglot
from sqlglot import exp

from dashboards.data_sets.statements import DataSet
from dashboards.tableau.formulas import formula
from dashboards.tableau.names import internal, object_id
from metrics.registry import Registry
from metrics.views import MetricView

DIALECT = "databricks"
VERSION = "18.1"
DAY = "day"
SQL_NAME = "Custom SQL Query"
CONNECTION = {
    "authentication": "oauth",
    "class": "databricks",
    "dbname": "prod",
    "odbc-connect-string-extras": "",
    "one-time-sql": "",
    "schema": "lakehouse_gold",
    "server": "your-workspace.cloud.databricks.com",
    "server-oauth": "",
    "username": "",
    "v-http-path": "/sql/1.0/warehouses/your-warehouse",
    "workgroup-auth-mode": "prompt",
}
FORMATS = {"integer": "n#,##0", "decimal": "n#,##0.00", "currency": "n#,##0.00", "rating": "n0.0", "percent": "p0.0%"}
TYPES = {"text": "string", "integer": "integer", "key": "integer", "decimal": "real", "date": "date"}


@dataclass(frozen=True)
class Field:
    """A field: a column of the SQL, or a calculated one with its `formula`."""

    name: str
    label: str
    description: str
    datatype: str
    is_measure: bool
    formula: str | None = None
    format: str | None = None
    is_hidden: bool = False

    @property
    def type(self) -> str:
        """How Tableau treats its values."""
        if self.is_measure:
            return "quantitative"
        return "nominal" if self.datatype == "string" else "ordinal"


@dataclass(frozen=True)
class Source:
    """A data source: the name of what it is made from, its SQL and its fields."""

    key: str
    label: str
    sql: str
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        """Its name in the workbook."""
        return internal("federated", self.key)

    def field(self, name: str) -> Field:
        """The field of a name."""
        return next(field for field in self.fields if field.name == name)


def of_view(registry: Registry, view: MetricView) -> Source:
    """The data source of a metric view; without attributes of people, whose small groups it would show."""
    tree = sqlglot.parse_one(view.definition["source"], dialect=DIALECT)
    personal = {name for name, one in registry.dimensions.items() if one.personal}
    tree.set("expressions", [one for one in tree.expressions if one.alias not in personal])
    names = [one.alias for one in tree.expressions]
    is_by_bridge = "_by_" in view.name
    parts = [base for name in view.measures() for base in registry.base_measures(name)]
    measures = list(dict.fromkeys([*parts, *view.measures()]))
    fields = [
        *(_column(registry, name) for name in names),
        *(_calculated(registry, name, formula(registry, name, is_by_bridge)) for name in measures),
    ]
    return Source(view.name, view.definition["comment"], _plain_sql(tree), tuple(fields))


def of_groups(registry: Registry, data: DataSet) -> Source:
    """The data source of groups of people, whose small ones are put together in its SQL; its numbers add up."""
    tree = sqlglot.parse_one(data.sql, dialect=DIALECT)
    tree.set("order", None)
    fields = []
    for one in data.columns:
        if one.kind == "metric":
            datatype = "real" if one.decimals else "integer"
            fields.append(Field(f"{one.name}_value", one.label, "", datatype, True, is_hidden=True))
            fields.append(_calculated(registry, one.name, f"SUM([{one.name}_value])"))
        else:
            fields.append(_column(registry, one.name))
    tree.set("expressions", [_renamed(one, registry) for one in tree.expressions])
    return Source(data.name, data.label, _plain_sql(tree), tuple(fields))


def _renamed(one: exp.Expr, registry: Registry) -> exp.Expr:
    if one.alias in registry.measures:
        return exp.alias_(one.unalias(), f"{one.alias}_value", quoted=True)
    return one


def _column(registry: Registry, name: str) -> Field:
    """A column of the SQL: a dimension, the day, or what rows add to a measure."""
    if name == DAY:
        return Field(name, "Day", "the day by which rows are counted over time", "date", False)
    if name not in registry.dimensions:
        measure = registry.measures[name.removesuffix("_value").removesuffix("_rows")]
        datatype = "string" if measure.count_members else "integer"
        if measure.count_distinct:
            datatype = "string"
        return Field(name, name, "", datatype, datatype == "integer", is_hidden=True)
    one = registry.dimensions[name]
    return Field(name, one.label, one.description, TYPES[one.kind], False)


def _calculated(registry: Registry, name: str, text: str) -> Field:
    one = registry.measures[name]
    return Field(name, one.label, one.description, "real", True, text, FORMATS[one.format], one.hidden)


def _plain_sql(tree: exp.Expr) -> str:
    """The SQL without a schema, and without < and >, which a workbook takes for the marks of parameters."""
    for table in tree.find_all(exp.Table):
        table.set("db", None)
    plain = tree.transform(_without_signs)
    return plain.sql(dialect=DIALECT, pretty=True)


def _without_signs(node: exp.Expr) -> exp.Expr:
    compare: dict[type[exp.Expr], Callable[[exp.Expr, exp.Expr], exp.Expr]] = {
        exp.NEQ: lambda one, other: exp.Not(this=exp.paren(exp.EQ(this=one, expression=other))),
        exp.GTE: lambda one, other: _is_first("GREATEST", one, other),
        exp.LTE: lambda one, other: _is_first("LEAST", one, other),
        exp.LT: lambda one, other: exp.Not(this=exp.paren(_is_first("GREATEST", one, other))),
        exp.GT: lambda one, other: exp.Not(this=exp.paren(_is_first("LEAST", one, other))),
    }
    if type(node) not in compare:
        return node
    return compare[type(node)](node.this.transform(_without_signs), node.expression.transform(_without_signs))


def _is_first(function: str, one: exp.Expr, other: exp.Expr) -> exp.Expr:
    return exp.EQ(this=exp.Anonymous(this=function, expressions=[one, other]), expression=exp.paren(one.copy()))


def element(source: Source) -> Element:
    """The data source as in a workbook."""
    found = Element("datasource", caption=source.label, inline="true", name=source.name, version=VERSION)
    _fill(found, source)
    return found


def document(source: Source) -> Element:
    """The data source as a file of its own."""
    found = Element("datasource", {"formatted-name": source.name, "inline": "true", "version": VERSION})
    _fill(found, source)
    return found


def _fill(found: Element, source: Source) -> None:
    connection_name = internal("databricks", source.key)
    connection = SubElement(found, "connection", {"class": "federated"})
    named = SubElement(connection, "named-connections")
    one = SubElement(named, "named-connection", caption=CONNECTION["server"], name=connection_name)
    SubElement(one, "connection", CONNECTION)
    _relation(connection, source, connection_name)
    records = SubElement(connection, "metadata-records")
    columns = [field for field in source.fields if field.formula is None]
    for number, field in enumerate(columns, 1):
        _record(records, source, field, number)
    SubElement(found, "aliases", enabled="yes")
    for field in source.fields:
        found.append(column(field))
    SubElement(
        found, "layout", {"dim-ordering": "alphabetic", "measure-ordering": "alphabetic", "show-structure": "true"}
    )
    graph = SubElement(SubElement(found, "object-graph"), "objects")
    whole = SubElement(graph, "object", caption=source.label, id=object_id(source.key))
    _relation(SubElement(whole, "properties", context=""), source, connection_name)


def _relation(parent: Element, source: Source, connection: str) -> None:
    relation = SubElement(parent, "relation", connection=connection, name=SQL_NAME, type="text")
    relation.text = source.sql


def _record(records: Element, source: Source, field: Field, number: int) -> None:
    """What the SQL's column is like, without asking the database."""
    record = SubElement(records, "metadata-record", {"class": "column"})
    remote_types = {"string": "129", "integer": "20", "real": "5", "date": "133"}
    aggregations = {"string": "Count", "integer": "Sum", "real": "Sum", "date": "Year"}
    texts = {
        "remote-name": field.name,
        "remote-type": remote_types[field.datatype],
        "local-name": f"[{field.name}]",
        "parent-name": f"[{SQL_NAME}]",
        "remote-alias": field.name,
        "ordinal": str(number),
        "local-type": field.datatype,
        "aggregation": aggregations[field.datatype],
        "contains-null": "true",
        "object-id": f"[{object_id(source.key)}]",
    }
    for tag, text in texts.items():
        SubElement(record, tag).text = text


def column(field: Field) -> Element:
    """The definition of a field."""
    attributes = {"caption": field.label, "datatype": field.datatype}
    if field.format:
        attributes["default-format"] = field.format
    if field.is_hidden:
        attributes["hidden"] = "true"
    attributes |= {
        "name": f"[{field.name}]",
        "role": "measure" if field.is_measure else "dimension",
        "type": field.type,
    }
    found = Element("column", attributes)
    if field.formula is not None:
        SubElement(found, "calculation", {"class": "tableau", "formula": field.formula})
    if field.description:
        text = SubElement(SubElement(found, "desc"), "formatted-text")
        SubElement(text, "run").text = field.description
    return found


def columns_named(source: Source, names: Sequence[str]) -> list[Field]:
    """The fields of some names, and those that their formulas name, each once."""
    found: dict[str, Field] = {}
    for name in names:
        field = source.field(name)
        found[name] = field
        for other in source.fields:
            if field.formula and f"[{other.name}]" in field.formula:
                found.update({one.name: one for one in columns_named(source, [other.name])})
    return list(found.values())
