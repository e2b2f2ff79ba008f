"""Cells that can't be read: they become unknown and are counted, and their rows stay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from cleanse.releases.headers import CLASHING
from common.rules import holds
from common.specifications import ColumnSpec

UNREADABLE = ColumnSpec(
    "unreadable", "ARRAY<STRUCT<rule: STRING, value: STRING>>", "rules of cells that failed, with the text of the cell"
)
UNREADABLE_SHAPES = ColumnSpec(
    UNREADABLE.name, UNREADABLE.type, "rules of cells that failed, with the shape of the text of the cell (9999-99-99)"
)
LONGEST_VALUE = 64  # characters of a cell's text


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A rule that a cell passes: its condition, the column of the cell's text, and the columns that are read from it.

    Where the cell fails, those columns are `unknown`, an SQL expression. A text that `is_name` is the name of a column.
    """

    rule: str
    condition: str
    text: str
    columns: tuple[str, ...]
    unknown: str = "NULL"
    is_name: bool = False


# A column that a file has twice, with two different values in the row: the first one is read. Shows the column's name.
ONE_VALUE = Cell(rule="one_value_per_column", condition=f"{CLASHING} IS NULL", text=CLASHING, columns=(), is_name=True)


def with_unreadable(rows: DataFrame, cells: Sequence[Cell], shown: Callable[[Column], Column]) -> DataFrame:
    """One row per row, with `unreadable`: the rules that its cells fail and their texts, as `shown` makes them.

    Names of columns are shown as they are. The rules see the columns as they were read. What fails a rule is unknown
    afterwards.
    """

    def failure(cell: Cell) -> Column:
        text = cell_text(F.col(cell.text)) if cell.is_name else shown(F.col(cell.text))
        return F.struct(F.lit(cell.rule).alias("rule"), text.alias("value"))

    checked = rows.withColumns({f"{cell.rule}_holds": holds(cell.condition) for cell in cells})
    failures = [F.when(~F.col(f"{cell.rule}_holds"), failure(cell)) for cell in cells]
    unreadable = F.array_compact(F.array(*failures)).cast(UNREADABLE.type.replace(": ", ":"))
    known: dict[str, Column] = {}
    for cell in cells:
        for name in cell.columns:
            value = known.get(name, F.col(name))
            known[name] = F.when(F.col(f"{cell.rule}_holds"), value).otherwise(F.expr(cell.unknown))
    return checked.withColumns({UNREADABLE.name: unreadable, **known})


def cell_text(text: Column) -> Column:
    """STRING: a cell's text, cut to what a report can show."""
    return F.substring(text, 1, LONGEST_VALUE)


def cell_shape(text: Column) -> Column:
    """STRING: the shape of a cell's text, which tells nothing of a person: 9 for digits, a for letters of any kind."""
    digits = F.regexp_replace(F.substring(text, 1, LONGEST_VALUE), "[0-9]", "9")
    return F.regexp_replace(digits, "[^-0-9 .,:;/+$€£%()_]", "a")
