"""Comparing what a transform returns with what it should."""

from chispa import assert_df_equality
from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def _sorted(rows: DataFrame) -> DataFrame:
    """chispa sorts arrays and structs by `hash`, which Sail lacks."""
    return rows.sort(F.to_json(F.struct(*rows.columns)))


def assert_same_rows(actual: DataFrame, expected: DataFrame) -> None:
    """The rows are equal in any order, their columns' names, order and types too; nullability isn't compared."""
    assert_df_equality(actual, expected, ignore_nullable=True, transforms=[_sorted])
