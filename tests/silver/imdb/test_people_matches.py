"""People of the catalogue are matched with people at IMDb by their names, within matched titles."""

import pytest

from silver.imdb.datasets import NAME_BASICS, TITLE_PRINCIPALS
from silver.imdb.people_matches import IMDB_PEOPLE_MATCHES, imdb_people_matches
from silver.imdb.title_matches import imdb_matches
from tests.helpers.frames import assert_same_rows


@pytest.fixture
def people(rows):
    """Who IMDb credits: pairs of title and person; each person's name and birth year."""
    return lambda credits, names: (
        rows(TITLE_PRINCIPALS.table, *credits, columns="tconst nconst"),
        rows(NAME_BASICS.table, *names, columns="nconst primary_name birth_year"),
    )


def test_people_are_matched_by_name_within_matched_titles(rows, titles, basics, people):
    ours = titles(
        {"title": "A", "directors": ["Ann Lee"], "cast": ["Ann Lee", "Bo Dahl", "Di Po"]},
        {"title": "B", "cast": ["Ann Lee", "bo  dahl", "Cy Ng", "Di Po"]},
        {"title": "Unmatched", "cast": ["Ed Wu"]},
    )
    matches = imdb_matches(ours, basics(("tt1", "A", 2020, {}), ("tt2", "B", 2020, {}), ("tt3", "C", 2020, {})))
    credits = [
        ("tt1", "nm1"),
        ("tt1", "nm1"),
        ("tt1", "nm2"),
        ("tt2", "nm2"),
        ("tt1", "nm4"),
        ("tt2", "nm5"),
        ("tt3", "nm9"),
    ]
    names = [("nm1", "ANN LEE", 1970), ("nm2", "Bo Dahl", None), ("nm4", "Di Po", 1980), ("nm5", "Di Po", 1990)]
    names += [("nm9", "Ed Wu", 1960)]
    found = imdb_people_matches(ours, matches, *people(credits, names))
    only, two = "the only one of that name in the same titles", "2 people of that name in the same titles"
    expected = [
        ("Ann Lee", "nm1", "ANN LEE", 1970, 1, "matched", only),
        ("Bo Dahl", "nm2", "Bo Dahl", None, 1, "matched", only),
        ("bo  dahl", "nm2", "Bo Dahl", None, 1, "matched", only),
        ("Cy Ng", None, None, None, 0, "unmatched", "IMDb credits nobody of that name in the same titles"),
        ("Di Po", "nm4", "Di Po", 1980, 1, "ambiguous", two),
        ("Di Po", "nm5", "Di Po", 1990, 1, "ambiguous", two),
    ]
    assert_same_rows(found, rows(IMDB_PEOPLE_MATCHES, *expected))
