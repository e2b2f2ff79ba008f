"""Synapse (serverless SQL pool): an external table over each table's folder in a data lake. Lists are JSON there."""

from collections.abc import Mapping, Sequence

from exports.load_scripts.types import type_in
from exports.tables import Column, Table

FOLDER = "load/synapse"
TEXT = "VARCHAR(8000) COLLATE Latin1_General_100_BIN2_UTF8"
NAMES = {
    "string": TEXT,
    "long": "BIGINT",
    "integer": "INT",
    "boolean": "BIT",
    "date": "DATE",
    "timestamp": "DATETIME2(6)",
    "double": "FLOAT",
    "decimal": "DECIMAL",
}
HEAD = """\
-- Replace https://ACCOUNT.dfs.core.windows.net/CONTAINER/FOLDER by the place of the files, and run this in a database
-- of a serverless SQL pool. Texts are cut at 8,000 bytes there. With another login than yours, add a CREDENTIAL.
CREATE EXTERNAL DATA SOURCE [lakehouse] WITH (LOCATION = 'https://ACCOUNT.dfs.core.windows.net/CONTAINER/FOLDER');
CREATE EXTERNAL FILE FORMAT [parquet] WITH (FORMAT_TYPE = PARQUET);
"""


def scripts(tables: Sequence[Table]) -> Mapping[str, str]:
    """A file with all tables."""
    return {f"{FOLDER}/tables.sql": HEAD + "\n" + "\n".join(f"{create_table(table)};\n" for table in tables)}


def create_table(table: Table) -> str:
    """The statement that makes the table."""
    columns = ",\n".join(f"  {_column(column)}" for column in table.columns)
    place = f"LOCATION = '{table.name}/', DATA_SOURCE = [lakehouse], FILE_FORMAT = [parquet]"
    return f"CREATE EXTERNAL TABLE [{table.name}] (\n{columns}\n) WITH ({place})"


def _column(column: Column) -> str:
    return f"[{column.name}] {TEXT if column.element else type_in('Synapse', NAMES, column.type)}"
