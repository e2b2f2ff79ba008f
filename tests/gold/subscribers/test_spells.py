"""Which versions are one subscription, and between which months it is active."""

from datetime import UTC, date, datetime

import pytest
from pyspark.sql import functions as F

from gold.subscribers.snapshots import with_snapshots
from gold.subscribers.spells import subscription_spells
from silver.subscribers.snapshots import SUBSCRIBER_RELEASES, SUBSCRIBERS
from tests.gold.subscribers.conftest import release
from tests.helpers.frames import assert_same_rows

DAYS = [datetime(2022, month, 1, tzinfo=UTC) for month in (4, 5, 6, 7)]
RELEASES = [release(order, day) for order, day in enumerate(DAYS, start=1)]
SPELL = "spell INT, join_date DATE, last_payment_date DATE, first_month DATE, last_month DATE, n_versions INT"


@pytest.fixture
def spells(rows):
    """The spells of one subscriber, from versions (place of the first snapshot, and of the one after, joined, paid)."""

    def make(*versions, releases=RELEASES):
        named = [
            {
                "subscriber_id": "u",
                "__START_AT": DAYS[first],
                "__END_AT": None if end is None else DAYS[end],
                "join_date": joined and date.fromisoformat(joined),
                "last_payment_date": paid and date.fromisoformat(paid),
            }
            for first, end, joined, paid in versions
        ]
        known = with_snapshots(rows(SUBSCRIBERS, *named), rows(SUBSCRIBER_RELEASES, *releases))
        return subscription_spells(known).withColumn("n_versions", F.size("versions"))

    return make


@pytest.fixture
def same(spark):
    """Checks spells (number, joined, paid, first and last month as yyyy-mm, versions)."""

    def check(found, *expected):
        def day(text):
            return text and date.fromisoformat(text if len(text) > 7 else f"{text}-01")

        typed = [(number, *map(day, days), count) for number, *days, count in expected]
        columns = [column.split()[0] for column in SPELL.split(", ")]
        assert_same_rows(found.select(*columns), spark.createDataFrame(typed, SPELL))

    return check


def test_versions_with_one_join_date_are_one_spell_even_after_a_gap(spells, same):
    found = spells((0, 1, "2022-01-05", "2022-03-05"), (2, None, "2022-01-05", "2022-05-05"))
    same(found, (1, "2022-01-05", "2022-05-05", "2022-01", "2022-05", 2))


def test_a_join_date_after_the_last_payment_begins_a_spell_with_or_without_a_gap(spells, same):
    first, second = (0, "2022-01-05", "2022-03-05"), (None, "2022-05-05", "2022-05-06")
    expected = (
        (1, "2022-01-05", "2022-03-05", "2022-01", "2022-03", 1),
        (2, "2022-05-05", "2022-05-06", "2022-05", "2022-05", 1),
    )
    same(spells((first[0], 1, *first[1:]), (2, *second)), *expected)
    same(spells((first[0], 2, *first[1:]), (2, *second)), *expected)


@pytest.mark.parametrize("joined", ["2012-01-05", "2022-03-05"])
def test_a_join_date_that_is_not_after_the_last_payment_is_a_correction_also_of_a_spell_that_ended(
    spells, same, joined
):
    expected = (1, joined, "2022-03-05", joined[:7], "2022-03", 2)
    same(spells((0, 1, "2022-01-05", "2022-03-05"), (1, None, joined, None)), expected)
    same(spells((0, 1, "2022-01-05", "2022-03-05"), (2, None, joined, None)), expected)


def test_without_a_known_payment_a_join_date_is_a_correction_but_a_spell_that_ended_is_frozen(spells, same):
    corrected = spells((0, 1, "2022-01-05", None), (1, None, "2022-04-05", None))
    same(corrected, (1, "2022-04-05", None, "2022-04", "2022-04", 2))
    rejoined = spells((0, 1, "2022-01-05", None), (2, None, "2022-04-05", None))
    same(
        rejoined,
        (1, "2022-01-05", None, "2022-01", "2022-01", 1),
        (2, "2022-04-05", None, "2022-04", "2022-04", 1),
    )


