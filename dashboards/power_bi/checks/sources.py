"""What the models' tables read: whether gold has it, in the closed form of M that Databricks' connector takes."""

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from dashboards.gold import GoldColumn, gold_tables
from dashboards.power_bi.checks.reading_model import Model
from dashboards.power_bi.columns import columns_of, data_type
from dashboards.power_bi.partitions import NO_ROWS, query_form, sql_of, table_form
from dashboards.power_bi.places import BRIDGES
from dashboards.power_bi.reading import Node
from dashboards.power_bi.star import TABLES
from dashboards.power_bi.tmdl import METRICS
from metrics.registry import Registry

TABLE = re.compile(r'SchemaData\{\[Name = "(\w+)", Kind = "Table"\]\}')
COLUMNS = re.compile(r"Table\.SelectColumns\(\w+, \{(.*)\}\)")
ROWS = re.compile(r'Table\.SelectRows\(\w+, each \[(\w+)\] (?:= "(\w+)"|<> null)\)')
QUERY = re.compile(r'Value\.NativeQuery\(CatalogData, "(.*)", null')
SPLICED = '`" & Catalog & "`.`" & Schema & "`'


def source_problems(registry: Registry, model: Model) -> Iterator[str]:
    """Sentences about what a model's tables read."""
    roles = {table: role for table, role in _roles(registry)}
    for name, table in model.tables.items():
        partitions = list(table.all("partition"))
        place = f"{model.places[name]}: what {name} reads"
        if len(partitions) != 1 or (partitions[0].name, partitions[0].value) != (name, "m"):
            yield f"{place}: it has one partition of its name, in M"
            continue
        if partitions[0].properties.get("mode") != ("import" if name == METRICS else model.mode):
            yield f"{place}: its mode isn't that of the model"
        source = partitions[0].properties.get("source", "")
        if name == METRICS:
            yield from [] if source == NO_ROWS else [f"{place}: it has no rows"]
        elif QUERY.search(source):
            yield from (f"{place}: {sentence}" for sentence in _query(table, source, _wanted(registry, name)))
        else:
            yield from (f"{place}: {sentence}" for sentence in _table(table, source, roles.get(name)))


def _roles(registry: Registry) -> Iterator[tuple[str, str]]:
    """The role of a bridge's rows, by the model's table."""
    for entity in registry.entities.values():
        for name, bridge in entity.bridges.items():
            if bridge.role and isinstance(bridge.role.equals, str):
                yield BRIDGES[name], bridge.role.equals


def _table(table: Node, source: str, role: str | None) -> Iterator[str]:
    named, listed, rows = TABLE.search(source), COLUMNS.search(source), ROWS.search(source)
    if not named or not listed:
        yield "it names no table and columns of gold"
        return
    gold = gold_tables().get(named[1])
    if gold is None:
        yield f"gold has no table {named[1]}"
        return
    columns = re.findall(r'"(\w+)"', listed[1])
    kept = (rows[1], rows[2]) if rows else None
    form = "\n".join(table_form(named[1], columns, kept, "Table.Distinct" in source))
    if source != form:
        yield "it isn't the form of M that reads a table of gold"
    if rows and rows[1] not in gold.columns:
        yield f"gold.{gold.name} has no column {rows[1]}"
    if role is not None and kept != ("role", role):
        yield f"its rows aren't those whose role is {role}"
    yield from _columns(
        table, columns, {name: gold.columns[name] for name in columns if name in gold.columns}, gold.name
    )


def _columns(table: Node, columns: list[str], known: dict[str, GoldColumn], gold: str) -> Iterator[str]:
    read = {one.properties["sourceColumn"]: one for one in table.all("column") if "sourceColumn" in one.properties}
    yield from (f"gold.{gold} has no column {name}" for name in columns if name not in known)
    if sorted(read) != sorted(columns):
        yield f"it reads {', '.join(sorted({*read} ^ {*columns}))} on one side only"
    for name, column in read.items():
        if name in known and column.properties.get("dataType") != data_type(known[name].type):
            yield f"{name} is {known[name].type}, and not {column.properties.get('dataType')}"
        if name in known and column.description != known[name].meaning:
            yield f"{name}: its description isn't gold's"


def _wanted(registry: Registry, name: str) -> str | None:
    """The registry's statement of a table's rows; None for a table that joins nothing by SQL."""
    table = TABLES.get(name)
    if table is None or not table.joins:
        return None
    return sql_of(registry, table, [one.source for one in columns_of(registry, table)]).replace("{gold}", "gold")


def _query(table: Node, source: str, wanted: str | None) -> Iterator[str]:
    found = QUERY.search(source)
    text = found[1].replace('""', '"') if found else ""
    sql = text.replace(SPLICED, "gold")
    if source != "\n".join(query_form(sql.replace("gold.", "{gold}."))):
        yield "it isn't the form of M that asks Databricks"
    if sql != wanted:
        yield "its statement isn't that of the registry's joins"
    try:
        select = sqlglot.parse_one(sql, dialect="databricks", into=exp.Select)
    except ParseError as error:
        yield f"its statement isn't SQL: {error}"
        return
    aliases = {one.alias: gold_tables().get(one.name) for one in select.find_all(exp.Table)}
    for one in select.find_all(exp.Table):
        if one.name not in gold_tables():
            yield f"gold has no table {one.name}"
    for column in select.find_all(exp.Column):
        gold = aliases.get(column.table)
        if gold and column.name not in gold.columns:
            yield f"gold.{gold.name} has no column {column.name}"
    read = sorted(one.properties.get("sourceColumn", "") for one in table.all("column"))
    if read != sorted(select.named_selects):
        yield "its columns aren't those of the table"
