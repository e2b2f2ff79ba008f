import json

from chispa import assert_column_equality
from pyspark.sql import functions as F

from gold.reference import COUNTRIES, MATURITY, look_up


def test_iso_codes_are_alpha_2_and_unique_but_for_renamed_countries():
    codes = [country.iso_code for country in COUNTRIES.values() if country.iso_code]
    assert all(len(code) == 2 and code.isupper() for code in codes)
    assert {code for code in codes if codes.count(code) > 1} == {"CZ"}  # Czech Republic and Czechia


def test_states_that_no_longer_exist_have_a_region_and_no_code():
    assert COUNTRIES["Soviet Union"].iso_code is None
    assert COUNTRIES["Soviet Union"].region == "Europe"


def test_look_up_is_null_for_what_it_does_not_know(spark):
    ages = {name: maturity.minimum_age for name, maturity in MATURITY.items()}
    rows = [("PG-13", 13), ("NR", None), ("?", None), (None, None)]
    df = spark.createDataFrame(rows, "rating STRING, expected INT").withColumn(
        "actual", look_up(F.col("rating"), ages, "int")
    )
    assert_column_equality(df, "actual", "expected")


def test_every_country_and_rating_of_the_real_catalogues_is_known(real_data):
    for path in (real_data / "expected").glob("expected_v*_*.json"):
        clean = json.loads(path.read_text())["clean"] if "overlap" not in path.name else {}
        assert set(clean.get("all_country_counts", {})) - {"Not Given"} <= set(COUNTRIES), path.name
        assert set(clean.get("rating_distribution", {})) - {"<null>", "A"} <= set(MATURITY), path.name
