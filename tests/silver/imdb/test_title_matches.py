"""A catalogue title is matched with an IMDb title only if exactly one fits; matches are never guessed."""

from datetime import datetime

from silver.imdb.title_matches import IMDB_MATCHES, imdb_matches, matched_titles
from tests.helpers.frames import assert_same_rows

GONE = datetime(2026, 1, 1)


def verdicts(matches):
    return sorted((row.title_key, row.tconst, row.verdict) for row in matches.collect())


def test_a_title_is_matched_by_type_name_and_year(titles, basics, rows):
    ours = titles(
        {"title": "The Best: Ever"},
        {"title": "Cafe\u0301"},
        {"title": "Nobody"},
        {"title": "Far", "release_year": 2014},
    )
    theirs = basics(
        ("tt1", "The best - EVER", 2020, {}),
        ("tt2", "Coffee", 2020, {"original_title": "Café"}),
        ("tt3", "Nobody", 2020, {"type": "TV Show"}),
        ("tt4", "Far", 2020, {}),
        ("tt5", "Far", 2010, {}),
    )
    expected = [
        (1, "Movie", "The Best: Ever", 2020, True, "tt1", "The best - EVER", "The best - EVER", 2020, "matched",
         "the only title of that type and name, of that year"),
        (2, "Movie", "Cafe\u0301", 2020, True, "tt2", "Coffee", "Café", 2020, "matched",
         "the only title of that type and name, of that year"),
        (3, "Movie", "Nobody", 2020, True, None, None, None, None, "unmatched",
         "IMDb has no title of that type and name"),
        (4, "Movie", "Far", 2014, True, None, None, None, None, "unmatched",
         "IMDb has titles of that type and name, the nearest in time of 2010"),
    ]  # fmt: skip
    matches = imdb_matches(ours, theirs)
    assert_same_rows(matches, rows(IMDB_MATCHES, *expected))
    assert sorted(map(tuple, matched_titles(matches).collect())) == [(1, "tt1"), (2, "tt2")]


def test_of_two_candidates_of_the_year_none_is_guessed(titles, basics):
    theirs = basics(("tt1", "A", 2020, {}), ("tt2", "A", 2020, {}), ("tt3", "A", 2019, {}))
    assert verdicts(imdb_matches(titles({"title": "A"}), theirs)) == [(1, "tt1", "ambiguous"), (1, "tt2", "ambiguous")]


def test_a_year_more_or_less_is_enough_where_it_is_unambiguous(titles, basics):
    ours = titles({"title": "A"}, {"title": "B"}, {"title": "C"}, {"title": "D"})
    theirs = basics(
        *(("tt1", "A", 2021, {}), ("tt2", "B", 2019, {}), ("tt3", "B", 2021, {})),
        *(("tt4", "C", 2018, {}), ("tt5", "D", None, {})),
    )
    assert verdicts(imdb_matches(ours, theirs)) == [
        *((1, "tt1", "matched"), (2, "tt2", "ambiguous"), (2, "tt3", "ambiguous")),
        *((3, None, "unmatched"), (4, None, "unmatched")),
    ]


def test_the_year_itself_comes_before_one_apart(titles, basics):
    ours = titles({"title": "A", "release_year": 2019}, {"title": "A", "release_year": 2020})
    both = basics(("tt1", "A", 2019, {}), ("tt2", "A", 2020, {}))
    assert verdicts(imdb_matches(ours, both)) == [(1, "tt1", "matched"), (2, "tt2", "matched")]
    # tt1 is the other title: the second has no candidate that is free.
    one = basics(("tt1", "A", 2019, {}))
    assert verdicts(imdb_matches(ours, one)) == [(1, "tt1", "matched"), (2, "tt1", "unmatched")]
    # The first is tt1 for certain, so tt3 is the second alone.
    apart = basics(("tt1", "A", 2019, {}), ("tt3", "A", 2021, {}))
    assert (1, "tt1", "matched") in verdicts(imdb_matches(ours, apart))


def test_a_candidate_of_two_titles_is_ambiguous_but_not_where_one_of_them_has_left(titles, basics):
    theirs = basics(("tt1", "A", 2020, {}))
    twice = titles({"title": "A"}, {"title": "a"})
    assert verdicts(imdb_matches(twice, theirs)) == [(1, "tt1", "ambiguous"), (2, "tt1", "ambiguous")]
    left = titles({"title": "A"}, {"title": "a", "__END_AT": GONE})
    assert verdicts(imdb_matches(left, theirs)) == [(1, "tt1", "matched"), (2, "tt1", "ambiguous")]
    alone = titles({"title": "A", "__END_AT": GONE})
    assert verdicts(imdb_matches(alone, theirs)) == [(1, "tt1", "matched")]


def test_without_imdb_every_title_is_unmatched(titles, basics):
    assert verdicts(imdb_matches(titles({"title": "A"}, {"title": "B"}), basics())) == [
        (1, None, "unmatched"),
        (2, None, "unmatched"),
    ]
