"""Frames for gold's tests."""

from chispa import assert_df_equality
from pyspark.sql import functions as F

from gold.conformed.members import surrogate_key


def assert_same(actual, expected):
    """The same columns, types and rows in any order; engines differ in what is nullable.

    Sorted here: ignore_row_order hashes arrays, which Sail cannot.
    """
    assert_df_equality(actual, expected, ignore_nullable=True, transforms=[lambda rows: rows.sort(*rows.columns)])


def keyed(rows, key, name):
    """The rows, with the hash of `name` where `key` is null."""
    return rows.withColumn(key, F.coalesce(key, surrogate_key(F.col(name))))
