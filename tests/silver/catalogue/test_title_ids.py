"""Which title a show_id stands for in a release."""

import pytest

from silver.catalogue.title_ids import TITLE_IDS, title_ids
from silver.catalogue.titles import judge
from tests.silver.catalogue.test_titles import bronze  # noqa: F401  (a fixture)


@pytest.fixture
def keys(bronze):  # noqa: F811
    """The title_key of a row."""
    return lambda **change: judge(bronze(change)).select("title_key").collect()[0][0]


def found(rows):
    return sorted((row.show_id, row.title_key) for row in title_ids(rows).collect())


def test_each_show_id_stands_for_the_title_of_its_row(bronze, keys):  # noqa: F811
    other = {"show_id": "s2", "title": "Other"}
    assert found(bronze({}, other)) == sorted([("s1", keys()), ("s2", keys(**other))])


def test_a_row_that_repeats_a_title_leads_to_that_title(bronze, keys):  # noqa: F811
    assert found(bronze({}, {"show_id": "s2"})) == [("s1", keys()), ("s2", keys())]


def test_a_row_that_fails_another_rule_leads_to_nothing(bronze):  # noqa: F811
    assert found(bronze({"title": None}, {"show_id": "s2", "type": "Song"})) == []


def test_of_two_rows_with_one_show_id_one_counts_in_any_order(bronze):  # noqa: F811
    other = {"title": "Other"}
    assert found(bronze({}, other)) == found(bronze(other, {}))
    assert len(found(bronze({}, other))) <= 1


def test_its_columns_are_the_tables(bronze):  # noqa: F811
    assert title_ids(bronze({})).columns == list(TITLE_IDS.column_names[:2])
