"""A table as a CSV file that a spreadsheet program opens: UTF-8 with a byte order mark, one line of headers."""

import codecs
from pathlib import Path

from exports.spreadsheets import without_formulas
from exports.tables import Column, Table
from local_runtime.quoting import DOUBLE, quoted

LIST = ", "
"""What stands between the elements of a list."""


def write_csv(table: Table, path: Path, separator: str) -> int:
    """Writes the table; returns its number of rows.

    A null is nothing, an empty text is "", a list is its elements with LIST between them, a time is UTC. A text that a
    spreadsheet would compute has an apostrophe before it. Raises LakehouseError as `Table.relation`, and OSError.
    """
    import pyarrow as pa
    from pyarrow import csv

    batches, rows = table.batches(map(_expression, table.columns)), 0
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        with csv.CSVWriter(file, batches.schema, write_options=csv.WriteOptions(delimiter=separator)) as writer:
            for batch in batches:
                writer.write_table(without_formulas(pa.Table.from_batches([batch])))
                rows += batch.num_rows
    return rows


def _expression(column: Column) -> str:
    """The column as a cell, in DuckDB's SQL."""
    name = quoted(column.name, DOUBLE)
    if column.element is not None:
        return f"array_to_string({name}, '{LIST}') AS {name}"
    if column.type == "timestamp":
        # Fractions of a second only where there are some: no spreadsheet reads six digits.
        text = f"strftime({name} AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%f')"
        return f"rtrim(rtrim({text}, '0'), '.') AS {name}"
    return name
