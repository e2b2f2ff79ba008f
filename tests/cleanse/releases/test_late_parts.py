"""Late part files that a decision accepts: their rows are rows of the release that they belong to."""

from datetime import datetime

import pytest

from bronze import feeds
from cleanse.catalogue.cleansing import title_cells
from cleanse.catalogue.rows import TITLE_ROWS, UNIQUE_TITLE, title_rows
from cleanse.catalogue.verdicts import title_verdicts
from cleanse.releases.decisions import ACCEPT, REJECT, accepted_parts
from cleanse.releases.verdicts import Limits
from cleanse.subscribers.cleansing import subscriber_cells
from cleanse.subscribers.rows import subscriber_rows
from tests.cleanse.catalogue.conftest import GOOD
from tests.cleanse.subscribers.conftest import GOOD as SUBSCRIBER
from tests.helpers.frames import assert_same_rows, stored

RELEASE, TIMES = "titles/a/x", [datetime(2021, 9, 26 + number, 10) for number in range(3)]
LATE = [f"{RELEASE} of {time}" for time in TIMES]


@pytest.fixture
def part_files(rows):
    """The cells of part files: (number of the update that found it, title, changes)."""

    def row(update, title, changes):
        file = {"_source_file": f"titles/a/part-0000{update}-x.csv", "_ingested_at": TIMES[update]}
        return {**GOOD, "_release": RELEASE, "title": title, **file, **changes}

    return lambda *given: title_cells(
        rows(
            feeds.TITLES_FEED.table,
            *[row(update, title, more) for update, title, *changes in given for more in [*changes, {}][:1]],
        )
    )


def cells(rows):
    """The release, title and failures of each row, in order."""
    return sorted((row.release, row.title or "", *row.failed_rules) for row in rows.collect())


def test_accepted_parts_are_late_part_files_alone():
    decisions = {LATE[1]: ACCEPT, LATE[2]: REJECT, RELEASE: ACCEPT, "titles/b of 2021.csv": ACCEPT}
    assert accepted_parts(decisions) == (LATE[1],)


def test_27_accepted_parts_are_rows_of_their_release_and_are_checked_with_its_other_rows(part_files):
    landed = part_files((0, "A"), (0, "B"), (1, "B"), (1, "C"), (2, "D"), (0, None))
    apart = title_rows(landed)
    assert {row.release for row in apart.collect()} == {RELEASE, *LATE[1:]}
    assert cells(title_rows(landed, [LATE[1], "titles/other of 2021-09-27 10:00:00"])) == [
        (RELEASE, "", "valid_title"),
        (RELEASE, "A"),
        (RELEASE, "B"),
        (RELEASE, "B", UNIQUE_TITLE),
        (RELEASE, "C"),
        (LATE[2], "D"),
    ]


@pytest.mark.costly_on_spark
def test_27_all_accepted_parts_give_the_rows_of_parts_that_came_together(part_files):
    """As a full refresh of bronze reads them."""
    # What decides the order of day and month comes with the second ones.
    first = {"date_added": "5/9/2021"}
    parts = [(0, "A", first), (0, "B"), (1, "B"), (1, "C", {"date_added": "25/8/2021"}), (2, "D")]
    together = [(0, title, *changes) for _, title, *changes in parts]
    compared = [name for name in TITLE_ROWS.column_names if name not in ("_source_file", "bronze_row")]
    joined = title_rows(part_files(*parts), LATE[1:])
    assert_same_rows(joined.select(*compared), title_rows(part_files(*together)).select(*compared))


@pytest.mark.costly_on_spark
def test_27_parts_join_the_first_ones_with_a_valid_row(part_files):
    landed = part_files((0, None), (1, "A"), (2, "B"))
    assert cells(title_rows(landed, [LATE[2]])) == [(RELEASE, "", "valid_title"), (LATE[1], "A"), (LATE[1], "B")]
    # Accepted, the first ones are a release as before: nothing with a valid row came earlier.
    assert cells(title_rows(landed, [LATE[1]])) == cells(title_rows(landed))


def test_27_accepted_parts_are_judged_and_applied_with_their_release(part_files):
    landed = part_files((0, "A"), (1, "B"), (2, "C"))
    decisions = {LATE[1]: ACCEPT}
    limits = Limits(closed_percent=15)
    rows = title_verdicts(
        stored(title_rows(landed, accepted_parts(decisions)), TITLE_ROWS), limits, decisions
    ).collect()
    assert {row.release: (row.verdict, row.members) for row in rows} == {RELEASE: ("applied", 2), LATE[2]: ("late", 1)}


def test_27_accepted_parts_of_a_snapshot_of_subscribers_are_rows_of_it(rows):
    late = "subscribers/x of 2021-09-27 10:00:00"
    files = [
        {**SUBSCRIBER, "user_id": user, "_release": "subscribers/x", "_source_file": f"p{place}", "_ingested_at": time}
        for place, (user, time) in enumerate(zip("121", [TIMES[0], TIMES[1], TIMES[1]], strict=True))
    ]
    checked = subscriber_rows(subscriber_cells(rows(feeds.SUBSCRIBERS_FEED.table, *files)), "key", [late]).collect()
    assert {row.release for row in checked} == {"subscribers/x"}
    assert sorted(len(row.failed_rules) for row in checked) == [0, 0, 1]
