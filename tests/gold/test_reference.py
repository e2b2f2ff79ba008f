import json

from gold.reference import COUNTRIES, MATURITY


def test_iso_codes_are_alpha_2_and_unique_but_for_renamed_countries():
    codes = [country.iso_code for country in COUNTRIES.values() if country.iso_code]
    assert all(len(code) == 2 and code.isupper() for code in codes)
    assert {code for code in codes if codes.count(code) > 1} == {"CZ"}  # Czech Republic and Czechia


def test_states_that_no_longer_exist_have_a_region_and_no_code():
    assert COUNTRIES["Soviet Union"].iso_code is None
    assert COUNTRIES["Soviet Union"].region == "Europe"


def test_every_country_and_rating_of_the_real_catalogues_is_known(real_data):
    for path in (real_data / "expected").glob("expected_v*_*.json"):
        clean = json.loads(path.read_text())["clean"] if "overlap" not in path.name else {}
        assert set(clean.get("all_country_counts", {})) - {"Not Given"} <= set(COUNTRIES), path.name
        assert set(clean.get("rating_distribution", {})) - {"<null>", "A"} <= set(MATURITY), path.name
