"""Names of the viewing activity, looked up in a catalogue with two releases."""

import pytest

from imports.titles import MOVIE, SHOW, Match, Miss, TitlePeriod, Titles

FIRST, SECOND = 1_000, 2_000
# Before the first release, in the first one, in the second one.
BEFORE, EARLY, LATE = 1, 1_500, 2_500


def period(title, show_id, kind=SHOW, key=None, since=FIRST, until=None):
    return TitlePeriod(title, kind, hash((title, kind)) if key is None else key, show_id, since, until)


CATALOGUE = Titles(
    [
        period("Night Train", "s1"),
        period("Night Train", "s2", MOVIE),
        period("Star Trek", "s3"),
        period("Chef's Table", "s4"),
        period("Chef's Table: France", "s5"),
        period("Mission", "s6", MOVIE),
        period("Kill Bill: Vol. 2", "s7", MOVIE),
        period("Seven & Up", "s8", MOVIE),
        period("The Silence", "s9", MOVIE, key=1),
        period("The Silence", "s10", MOVIE, key=2),
        period("Twice", "s20", MOVIE),
        period("Twice", "s11", MOVIE),
        period("U-Turn", "s21", MOVIE),
        period("U Turn", "s22", MOVIE),
        period("Волга", "s12"),
        period("???", "s13", MOVIE),
        period("Show: Volume 1", "s14"),
        period("Moved", "s30", until=SECOND),
        period("Moved", "s31", since=SECOND),
        period("New", "s32", since=SECOND),
        period("Gone", "s33", until=SECOND),
    ]
)


@pytest.mark.parametrize(
    "name, show_id",
    [
        ("Night Train: Season 1: One (Episode 1)", "s1"),
        ("night  TRAIN: season 12: One: Two", "s1"),
        ("Night Train", "s2"),
        ("Night Train: Limited Series: One", "s1"),
        ("Night Train: Volume 2: One", "s1"),
        ("Night Train: Staffel 1: Eins", "s1"),
        ("Night Train\u00a0: Saison 1\u00a0: Un", "s1"),
        ("Night Train: Mini-série: Un", "s1"),
        ("Night Train: Säsong 1: Ett", "s1"),
        ("Night Train: One", "s1"),
        ("Chef\u2019s Table: France: Season 1: Alain", "s5"),
        ("Chef's Table: Season 1: France", "s4"),
        ("Chef's Table: France: Alain", "s5"),
        ("Kill Bill: Vol. 2", "s7"),
        ("Seven & Up", "s8"),
        ("Twice", "s11"),
        ("U-Turn", "s21"),
        ("U Turn", "s22"),
        ("Волга: Season 1: A", "s12"),
        ("???", "s13"),
        ("Show: Volume 1: Season 2: A", "s14"),
    ],
)
def test_a_name_finds_its_title(name, show_id):
    match = CATALOGUE.find(name, EARLY)
    assert (match.show_id, match.miss) == (show_id, None)


@pytest.mark.parametrize(
    "name, match",
    [
        ("Unheard Of", Match("Unheard Of", miss=Miss.UNKNOWN)),
        ("Unheard Of: Season 1: One", Match("Unheard Of", miss=Miss.UNKNOWN)),
        ("Star Trek: Discovery: Season 1: One", Match("Star Trek: Discovery", miss=Miss.UNKNOWN)),
        ("Mission: Impossible", Match("Mission: Impossible", miss=Miss.UNKNOWN)),
        ("Mission: Season 1: One", Match("Mission", miss=Miss.UNKNOWN)),
        ("Seven + Up", Match("Seven + Up", miss=Miss.UNKNOWN)),
        ("The Silence", Match("The Silence", miss=Miss.AMBIGUOUS)),
        ("U. Turn", Match("U. Turn", miss=Miss.AMBIGUOUS)),
        ("", Match("", miss=Miss.UNKNOWN)),
        (":", Match(":", miss=Miss.UNKNOWN)),
    ],
)
def test_a_name_that_is_no_one_title_is_not_guessed(name, match):
    assert CATALOGUE.find(name, EARLY) == match


def test_only_what_was_found_without_a_season_is_a_beginning():
    names = ("Night Train: One", "Night Train: Season 1: One", "Night Train")
    assert [CATALOGUE.find(name, EARLY).is_beginning for name in names] == [True, False, False]


@pytest.mark.parametrize(
    "name, ids",
    [
        ("Moved", ["s30", "s30", "s31"]),
        ("New", [Miss.OTHER_TIMES, Miss.OTHER_TIMES, "s32"]),
        ("Gone", ["s33", "s33", Miss.OTHER_TIMES]),
        ("New: Season 1: One", [Miss.OTHER_TIMES, Miss.OTHER_TIMES, "s32"]),
    ],
)
def test_an_id_is_that_of_the_release_of_the_time_or_else_of_the_first_one(name, ids):
    matches = [CATALOGUE.find(name, time) for time in (BEFORE, EARLY, LATE)]
    assert [match.miss or match.show_id for match in matches] == ids


def test_a_release_begins_with_its_own_millisecond():
    assert [CATALOGUE.find("Moved", time).show_id for time in (SECOND - 1, SECOND)] == ["s30", "s31"]


def test_without_titles_nothing_is_found():
    assert Titles([]).find("Night Train", EARLY).miss is Miss.UNKNOWN
