"""A table as an Excel workbook of one sheet, in which no number is rounded."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exports.csv import LIST
from exports.tables import Column, Table
from local_runtime.counts import counted
from local_runtime.errors import LakehouseError

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575  # below the headers
LONGEST_TEXT = 32_767  # characters of a cell
LARGEST = 2**53  # whole numbers above it are rounded
MOST_DIGITS = 15  # of a decimal that a cell holds exactly
FIRST_DAY = date(1900, 3, 1)
"""The first day that all programs agree on: Excel knows a 29 February 1900."""
WIDEST, SAMPLE = 60, 200  # characters of a column, and the rows that decide how wide it is
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


def write_workbook(table: Table, path: Path) -> int:
    """Writes the table; returns its number of rows. Keys and numbers that a cell would round are texts; times are UTC.

    Raises LakehouseError for what a sheet has no room for, and as `Table.relation`; OSError.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    rows = sum(count for (count,) in table.relation().aggregate("count(*)").fetchall())
    if rows > MOST_ROWS:
        raise LakehouseError(
            f"{table.name} has {counted(rows, 'row')}; a sheet of a workbook holds {MOST_ROWS:,}. "
            "Export it as csv or parquet, or name the tables that you need."
        )
    workbook = Workbook(str(path), OPTIONS)
    sheet = workbook.add_worksheet(table.name[:31])
    try:
        _write(workbook, sheet, table)
        workbook.close()
    except FileCreateError as error:
        raise OSError(*error.args[0].args) if isinstance(error.args[0], OSError) else OSError(str(error)) from None
    return int(rows)


def _write(workbook: "Workbook", sheet: "Worksheet", table: Table) -> None:
    formats = [_format(workbook, column) for column in table.columns]
    rows = _rows(table)
    sample = list(islice(rows, SAMPLE))
    for at, column in enumerate(table.columns):
        widths = [len(column.name), *(len(str(row[at])) for row in sample if row[at] is not None)]
        sheet.set_column(at, at, min(max(widths) + 2, WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, [column.name for column in table.columns], workbook.add_format({"bold": True}))
    for number, row in enumerate(chain(sample, rows), 1):
        for at, column in enumerate(table.columns):
            if row[at] is not None:
                _write_cell(sheet, number, at, cell(row[at], column), formats[at], table)


def _rows(table: Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.batches():
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _write_cell(sheet: "Worksheet", row: int, at: int, value: Any, format_: "Format | None", table: Table) -> None:
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            column = table.columns[at].name
            raise LakehouseError(
                f"{table.name}.{column} has a text of {len(value):,} characters in row {row:,}; a cell of a workbook "
                f"holds {LONGEST_TEXT:,}. Export the table as csv or parquet."
            )
        sheet.write_string(row, at, value)
    elif isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, at, value, format_)
    else:
        sheet.write_number(row, at, value, format_)


def cell(value: Any, column: Column) -> str | bool | float | date:
    """What a cell holds of a value: a text where a number or a day would come out as another one."""
    match value:
        case bool() | str():
            return value
        case list():
            return LIST.join(str(each) for each in value if each is not None)
        case datetime():
            naive = value.replace(tzinfo=None)
            return naive if naive.date() >= FIRST_DAY and naive.microsecond % 1000 == 0 else naive.isoformat(" ")
        case date():
            return value if value >= FIRST_DAY else value.isoformat()
        case int():
            is_key = column.name.endswith("_key") and column.type == "long"
            return str(value) if is_key or abs(value) > LARGEST else value
        case Decimal():
            return float(value) if len(value.normalize().as_tuple().digits) <= MOST_DIGITS else str(value)
    return float(value)


def _format(workbook: "Workbook", column: Column) -> "Format | None":
    kind = str(column.type)
    if kind == "timestamp":
        return workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    if kind == "date":
        return workbook.add_format({"num_format": "yyyy-mm-dd"})
    if kind.startswith("decimal"):
        scale = int(kind.rpartition(",")[2].rstrip(")"))
        return workbook.add_format({"num_format": f"0.{'0' * scale}" if scale else "0"})
    return None
