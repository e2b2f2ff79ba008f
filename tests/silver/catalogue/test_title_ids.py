"""The title that a show_id stands for in a release."""

import pytest

from silver.catalogue.title_ids import TITLE_IDS, next_title_ids, title_ids
from silver.catalogue.titles import check_titles


@pytest.fixture
def keys(bronze):
    """The title_key of a row."""
    return lambda **change: check_titles(bronze(change)).select("title_key").collect()[0][0]


def found(rows):
    return sorted((row.show_id, row.title_key) for row in title_ids(rows).collect())


def test_each_show_id_stands_for_the_title_of_its_row(bronze, keys):
    other = {"show_id": "s2", "title": "Other"}
    assert found(bronze({}, other)) == sorted([("s1", keys()), ("s2", keys(**other))])


def test_a_row_that_repeats_a_title_leads_to_that_title(bronze, keys):
    assert found(bronze({}, {"show_id": "s2"})) == [("s1", keys()), ("s2", keys())]


def test_a_row_that_fails_another_rule_leads_to_nothing(bronze):
    assert found(bronze({"title": None}, {"show_id": "s2", "type": "Song"})) == []


def test_of_two_rows_with_one_show_id_one_counts_in_any_order(bronze):
    other = {"title": "Other"}
    assert found(bronze({}, other)) == found(bronze(other, {}))
    assert len(found(bronze({}, other))) <= 1


def test_its_columns_are_the_tables(bronze):
    assert title_ids(bronze({})).columns == list(TITLE_IDS.column_names[:2])


def test_next_title_ids_are_those_of_the_next_release(bronze, keys):
    rows = bronze(
        {"_source_file": "2021-10-01.csv"},
        {"_source_file": "2021-11-01.csv", "title": "Other"},
        {"_source_file": "2021-11-01.csv", "show_id": "s2"},
    )
    ids, first = next_title_ids(rows, None)
    assert [(row.show_id, row.title_key) for row in ids.collect()] == [("s1", keys())]
    ids, second = next_title_ids(rows, first)
    assert sorted(map(tuple, ids.collect())) == sorted([("s1", keys(title="Other")), ("s2", keys())])
    assert next_title_ids(rows, second) is None
