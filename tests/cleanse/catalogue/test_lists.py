"""Columns of lists in every form that is read; the form is decided for a whole release."""

import pytest

from cleanse.catalogue.lists import RAREST, with_list_forms, with_lists

COLUMNS = {"director": "directors", "country": "countries"}


@pytest.fixture
def lists(spark):
    """The lists of each release's cells, by release: in the column director, or country."""
    texts = ("_release", "release", "read_with", "director_text", "country", "country_text")
    schema = f"row INT, {', '.join(f'{name} STRING' for name in texts)}"

    def lists(releases, column="director"):
        rows = []
        for release, cells in releases.items():
            for cell in cells:
                director, country = (cell, None) if column == "director" else (None, cell)
                known = None if country in ("NA", "n/a") else country
                rows.append((len(rows), release, release, release, director, country, known))
        titles = with_lists(with_list_forms(spark.createDataFrame(rows, schema), [*COLUMNS]), COLUMNS)
        found = {}
        for row in titles.sort("row").collect():
            found.setdefault(row["release"], []).append(row[COLUMNS[column]])
        return found

    return lists


# The cells of a column, and their items.
FORMS = {
    "commas": {"Ann, Bo": ["Ann", "Bo"], "Cy": ["Cy"], " Ann ,, Bo, Ann": ["Ann", "Bo"], None: [], ",": []},
    "bars": {"Ann|Bo": ["Ann", "Bo"], "Cy | Di": ["Cy", "Di"], "Ed": ["Ed"]},
    "semicolons": {"Ann; Bo": ["Ann", "Bo"], "Cy;Di;": ["Cy", "Di"]},
    "slashes": {"Ann/Bo": ["Ann", "Bo"], "Cy / Di": ["Cy", "Di"]},
    "bars before slashes": {"Sci-Fi/Fantasy|Drama": ["Sci-Fi/Fantasy", "Drama"], "A/B": ["A/B"]},
    "slashes beside commas": {"Ann/Bo": ["Ann/Bo"], "Cy, Di": ["Cy", "Di"]},
    "semicolons beside commas": {"Ann; Bo": ["Ann; Bo"], "Cy, Di": ["Cy", "Di"]},
    "bars beside as many commas": {"Ann|Bo": ["Ann|Bo"], "Cy, Di": ["Cy", "Di"]},
    "brackets": {"[Ann, Bo]": ["Ann", "Bo"], "[]": [], "[ Cy ]": ["Cy"], None: []},
    "Python": {
        "['US', 'FR']": ["US", "FR"],
        "[\"O'Neil\", 'Bo']": ["O'Neil", "Bo"],
        "['Cy, Jr.', 'Di']": ["Cy, Jr.", "Di"],
    },
    "JSON": {
        '["Ann, Jr.", "Bo"]': ["Ann, Jr.", "Bo"],
        '["Ren\\u00e9", "\\"Bo\\" Di"]': ["René", '"Bo" Di'],
        '["Cy"]': ["Cy"],
    },
    "objects of JSON": {
        '[{"name": "Cy Poe"}]': ["Cy Poe"],
        '[{"id": 1, "name": "Ann, Jr."}, {"id": 2, "name": "Bo"}]': ["Ann, Jr.", "Bo"],
        '[{"name":"Ren\\u00e9"}]': ["René"],
        '[{"name": "Cy \\"Ed\\" Poe", "id": 1}]': ['Cy "Ed" Poe'],
        "[]": [],
    },
    "objects of Python": {"[{'id': 1, 'name': 'Ann'}, {'id': 2, 'name': \"O'Neil\"}]": ["Ann", "O'Neil"]},
    "escaped apostrophes": {
        "['O\\'Neil \"Bo\"', 'Di']": ['O\'Neil "Bo"', "Di"],
        "['O\\'Neil, Jr.', 'Di']": ["O'Neil, Jr.", "Di"],
    },
    "apostrophes": {"['Conan O'Brien', 'Bo']": ["Conan O'Brien", "Bo"], "[O'Neil, Bo]": ["O'Neil", "Bo"]},
    "one cell without brackets": {"[Ann], Bo": ["[Ann]", "Bo"], "[Cy]": ["[Cy]"]},
    "quotes without brackets": {"'Ann', Bo": ["'Ann'", "Bo"]},
    "unknown items": {"Ann, N/A, unknown, 0": ["Ann"], "NaN, nan": [], "Bo, No Director": ["Bo"]},
    "unknown items in brackets": {"[None, 'Ann']": ["Ann"], "['', nan]": []},
    "nothing": {None: []},
}


def test_lists_are_read_in_every_form(lists):
    assert lists({name: [*cells] for name, cells in FORMS.items()}) == {
        name: [*cells.values()] for name, cells in FORMS.items()
    }


def test_a_sign_separates_where_one_cell_in_a_hundred_has_it(lists):
    often, seldom = ["A/B", *["C"] * (RAREST - 1)], ["A/B", *["C"] * RAREST]
    unknown = [*often, None]
    found = lists({"often": often, "seldom": seldom, "unknown": unknown})
    assert {name: items[0] for name, items in found.items()} == {
        "often": ["A", "B"],
        "seldom": ["A/B"],
        "unknown": ["A", "B"],
    }


def test_a_bar_separates_where_ten_times_fewer_cells_have_a_comma(lists):
    comma = "Cy, Jr."
    found = lists({"few": [comma, *["A|B"] * 10], "many": [comma, *["A|B"] * 9]})
    assert (found["few"][:2], found["many"][:2]) == ([["Cy, Jr."], ["A", "B"]], [["Cy", "Jr."], ["A|B"]])


def test_na_is_namibia_in_a_column_of_country_codes(lists):
    found = lists(
        {
            "codes": ["US, NA", "NA", "FR", "n/a", None],
            "names": ["France, NA", "NA", "Chad"],
            "mostly unknown": ["NA", "NA", "France"],
            "in brackets": ["['US', 'NA']", "['FR']"],
        },
        column="country",
    )
    assert found == {
        "codes": [["United States", "Namibia"], ["Namibia"], ["France"], [], []],
        "names": [["France"], [], ["Chad"]],
        "mostly unknown": [[], [], ["France"]],
        "in brackets": [["United States", "Namibia"], ["France"]],
    }


def test_countries_have_the_catalogues_names_and_two_names_of_one_are_one(lists):
    cells = {
        "USA, France, U.S., United States": ["United States", "France"],
        "UK, England, south korea": ["United Kingdom", "South Korea"],
        "France, Atlantis": ["France", "Atlantis"],
        "West Germany, Germany": ["West Germany", "Germany"],
        "N/A, Türkiye": ["Turkey"],
        None: [],
    }
    codes = {"us, FR, USA": ["United States", "France"], "UK, GB": ["United Kingdom"], "XX": ["XX"]}
    found = lists({"names": [*cells], "codes": [*codes]}, column="country")
    assert found == {"names": [*cells.values()], "codes": [*codes.values()]}
    assert lists({"directors": ["USA, U.S."]}) == {"directors": [["USA", "U.S."]]}