def test_a_correction_of_an_earlier_spell_takes_over_the_spells_after_it(spells, same):
    mistaken = (0, 1, "2022-01-05", "2022-03-05"), (1, 2, "2022-04-20", "2022-04-25")
    same(
        spells(*mistaken, (2, None, "2022-01-06", None)),
        (1, "2022-01-06", "2022-04-25", "2022-01", "2022-04", 3),
    )


def test_an_unknown_join_date_is_that_of_the_versions_before_or_else_the_month_of_the_first_snapshot(spells, same):
    same(
        spells((0, 1, "2022-01-05", "2022-03-05"), (1, None, None, "2022-04-05")),
        (1, "2022-01-05", "2022-04-05", "2022-01", "2022-04", 2),
    )
    same(spells((1, None, None, "2022-06-05")), (1, None, "2022-06-05", "2022-05", "2022-06", 1))
    same(spells((1, None, None, None)), (1, None, None, "2022-05", "2022-05", 1))


def test_the_newest_payment_known_decides_and_an_unknown_one_changes_nothing(spells, same):
    versions = (0, 1, "2022-01-05", "2025-03-05"), (1, 2, "2022-01-05", "2022-04-05"), (2, None, "2022-01-05", None)
    same(spells(*versions), (1, "2022-01-05", "2022-04-05", "2022-01", "2022-04", 3))


def test_without_a_column_of_payments_a_spell_is_active_while_it_is_in_snapshots(spells, same):
    releases = [release(order, day, has_payments=order > 3) for order, day in enumerate(DAYS, start=1)]
    same(
        spells((0, 2, "2022-01-05", None), releases=releases),
        (1, "2022-01-05", None, "2022-01", "2022-05", 1),
    )
    # A later payment is better known.
    same(
        spells((0, 2, "2022-01-05", None), (2, None, "2022-01-05", "2022-04-05"), releases=releases),
        (1, "2022-01-05", "2022-04-05", "2022-01", "2022-04", 2),
    )


def test_the_month_of_a_snapshot_is_never_that_of_its_modification_time(spells, same):
    undated = [release(1, DAYS[0], is_named=False), release(2, DAYS[1], is_named=False, has_payments=False)]
    same(
        spells((0, 1, "2022-01-05", "2022-03-05"), (1, None, "2022-01-05", None), releases=undated),
        (1, "2022-01-05", "2022-03-05", "2022-01", "2022-03", 2),
    )
    undated = [release(1, DAYS[0], is_named=False)]
    same(spells((0, None, None, "2022-03-05"), releases=undated), (1, None, "2022-03-05", "2022-03", "2022-03", 1))
    same(spells((0, None, None, None), releases=undated))


def test_releases_that_were_not_applied_tell_nothing(spells, same):
    ignored = {**release(2, DAYS[1], has_payments=False), "is_applied": False}
    found = spells((0, None, "2022-01-05", None), releases=[release(1, DAYS[0]), ignored])
    same(found, (1, "2022-01-05", None, "2022-01", "2022-01", 1))
    assert spells(releases=[]).count() == 0


def test_snapshots_of_one_second_are_told_apart(rows):
    first, second = (DAYS[0].replace(microsecond=1000 * place) for place in (1, 2))
    person = {"subscriber_id": "u", "__START_AT": first, "__END_AT": second, "join_date": date(2022, 1, 5)}
    releases = [release(1, DAYS[0], version=first), release(2, DAYS[0], has_payments=False, version=second)]
    known = with_snapshots(rows(SUBSCRIBERS, person), rows(SUBSCRIBER_RELEASES, *releases)).collect()[0]
    assert (known["seen_month"], known["unpaid_month"]) == (date(2022, 4, 1), None)
