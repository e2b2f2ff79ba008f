import csv
import json

import pycountry
import pytest
from pyspark.sql import functions as F

from common.countries import (
    COUNTRY_SCHEMA,
    countries,
    country_form,
    country_names,
    known_country,
    known_country_of_code,
    plain,
)
from common.country_aliases import ALIASES_BY_SOURCE
from gold.catalogue.dimensions import known_ratings
from tests.conftest import ROOT
from tests.helpers.frames import assert_column

REGIONS = {"Africa", "Americas", "Asia", "Europe", "Oceania"}
WITHOUT_CODE = {"Czechoslovakia", "East Germany", "Kosovo", "Soviet Union", "West Germany", "Yugoslavia"}
# Spellings of the catalogue that pycountry does not know.
OTHER_SPELLINGS = {"Democratic Republic of the Congo": "CD", "Ivory Coast": "CI", "Turkey": "TR"}

CODES = [(country, iso_code) for country, iso_code, _ in countries() if iso_code]


def iso_code_of(country):
    """The alpha-2 code that ISO 3166-1 has for a country, by its exact name, else by the most similar one."""
    try:
        return pycountry.countries.lookup(country).alpha_2
    except LookupError:
        return OTHER_SPELLINGS.get(country) or pycountry.countries.search_fuzzy(country)[0].alpha_2


@pytest.mark.parametrize(("country", "iso_code"), CODES, ids=[country for country, _ in CODES])
def test_a_country_has_its_iso_code(country, iso_code):
    assert pycountry.countries.get(alpha_2=iso_code)
    assert iso_code_of(country) == iso_code


def test_no_two_countries_share_a_code():
    codes = [iso_code for _, iso_code in CODES]
    assert {country for country, iso_code in CODES if codes.count(iso_code) > 1} == set()


def test_only_kosovo_and_states_that_no_longer_exist_have_no_code():
    assert {country for country, iso_code, _ in countries() if iso_code is None} == WITHOUT_CODE


def test_a_country_is_listed_once_and_has_a_region():
    names = [country for country, _, _ in countries()]
    assert names == sorted(set(names))
    assert {region for _, _, region in countries()} == REGIONS


def test_the_file_has_the_columns_of_the_schema():
    with (ROOT / "src" / "common" / "countries.csv").open(newline="") as file:
        assert next(csv.reader(file)) == COUNTRY_SCHEMA.names


def test_every_country_and_rating_of_the_real_catalogues_is_known(real_data):
    names, ratings = {country for country, _, _ in countries()}, {rating for rating, _, _ in known_ratings()}
    for path in (real_data / "expected").glob("expected_v*_*.json"):
        clean = json.loads(path.read_text())["clean"] if "overlap" not in path.name else {}
        assert set(clean.get("all_country_counts", {})) - {"Not Given"} <= names, path.name
        assert set(clean.get("rating_distribution", {})) - {"<null>", "A"} <= ratings, path.name


def test_every_code_but_antarcticas_is_there():
    """Players send where they are: territories too."""
    assert {it.alpha_2 for it in pycountry.countries} - {code for _, code in CODES} == {"AQ"}


ALIASES = [
    (alias, country)
    for by_country in ALIASES_BY_SOURCE.values()
    for country, aliases in by_country.items()
    for alias in aliases
]


def test_an_alias_is_listed_once_and_is_no_other_spelling_of_a_countrys_own_name():
    forms = [plain(name) for name in (*country_names(), *[alias for alias, _ in ALIASES])]
    assert sorted(form for form in forms if forms.count(form) > 1) == []
    assert {country for _, country in ALIASES} <= {*country_names()}


def test_an_alias_is_not_what_iso_calls_another_country():
    """In any of its names: Niger is not Nigeria."""
    by_code = {code: country for country, code in CODES}
    official = {
        plain(name): by_code.get(it.alpha_2)
        for it in pycountry.countries
        for name in (it.name, getattr(it, "official_name", it.name), getattr(it, "common_name", it.name))
    }
    assert {alias: country for alias, country in ALIASES if official.get(plain(alias), country) != country} == {}


SPELLINGS = [
    *[(text, "United States") for text in ("USA", "usa", "U.S.", "U.S.A.", "US", "United states", "the United States")],
    *[(text, "United Kingdom") for text in ("UK", "U.K.", "Great Britain", "England", "united-kingdom", "BRITAIN")],
    *[(text, "South Korea") for text in ("south korea", "Korea, Republic of", "Republic of Korea", "한국")],
    *[(text, "Turkey") for text in ("Türkiye", "TÜRKİYE", "Turkiye", "turkey")],
    *[(text, "United Arab Emirates") for text in ("UAE", "U.A.E.", "united arab emirates")],
    *[("Czechia", "Czech Republic"), ("The Bahamas", "Bahamas"), ("Trinidad & Tobago", "Trinidad and Tobago")],
    *[("USSR", "Soviet Union"), ("west germany", "West Germany"), ("Deutschland", "Germany"), ("Viet Nam", "Vietnam")],
    # No alias of anything.
    *[(text, text) for text in ("Atlantis", "", "?", "Thebes", "United", "Korea\tNorth Korea", "1", "日")],
    (None, None),
]
IN_CODES = [
    *[("US", "United States"), ("us", "United States"), ("GB", "United Kingdom"), ("UK", "United Kingdom")],
    *[("NA", "Namibia"), ("IN", "India"), ("TR", "Turkey"), ("France", "France"), ("usa", "United States")],
    *[("XX", "XX"), ("AQ", "AQ"), (None, None)],
]


def test_a_country_has_its_name_in_the_catalogue_however_it_is_called(spark):
    texts = [*SPELLINGS, *ALIASES, *[(name.upper(), name) for name in country_names()], ("DE", "DE"), ("NO", "NO")]
    assert_column(spark.createDataFrame(texts, "text STRING, expected STRING"), known_country(F.col("text")))


def test_a_code_is_a_country_in_a_column_of_codes(spark):
    texts = [*IN_CODES, *[(code, country) for country, code in CODES]]
    assert_column(spark.createDataFrame(texts, "text STRING, expected STRING"), known_country_of_code(F.col("text")))


def test_names_are_compared_alike_in_python_and_on_an_engine(spark):
    names = {*country_names(), *[alias for alias, _ in ALIASES]}
    forms = spark.createDataFrame([(name, plain(name)) for name in names], "text STRING, expected STRING")
    assert_column(forms, country_form(F.col("text")))
