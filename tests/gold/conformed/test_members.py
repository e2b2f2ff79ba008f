from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import date_key, member_labels, only_known, with_known_key, with_unknown_member
from tests.helpers.frames import assert_column, assert_same_rows

THINGS = "thing_key BIGINT, note STRING"


@pytest.fixture
def things(spark):
    return spark.createDataFrame([(1, "known"), (2, "missing"), (None, "null")], THINGS)


@pytest.fixture
def dim_thing(spark):
    return spark.createDataFrame([(1, "A"), (-1, "Unknown")], "thing_key BIGINT, thing STRING")


def test_date_key_is_the_date_as_a_number_and_the_unknown_key_for_null(spark):
    rows = [(date(2021, 9, 25), 20210925), (date(33, 1, 2), 330102), (None, -1)]
    dates = spark.createDataFrame(rows, "date DATE, expected INT")
    assert_column(dates, date_key(F.col("date")))


def test_with_known_key_points_to_the_unknown_member_where_there_is_no_member(spark, things, dim_thing):
    expected = spark.createDataFrame([(1, "known"), (-1, "missing"), (-1, "null")], THINGS)
    assert_same_rows(with_known_key(things, dim_thing, "thing_key").select(*expected.columns), expected)


def test_member_labels_are_the_commonest_spellings_of_current_rows_then_the_smallest(spark):
    rows = [
        *[("a", "A", True), ("a", "a", True), ("a", "a", True), ("a", "A", False), ("a", "A", False)],
        *[("b", "b", True), ("b", "B", True), ("b", "-b", False)],
        *[("c", "c", False), ("c", "c", False), ("c", "C", False)],
        (None, None, True),
    ]
    spellings = spark.createDataFrame(rows, "form STRING, spelling STRING, is_current BOOLEAN")
    expected = spark.createDataFrame([("a", "a"), ("b", "B"), ("c", "C")], "form STRING, label STRING")
    assert_same_rows(member_labels(spellings), expected)


def test_only_known_leaves_out_rows_whose_parent_is_missing(spark, things, dim_thing):
    assert_same_rows(only_known(things, dim_thing, "thing_key"), spark.createDataFrame([(1, "known")], THINGS))


def test_with_unknown_member_adds_the_unknown_member_with_the_columns_types(spark, one_row):
    columns = (
        ColumnSpec("thing_key", "BIGINT", unknown=-1),
        ColumnSpec("thing", "STRING", unknown="Unknown"),
        ColumnSpec("price", "DECIMAL(18,6)"),
        ColumnSpec("is_known", "BOOLEAN", unknown=False),
    )
    dim_thing = TableSpec(name="dim_thing", comment="One row per thing.", columns=columns)
    in_another_order = "is_known BOOLEAN, price DECIMAL(18,6), thing STRING, thing_key BIGINT"
    members = spark.createDataFrame([(True, Decimal("1.5"), "A", 1), (None, None, None, 2)], in_another_order)
    expected = [(1, "A", Decimal("1.5"), True), (2, None, None, None), (-1, "Unknown", None, False)]
    assert_same_rows(
        with_unknown_member(members, dim_thing, one_row), spark.createDataFrame(expected, dim_thing.rows_schema)
    )
