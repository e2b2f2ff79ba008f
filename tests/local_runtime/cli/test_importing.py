"""What `./lakehouse import` says of a file's rows and titles."""

from collections import Counter

from imports.titles import Match, Miss
from imports.viewing_activity import Activity, View
from local_runtime.cli.importing import left_out, titles_found

VIEW = View("Ada", "T", 0, 1, "TV", "NO")


def test_rows_that_are_left_out_are_counted_by_type_and_named_by_line():
    activity = Activity(
        rows=1_020,
        views=(VIEW,),
        supplemental=Counter({"TRAILER": 2, "HOOK": 1_000}),
        unreadable=(3, 5, 7, 8, 9, 10),
        impossible=(11,),
        repeats=1,
        unknown_countries=Counter(["Norway", "Norge", "Norway"]),
    )
    supplemental, unreadable, impossible, repeats, countries = left_out(activity)
    assert supplemental.endswith("1,002 rows (1,000 HOOK, 2 TRAILER)")
    assert "6 rows (line 3, 5, 7, 8, 9 …)" in unreadable and "00:41:22" in unreadable
    assert impossible.endswith("or in the future: 1 row (line 11)")
    assert repeats.endswith("1 row")
    assert countries == "unknown countries: 3 rows (Norway, Norge)"


def test_nothing_is_said_where_nothing_was_left_out():
    assert [*left_out(Activity(rows=1, views=(VIEW,)))] == []


def test_the_most_frequent_names_that_were_not_found_come_first_with_the_reason():
    missed = [Match(name, miss=Miss.UNKNOWN) for name in ("B", "A", "C", "C", "", "D")]
    matches = [*missed, Match("E", miss=Miss.AMBIGUOUS), Match("E", miss=Miss.AMBIGUOUS)]
    assert [*titles_found([(VIEW, match) for match in matches])][1:] == [
        "not found: 6 names, 8 views, which count as Unknown:",
        "  2 views: C (not in the catalogue)",
        "  2 views: E (several titles of this name)",
        "  1 view: (no title) (not in the catalogue)",
        "  1 view: A (not in the catalogue)",
        "  1 view: B (not in the catalogue)",
        "  … and 1 more name",
    ]


def test_titles_found_by_the_beginning_of_a_name_are_named():
    matches = [Match("Dark", "s1"), Match("Dark", "s1", is_beginning=True), Match("Lupin", "s2")]
    assert [*titles_found([(VIEW, match) for match in matches])] == [
        "titles found in the lake: 2 names, 3 views",
        "found by the beginning of their names alone: 1 view (Dark)",
    ]
