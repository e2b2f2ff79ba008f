"""The report on files of a feed whose newest file replaces the others: headers, rules, separators, what to do."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bronze.feeds import Feed, SourceColumn
from silver.releases.problems import MAX_NAMED_HEADERS
from silver.releases.quarantine import quarantine_table
from silver.releases.report import file_report, releases_table
from tests.helpers.frames import assert_same_rows

FEED = Feed(
    name="films",
    folder="films",
    comment="",
    columns=(SourceColumn("title", "", ("name",)), SourceColumn("genre", "", ("genres", "category"))),
    options={},
    alternatives=(SourceColumn("kind", "", replaces=("genre",)),),
    qualifiers=("movie",),
    row_noun="titles",
    collection="the catalogue",
)
FILM_RELEASES = releases_table("film_releases", "release of films")
NOON = datetime(2021, 9, 25, 12)
COLUMNS = (
    *("source_file", "file_name", "release_order", "released_at", "ordered_by", "rows", "valid_rows"),
    *("quarantined_rows", "is_applied", "missing_columns", "matched_headers", "leftover_headers", "separator"),
    *("problem", "is_superseded", "release", "verdict", "reason", "unreadable", "undecided_date"),
)
GOOD = {"title": "x", "genre": "y"}


@pytest.fixture
def report(rows):
    """The report on files: name to rows, and name to how many of its rows are quarantined."""

    def bronze_row(name, cells, ingested):
        own = {name: cell for name, cell in cells.items() if name in (*FEED.column_names, "_corrupt_record")}
        rescued = {name: cell for name, cell in cells.items() if name not in own}
        text = json.dumps({**rescued, "_file_path": name}) if rescued else None
        lineage = {"_source_file": f"file:///in/{name}", "_source_modified_at": NOON, "_ingested_at": ingested}
        return {**own, "_rescued_data": text, **lineage}

    def make(files, quarantined=None, ingested=None, feed=FEED):
        times = ingested or {}
        bronze = [bronze_row(name, row, times.get(name, NOON)) for name, cells in files.items() for row in cells]
        failed = [(f"file:///in/{name}", rules) for name, every in (quarantined or {}).items() for rules in every]
        return file_report(
            rows(FEED.table, *bronze),
            rows(quarantine_table(FEED), *failed, columns="_source_file failed_rules"),
            feed,
        )

    return make


def by_file(report, *columns):
    return {row["file_name"]: tuple(row[name] for name in columns) for row in report.collect()}


def problem(report):
    ((text,),) = by_file(report, "problem").values()
    return text


def test_file_report_of_an_empty_bronze_table_is_empty(rows, report):
    assert_same_rows(report({}), rows(FILM_RELEASES))


def test_file_report_is_one_row_per_file_of_the_specified_columns(rows, report):
    files = {
        "2021-09-01.csv": [GOOD, {"title": "x", "genre": None}, GOOD],
        "undated.csv": [{"movie_title": "x", "Category": None, "extra": "1"}, {"movie_title": "z", "Category": "c"}],
    }
    actual = report(files, {"2021-09-01.csv": [["valid_title"]], "undated.csv": [["a", "b"], ["a"]]})
    first = (
        *("file:///in/2021-09-01.csv", "2021-09-01.csv", 1, datetime(2021, 9, 1), "name"),
        *(3, 2, 1, True, [], [], [], None, None, False),
        *(None, "applied", None, [], None),
    )
    second = (
        *("file:///in/undated.csv", "undated.csv", 2, NOON, "modification time"),
        *(2, 0, 2, False, [], ['title ← "movie_title" (last word)', 'genre ← "Category" (synonym)'], ["extra"], None),
        'undated.csv was not applied: none of its 2 rows is valid. Left-over header: "extra". Rules: a, b.',
        *(False, None, "unreadable", None, [], None),
    )
    expected = rows(FILM_RELEASES, first, second, columns=" ".join(COLUMNS))
    assert_same_rows(actual.select(*COLUMNS), expected.select(*COLUMNS))


def test_a_release_that_lacks_a_column_and_is_applied_has_no_problem(report):
    found = by_file(report({"a.csv": [{"title": "x"}]}), "is_applied", "missing_columns", "problem")
    assert found == {"a.csv": (True, ["genre"], None)}


def test_a_column_with_a_value_in_any_row_is_not_missing(report):
    found = by_file(report({"a.csv": [{"title": "x"}, {"genre": "y"}, {}]}), "missing_columns")
    assert found == {"a.csv": ([],)}


def test_a_column_that_has_an_alternative_is_not_missing(report):
    found = by_file(report({"a.csv": [{"Kind": "x", "name": "y"}]}), "missing_columns", "matched_headers")
    assert found == {"a.csv": ([], ['title ← "name" (synonym)', 'kind ← "Kind" (name)'])}


def test_problem_names_the_file_the_missing_columns_and_the_left_over_headers(report):
    rows = [{"label": "x", "sort": "y"}] * 1500
    text = problem(report({"v2022.csv": rows}, {"v2022.csv": [["valid_title"]] * 1500}))
    assert text == (
        "v2022.csv was not applied: none of its 1,500 rows is valid. No column was found for title, genre. "
        'Left-over headers: "label", "sort".'
    )


def test_problem_names_the_rules_where_headers_do_not_explain_it(report):
    text = problem(report({"a.csv": [GOOD]}, {"a.csv": [["b", "a"]]}))
    assert text == "a.csv was not applied: its only row is not valid. Rules: a, b."


@pytest.mark.costly_on_spark
@pytest.mark.parametrize(("mark", "called", "said_as"), [(";", ";", "';'"), ("\t", "tab", "tabs"), ("|", "|", "'|'")])
def test_a_single_left_over_header_full_of_another_mark_gives_the_separator(report, mark, called, said_as):
    header = mark.join(["title", "genre", "year"])
    found = report({"a.csv": [{header: mark.join("xyz")}] * 2}, {"a.csv": [["valid_title"]] * 2})
    assert by_file(found, "separator", "missing_columns") == {"a.csv": (called, ["title", "genre"])}
    assert problem(found) == (
        "a.csv was not applied: none of its 2 rows is valid. No column was found for title, genre. "
        f'Left-over header: "{header}". It looks separated by {said_as}: save it with commas.'
    )


def test_a_file_of_malformed_records_alone_gives_the_separator_of_a_line(report):
    found = report({"a.csv": [{"_corrupt_record": "x;Lee, Ann;y;z"}]}, {"a.csv": [["well_formed_record"]]})
    assert problem(found) == (
        "a.csv was not applied: its only row is not valid. No column was found for title, genre. "
        "Rules: well_formed_record. It looks separated by ';': save it with commas."
    )


@pytest.mark.costly_on_spark
@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("x\tLee\ty", "Its lines have tabs, as they should, and its first line is no header: remove what is above the"),
        ("x;Lee;y", "It looks separated by ';': save it with tabs."),
    ],
)
def test_a_file_of_a_feed_with_tabs_is_never_to_be_saved_with_commas(report, line, advice):
    feed = replace(FEED, options={"sep": "\t"})
    found = report({"a.tsv": [{"_corrupt_record": line}]}, {"a.tsv": [["well_formed_record"]]}, feed=feed)
    assert advice in problem(found)
    assert "commas" not in problem(found)


def test_a_mark_in_a_well_read_file_is_no_separator(report):
    found = report({"a.csv": [{**GOOD, "more": "x"}, {"_corrupt_record": "x;y;z"}]}, {"a.csv": [["a"], ["b"]]})
    assert by_file(found, "separator") == {"a.csv": (None,)}


def test_a_sentence_names_few_of_many_headers(report):
    headers = {f"h{place:02}": "x" for place in range(MAX_NAMED_HEADERS + 2)}
    text = problem(report({"a.csv": [headers]}, {"a.csv": [["a"]]}))
    assert text.endswith('"h08", "h09" and 2 more.')


def test_a_release_is_superseded_by_a_later_one_that_is_applied(report):
    files = {f"2021-0{month}.csv": [GOOD] for month in (1, 2, 3, 4)}
    found = by_file(report(files, {"2021-01.csv": [["a"]], "2021-04.csv": [["a"]]}), "is_applied", "is_superseded")
    assert found == {
        "2021-01.csv": (False, True),
        "2021-02.csv": (True, True),
        "2021-03.csv": (True, False),
        "2021-04.csv": (False, False),
    }


def test_a_release_that_was_not_applied_is_settled_by_one_that_was_loaded_after_it(report):
    files = {name: [GOOD] for name in ("2021-01.csv", "2021-02.csv", "2021-09.csv")}
    ingested = {"2021-02.csv": NOON + timedelta(days=1)}
    failed = {"2021-09.csv": [["a"]]}
    found = by_file(report(files, failed, ingested), "is_applied", "is_superseded")
    assert found == {"2021-01.csv": (True, True), "2021-02.csv": (True, False), "2021-09.csv": (False, True)}


def test_the_rule_warns_of_a_release_that_is_neither_applied_nor_superseded(report):
    files = {f"2021-0{month}.csv": [GOOD] for month in (1, 2, 3)}
    found = report(files, {"2021-01.csv": [["a"]], "2021-03.csv": [["a"]]})
    rule = FILM_RELEASES.rules["release_is_applied"]
    assert by_file(found.filter(f"NOT coalesce(({rule}), false)"), "file_name") == {"2021-03.csv": ("2021-03.csv",)}


def test_113_a_release_of_which_most_rows_are_quarantined_is_told(report):
    found = report({"2021-01.csv": [GOOD] * 3}, {"2021-01.csv": [["plausible_date_added"]] * 2})
    assert by_file(found, "is_applied", "problem")["2021-01.csv"] == (
        True,
        "2021-01.csv was applied, but only 1 of its 3 rows is valid: titles of the others are missing from the "
        "catalogue. Rules: plausible_date_added.",
    )
