"""Plans, and bands of ages."""

from pyspark.sql import functions as F

from common.forms import member_form
from gold.subscribers.dimensions import DIM_PLAN, age_band, version_key, without_fraction
from tests.gold.subscribers.conftest import MAY, version
from tests.helpers.frames import assert_column, assert_same_rows, keyed


def test_dim_plan_has_each_plan_once_and_an_unknown_one(star, rows):
    found = star(version("u"), version("v"), version("w", plan="Premium"), version("x", plan=None))
    expected = rows(DIM_PLAN, (None, "Basic"), (None, "Premium"), (-1, "Unknown"))
    assert_same_rows(found["dim_plan"], keyed(expected, "plan_key", "plan", member_form))


def test_dim_plan_is_one_for_all_spellings_and_shows_the_commonest_current_one(star, rows):
    old = [version(who, until=MAY, plan="basic") for who in "abc"]
    new = [version(who, since=MAY, plan=plan) for who, plan in zip("abc", ("BASIC", "Basic", "Basic"), strict=True)]
    found = star(*old, *new, version("d", plan="Premium"), version("e", plan="premium +"))
    expected = rows(DIM_PLAN, (None, "Basic"), (None, "Premium"), (None, "premium +"), (-1, "Unknown"))
    assert_same_rows(found["dim_plan"], keyed(expected, "plan_key", "plan", member_form))


def test_dim_subscriber_has_one_gender_for_all_words_and_one_plan_and_device_for_all_spellings(star):
    words = {"u": "Male", "v": "Male", "w": "M", "x": "man", "y": "F", "z": None}
    plans = dict(zip(words, ("Basic", "basic", "BASIC", "ba-sic", "Basic", "basic"), strict=True))
    people = [{**version(who, plan=plans[who]), "gender": words[who], "device_type": "t-v"} for who in words]
    found = star(*people)["dim_subscriber"].filter("subscriber_key <> -1")
    assert {row.subscriber_id: row.gender for row in found.collect()} == {
        **dict.fromkeys("uvwx", "Male"),
        **{"y": "F", "z": "Unknown"},
    }
    keys = found.select("plan_key", "device_key").distinct().collect()
    assert len(keys) == 1
    assert -1 not in keys[0]


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
