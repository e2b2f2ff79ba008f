"""The title that a show_id stands for in a release."""

from datetime import datetime

import pytest

from cleanse.catalogue.rows import TITLE_ROWS
from cleanse.catalogue.verdicts import TITLE_VERDICTS
from silver.catalogue.title_ids import TITLE_IDS, next_title_ids, title_ids
from silver.releases.next_release import NO_RELEASE

VALID, REPEAT = [], ["unique_title"]


@pytest.fixture
def checked(rows):
    """Checked rows of (show_id, title_key, failed_rules, release)."""

    def make(*cells):
        named = [dict(zip(("show_id", "title_key", "failed_rules", "release"), row, strict=False)) for row in cells]
        return rows(TITLE_ROWS, *[{"release": "a", **row, "_release": row.get("release", "a")} for row in named])

    return make


def found(rows):
    return sorted((row.show_id, row.title_key) for row in title_ids(rows).collect())


def test_each_show_id_stands_for_the_title_of_its_row(checked):
    assert found(checked(("s1", 1, VALID), ("s2", 2, VALID))) == [("s1", 1), ("s2", 2)]


def test_a_row_that_repeats_a_title_leads_to_that_title(checked):
    assert found(checked(("s1", 1, VALID), ("s2", 1, REPEAT))) == [("s1", 1), ("s2", 1)]


def test_a_row_that_fails_another_rule_leads_to_nothing(checked):
    assert found(checked(("s1", 1, ["valid_title"]), (None, 2, ["valid_show_id"]))) == []


def test_of_rows_with_one_show_id_the_valid_one_counts_then_the_smallest_key(checked):
    rows = [("s1", 1, REPEAT), ("s1", 3, VALID), ("s1", 2, VALID)]
    assert found(checked(*rows)) == found(checked(*reversed(rows))) == [("s1", 2)]


def test_its_columns_are_the_tables(checked):
    assert title_ids(checked()).columns == list(TITLE_IDS.column_names[:2])


def test_next_title_ids_are_those_of_the_next_applied_release(checked, rows):
    table = checked(("s1", 1, VALID, "a"), ("s1", 2, VALID, "b"), ("s2", 3, VALID, "b"), ("s3", 4, VALID, "held"))
    versions = {name: datetime(2021, month, 1) for month, name in enumerate(("a", "b", "held"), start=10)}
    verdicts = rows(
        TITLE_VERDICTS,
        *[
            {
                "_release": name,
                "release": name,
                "version": version,
                "verdict": "held" if name == "held" else "applied",
                "rows": 2 if name == "b" else 1,
            }
            for name, version in versions.items()
        ],
    )
    ids, first = next_title_ids(table, verdicts, NO_RELEASE)
    assert ([tuple(row) for row in ids.collect()], first) == ([("s1", 1)], versions["a"])
    ids, second = next_title_ids(table, verdicts, first)
    assert (sorted(map(tuple, ids.collect())), second) == ([("s1", 2), ("s2", 3)], versions["b"])
    assert next_title_ids(table, verdicts, second) is None
