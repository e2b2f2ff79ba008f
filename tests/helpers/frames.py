"""Frames for tests of transforms: rows made from a table's specification, and comparisons."""

from collections.abc import Callable, Mapping
from typing import Any

from chispa import assert_df_equality
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from common.keys import surrogate_key
from common.specifications import TableSpec


def rows_of(
    spark: SparkSession, table: TableSpec, *rows: tuple[Any, ...] | Mapping[str, Any], columns: str = ""
) -> DataFrame:
    """A frame with the columns of a table: those that a row doesn't name are null.

    A row is a dict by column names, or a tuple of the `columns` (names separated by spaces; all of them by default).
    So a new column in a table breaks no fixture.
    """
    names = columns.split() or table.column_names
    named = [row if isinstance(row, Mapping) else dict(zip(names, row, strict=True)) for row in rows]
    unknown = {name for row in named for name in row} - {*table.column_names}
    assert not unknown, f"{table.name} has no column {', '.join(sorted(unknown))}"
    complete = [tuple(row.get(name) for name in table.column_names) for row in named]
    return spark.createDataFrame(complete, table.rows_schema)


def stored(rows: DataFrame, table: TableSpec) -> DataFrame:
    """The rows as a table has them for those that read it: computed, however many times they are read."""
    return rows.sparkSession.createDataFrame(rows.collect(), table.rows_schema)


def assert_same_rows(actual: DataFrame, expected: DataFrame) -> None:
    """Both frames have the same rows in any order, and the same columns (names, order, types, not nullability)."""
    assert_df_equality(actual, expected, ignore_nullable=True, transforms=[_sorted])


def assert_column(rows: DataFrame, actual: Column, expected: str = "expected") -> None:
    """In every row, `actual` is equal to the column named `expected`, in type too."""
    assert_same_rows(rows.withColumn(expected, actual), rows)


def _sorted(rows: DataFrame) -> DataFrame:
    """chispa sorts arrays and structs by `hash`, which Sail lacks."""
    return rows.sort(F.to_json(F.struct(*rows.columns)))


def keyed(rows: DataFrame, key: str, name: str, form: Callable[[Column], Column] = lambda name: name) -> DataFrame:
    """The rows, with the hash of the form of `name` where `key` is null."""
    return rows.withColumn(key, F.coalesce(key, surrogate_key(form(F.col(name)))))
