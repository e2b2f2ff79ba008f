"""Plans, and bands of ages."""

from pyspark.sql import functions as F

from gold.subscribers.dimensions import DIM_PLAN, age_band
from tests.gold.subscribers.conftest import version
from tests.helpers.frames import assert_column, assert_same_rows, keyed


def test_dim_plan_has_each_plan_once_and_an_unknown_one(star, rows):
    found = star(version("u"), version("v"), version("w", plan="Premium"), version("x", plan=None))
    expected = rows(DIM_PLAN, (None, "Basic"), (None, "Premium"), (-1, "Unknown"))
    assert_same_rows(found["dim_plan"], keyed(expected, "plan_key", "plan"))


def test_age_bands(spark):
    ages = [(12, "Unknown"), (13, "13-17"), (17, "13-17"), (18, "18-24"), (64, "55-64"), (65, "65+"), (120, "65+")]
    rows = spark.createDataFrame([*ages, (None, "Unknown")], "age INT, expected STRING")
    assert_column(rows, age_band(F.col("age")))
