"""What the model's tables read from Databricks, in M: a closed form with parameters for host, path, catalog, schema."""

from collections.abc import Iterable

from sqlglot import exp

from dashboards.power_bi.columns import LOOKED_UP, columns_of
from dashboards.power_bi.star import Table
from metrics.expressions import named
from metrics.registry import Registry
from metrics.rows import Rows

CATALOG = (
    "Source = Databricks.Catalogs(DatabricksHost, DatabricksHttpPath, [Catalog = null, Database = null, "
    'EnableAutomaticProxyDiscovery = null, Implementation = "2.0"])',
    'CatalogData = Source{[Name = Catalog, Kind = "Database"]}[Data]',
)
SCHEMA = 'SchemaData = CatalogData{[Name = Schema, Kind = "Schema"]}[Data]'
NO_ROWS = "#table(type table [Value = text], {})"
UNKNOWN_KEY = -1


def source_of(registry: Registry, table: Table) -> list[str]:
    """The lines of a table's query."""
    columns = [column.source for column in columns_of(registry, table)]
    if table.joins:
        return query_form(sql_of(registry, table, columns))
    return table_form(table.gold, columns, table.rows, table.distinct)


def table_form(
    gold: str, columns: Iterable[str], rows: tuple[str, str | None] | None = None, distinct: bool = False
) -> list[str]:
    """The query of some columns of a table of gold: of rows with a value (None: any), or of distinct rows."""
    steps = [*CATALOG, SCHEMA, f'TableData = SchemaData{{[Name = "{gold}", Kind = "Table"]}}[Data]']
    last = "TableData"
    if rows is not None:
        column, value = rows
        test = f'[{column}] = "{value}"' if value is not None else f"[{column}] <> null"
        steps.append(f"Rows = Table.SelectRows({last}, each {test})")
        last = "Rows"
    listed = ", ".join(f'"{column}"' for column in columns)
    steps.append(f"Columns = Table.SelectColumns({last}, {{{listed}}})")
    if distinct:
        steps.append("Members = Table.Distinct(Columns)")
    return let(steps)


def query_form(sql: str) -> list[str]:
    """The query of a statement, in which {gold} is the schema that has gold."""
    text = sql.replace('"', '""').replace("{gold}", '`" & Catalog & "`.`" & Schema & "`')
    return let([*CATALOG, f'Rows = Value.NativeQuery(CatalogData, "{text}", null, [EnableFolding = true])'])


def let(steps: list[str]) -> list[str]:
    """The steps of a query, whose last one is its result."""
    result = steps[-1].split(" = ", 1)[0]
    commas = [f"    {step}{',' if place + 1 < len(steps) else ''}" for place, step in enumerate(steps)]
    return ["let", *commas, "in", f"    {result}"]


def sql_of(registry: Registry, table: Table, columns: Iterable[str]) -> str:
    """The rows of an entity with the keys of what they are joined to; -1, the unknown member, for no partner."""
    entity = table.joins or ""
    rows = Rows(registry, entity, "databricks")
    values = {column: _value(registry, rows, entity, column) for column in columns}
    select = rows.select([named(value, column) for column, value in values.items()], rows.population())
    for source in select.find_all(exp.Table):
        source.set("db", exp.to_identifier("{gold}", quoted=False))
    return select.sql(dialect="databricks")


def _value(registry: Registry, rows: Rows, entity: str, column: str) -> exp.Expr:
    if column in LOOKED_UP:
        key = rows.path(f"{column.removesuffix('_key')}.{column}")
        return exp.func("COALESCE", key, exp.convert(UNKNOWN_KEY))
    if column in registry.entities[entity].dimensions:
        return rows.dimension(column)
    return rows.path(column)
