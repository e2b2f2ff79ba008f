import csv
import json

import pycountry
import pytest

from gold.catalogue.dimensions import known_ratings
from gold.conformed.reference import COUNTRY_SCHEMA, countries
from tests.conftest import ROOT

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


def test_no_two_countries_share_a_code_but_one_that_was_renamed():
    codes = [iso_code for _, iso_code in CODES]
    assert {country for country, iso_code in CODES if codes.count(iso_code) > 1} == {"Czech Republic", "Czechia"}


def test_only_kosovo_and_states_that_no_longer_exist_have_no_code():
    assert {country for country, iso_code, _ in countries() if iso_code is None} == WITHOUT_CODE


def test_a_country_is_listed_once_and_has_a_region():
    names = [country for country, _, _ in countries()]
    assert names == sorted(set(names))
    assert {region for _, _, region in countries()} == REGIONS


def test_the_file_has_the_columns_of_the_schema():
    with (ROOT / "src" / "gold" / "conformed" / "countries.csv").open(newline="") as file:
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
