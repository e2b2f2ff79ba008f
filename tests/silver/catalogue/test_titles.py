"""The rows of catalogue releases that are left out."""

from bronze import feeds
from cleanse.catalogue.rows import TITLE_ROWS
from silver.catalogue.titles import TITLES_QUARANTINE, quarantined_titles
from tests.helpers.frames import assert_same_rows


def test_quarantined_titles_are_the_unchanged_rows_that_failed_a_rule(rows):
    unchanged = {
        "show_id": " s1",
        "title": None,
        "_rescued_data": "{}",
        "_source_file": "a.csv",
        "_release": "titles/a",
    }
    ((bronze_row,), failed) = (rows(feeds.TITLES_FEED.table, unchanged).collect(), ["valid_title"])
    checked = rows(
        TITLE_ROWS,
        {"failed_rules": failed, "bronze_row": bronze_row, "show_id": "s1", "_source_file": "a.csv"},
        # Its rating can't be read: it stays.
        {"failed_rules": [], "unreadable": [("valid_rating", "7.8")], "show_id": "s2"},
    )
    assert_same_rows(quarantined_titles(checked), rows(TITLES_QUARANTINE, {**unchanged, "failed_rules": failed}))
