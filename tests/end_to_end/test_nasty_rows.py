"""Nasty rows of every feed on the default engine: none is lost (test_engines.py compares both engines)."""

from collections import Counter
from functools import partial

import pytest

from cleanse.catalogue import rows as titles
from cleanse.subscribers import rows as subscribers
from silver.imdb.datasets import IMDB_DATASETS
from tests.end_to_end import nasty
from tests.end_to_end.conftest import Place
from tests.end_to_end.nasty_landing import land
from tests.helpers.tables import table_rows


@pytest.fixture(scope="module")
def rows(tmp_path_factory, sail):
    """The rows of a table, after a run over the nasty files."""
    place = Place.at(tmp_path_factory.mktemp("nasty"), sail)
    land(place.landing)
    place.run()
    return partial(table_rows, place.lake)


def unreadable(releases):
    """The rules of cells that failed in any release."""
    return {cell["rule"] for release in releases for cell in release["unreadable"]}


def test_122_every_nasty_title_is_valid_or_quarantined_and_every_rule_fails_somewhere(rows):
    written = sum(len(list(file.rows())) - 1 for file in nasty.FEEDS["titles"])
    releases, quarantined = rows("silver.title_releases"), rows("silver.titles_quarantine")
    assert sum(release["rows"] for release in releases) == len(rows("bronze.titles")) == written
    assert sum(release["valid_rows"] for release in releases) + len(quarantined) == written
    assert {rule for row in quarantined for rule in row["failed_rules"]} == {*titles.TITLE_RULES, titles.UNIQUE_TITLE}
    assert unreadable(releases) == {cell.rule for cell in titles.TITLE_CELLS}


def test_122_every_nasty_subscriber_is_valid_or_quarantined_and_every_rule_fails_somewhere(rows):
    written = sum(len(list(file.rows())) - 1 for file in nasty.FEEDS["subscribers"])
    releases, quarantined = rows("silver.subscriber_releases"), rows("silver.subscribers_quarantine")
    assert sum(release["rows"] for release in releases) == len(rows("bronze.subscribers")) == written
    assert sum(release["valid_rows"] for release in releases) + len(quarantined) == written
    assert {rule for row in quarantined for rule in row["failed_rules"]} == {
        *subscribers.SUBSCRIBER_RULES,
        subscribers.UNIQUE_SUBSCRIBER,
    }
    assert unreadable(releases) == {cell.rule for cell in subscribers.SUBSCRIBER_CELLS}


@pytest.mark.parametrize("dataset", IMDB_DATASETS, ids=lambda it: it.table.name)
def test_122_every_nasty_row_of_imdb_is_valid_or_quarantined(rows, dataset):
    files = nasty.FEEDS[dataset.feed.folder]
    written = [len(list(file.rows())) - 1 for file in files]
    bronze, quarantined = rows(f"bronze.{dataset.feed.name}"), rows(f"silver.{dataset.quarantine.name}")
    releases = rows(f"silver.{dataset.releases.name}")
    assert len(bronze) == sum(written)
    assert sorted(it["rows"] for it in releases) == sorted(written)
    assert sum(it["valid_rows"] for it in releases) + len(quarantined) == len(bronze)
    failed = {rule for row in quarantined for rule in row["failed_rules"]}
    assert failed - {dataset.unique_rule} == {"well_formed_record", *dataset.rules}
    assert len(rows(f"silver.{dataset.table.name}")) <= 1


def test_122_abbreviated_months_are_read(rows):
    cells = [cell for row in rows("silver.title_rows") for cell in row["unreadable"]]
    dates = {cell["value"] for cell in cells if cell["rule"] == "valid_date_added"}
    assert {"one fine day", "25-Sep"} <= dates
    assert not {"Sep 25, 2021", "Sept. 25, 2021", "25-Sep-21"} & dates


def test_113_dates_of_any_year_leave_the_calendar_in_its_range(rows):
    years = {row["year"] for row in rows("gold.dim_date") if row["year"]}
    assert years <= set(range(2007, 2022))


def test_128_the_weights_of_every_title_add_up_to_1(rows):
    weights = Counter()
    for row in rows("gold.bridge_title_person"):
        weights[row["title_key"], row["role"]] += row["weight"]
    assert set(weights.values()) == {1}
