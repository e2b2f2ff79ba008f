"""Plans, and bands of ages."""

from pyspark.sql import functions as F

from gold.subscribers.dimensions import DIM_PLAN, age_band, version_key, without_fraction
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


def test_versions_are_told_apart_by_their_seconds(spark):
    """Thousandths depend on the folder that a file lies in."""
    versions = [
        ("u", "2024-01-01 00:00:00.001", 1),
        ("u", "2024-01-01 00:00:00.002", 1),
        ("u", "2024-01-01 00:00:01", 2),
    ]
    texts = spark.createDataFrame([*versions, ("v", "2024-01-01 00:00:00", 3)], "who STRING, text STRING, version INT")
    keyed = texts.select("version", version_key(F.col("who"), F.col("text").cast("timestamp")).alias("key")).distinct()
    assert sorted(row.version for row in keyed.collect()) == [1, 2, 3]


def test_a_version_is_shown_without_thousandths_and_none_stays_null(spark):
    texts = [
        ("2024-01-01 00:00:00.999", "2024-01-01 00:00:00"),
        ("2024-01-01 00:00:01", "2024-01-01 00:00:01"),
        (None, None),
    ]
    rows = spark.createDataFrame(texts, "version STRING, expected STRING")
    shown = without_fraction(F.col("version").cast("timestamp"))
    assert rows.filter(~shown.eqNullSafe(F.col("expected").cast("timestamp"))).count() == 0
