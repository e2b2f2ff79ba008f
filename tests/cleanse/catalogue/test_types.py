"""Types of titles, as sources spell them, and which column of a release has them."""

import pytest

from cleanse.catalogue.types import with_type

MOVIES = ("Movie", "movie", "MOVIE", "Movies", "Film", "tvMovie", "TVMOVIE")
SHOWS = (
    *("TV Show", "tv show", "TV SHOW", "TV Shows", "Show", "SHOW", "Shows", "Series", "TV Series", "tvSeries"),
    *("TVSeries", "TV", "tv", "Mini-Series", "mini-series"),
)
NEITHER = ("Podcast", "TV Movie Night", "Moviee", "TV  Show", "", None)


@pytest.fixture
def typed(spark):
    """The rows with their type, of (release, type, category, listed_in); sorted by the first column, `row`."""
    texts = ("_release", "release", "read_with", "type", "category", "listed_in_text")
    columns = f"row INT, {', '.join(f'{name} STRING' for name in texts)}"

    def typed(*rows):
        given = [(place, release, release, release, *cells) for place, (release, *cells) in enumerate(rows)]
        found = with_type(spark.createDataFrame(given, columns)).sort("row").collect()
        return [(row["type"], row["type_flag"], row["listed_in_text"]) for row in found]

    return typed


def test_with_type_spells_a_type_as_the_catalogue_does(typed):
    found = typed(*[("a", text, None, None) for text in (*MOVIES, *SHOWS, *NEITHER)])
    movies, shows = [("Movie", 1, None)] * len(MOVIES), [("TV Show", 2, None)] * len(SHOWS)
    assert found == [*movies, *shows, *[(text, None, None) for text in NEITHER]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([("Movie", "Dramas", None), ("Song", None, None)], [(1, "Dramas"), (None, None)], id="genres"),
        pytest.param([("Movie", "Dramas", "Sad"), ("Film", "Dramas", None)], [(1, "Sad"), (1, None)], id="listed"),
        pytest.param([("Dramas", "Film", None), ("N/A", "TV", None)], [(1, "Dramas"), (2, None)], id="types"),
        pytest.param(
            [("X", "Movie", "Dramas"), (None, "Show", "Sad")], [(1, "Dramas"), (2, "Sad")], id="types, listed"
        ),
        pytest.param([(None, "Movie", None), (None, "Shorts", None)], [(1, None), (None, None)], id="no type"),
        pytest.param([("Movie", "Movies", None), ("Show", "Drama", None)], [(1, "Movies"), (2, "Drama")], id="both"),
    ],
)
def test_with_type_takes_of_two_columns_the_one_whose_values_are_types(typed, rows, expected):
    other = ("another release", "Movie", "Show", None)
    *found, another = typed(*[("a", *row) for row in rows], other)
    assert [(flag, genres) for _, flag, genres in found] == expected
    assert another == ("Movie", 1, "Show")


def test_with_type_keeps_what_is_no_type_for_quarantine(spark, typed):
    assert typed(("a", "Song", None, None)) == [("Song", None, None)]
    assert typed(("a", "Dramas", "Movie", None), ("a", "Dramas", "Song", None))[1][:2] == ("Song", None)
