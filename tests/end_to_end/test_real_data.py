"""Real catalogues compared with independent counts (Python's csv module, no Spark)."""

import itertools
import json
import os
import shutil
from collections import Counter

import pytest

from cleanse.catalogue.verdicts import title_verdicts
from cleanse.releases.verdicts import Limits
from tests.end_to_end.conftest import Place
from tests.helpers.tables import table_rows

FILES = {
    "v2021_8807": (8803, {"unique_title": 4}),
    "v2021early_7787": (7786, {"unique_title": 1}),
    "v2019_6234": (6232, {"unique_title": 2}),
    "v2021_8807_dMonYY_cast_people": (8800, {"unique_title": 7}),
    "v2021_8790_databricks_cookbook_batch2_10col": (8783, {"unique_title": 7}),
    "v2024_8809_mixedenc_26col": (8802, {"unique_title": 7}),
}
# The two that differ most.
A_FEW = ("v2021_8807", "v2024_8809_mixedenc_26col")
# When they were published, or later: a title is added before its release.
LANDED_AT = {
    "v2021early_7787": 1_610_928_000,  # 18 January 2021
    "v2021_8807": 1_632_700_800,  # 27 September 2021
    "v2024_8809_mixedenc_26col": 1_720_000_000,  # July 2024
}


def land(place, real_data, name):
    path = shutil.copy(real_data / "titles" / f"{name}.csv", place.landing / "titles")
    modified = LANDED_AT.get(name, 1_640_000_000)
    os.utime(path, (modified, modified))


def listed(titles, quarantined, column, source_column):
    """The number of rows that have each item: valid rows (arrays) and quarantined ones (text) together."""
    counts = Counter(item for title in titles for item in title[column])
    return counts + Counter(item.strip() for row in quarantined for item in (row[source_column] or "").split(","))


@pytest.mark.parametrize("name", [pytest.param(it, marks=[] if it in A_FEW else [pytest.mark.large]) for it in FILES])
def test_every_row_of_a_real_release_is_counted(place, real_data, name):
    land(place, real_data, name)
    place.run(layers=("bronze", "silver"))
    expected = json.loads((real_data / "expected" / f"expected_{name}.json").read_text())["raw"]
    titles, quarantined = table_rows(place.lake, "silver.titles"), table_rows(place.lake, "silver.titles_quarantine")

    assert (len(titles), Counter(r for q in quarantined for r in q["failed_rules"])) == FILES[name]
    assert len(titles) + len(quarantined) == expected["rows"]
    types = Counter(title["type"] for title in titles) + Counter(row["type"] for row in quarantined)
    assert types == expected["titles_by_type"]
    for column, source, counts in (
        ("genres", "listed_in", expected["all_genre_counts"]),
        ("countries", "country", expected["all_country_counts"]),
    ):
        known = {item: count for item, count in counts.items() if item != "Not Given"}
        found = listed(titles, quarantined, column, source)
        assert {item: count for item, count in found.items() if item not in ("", "Not Given")} == known
    dated = sum(title["date_added"] is not None for title in titles) + len(quarantined)
    assert dated == expected["date_added_parsed"]
    assert str(min(t["date_added"] for t in titles if t["date_added"])) == expected["date_added_min_max"][0]
    durations = [title["duration_minutes"] for title in titles if title["duration_minutes"] is not None]
    assert max(durations) == expected["duration_min"]["max"]


def test_a_release_with_bad_quotes_loses_exactly_its_broken_records(place, real_data):
    land(place, real_data, "v2021early_7787_badquotes")
    place.run(layers=("bronze", "silver"))
    expected = json.loads((real_data / "expected" / "expected_v2021early_7787_badquotes.json").read_text())
    quarantined = table_rows(place.lake, "silver.titles_quarantine", "_corrupt_record", "failed_rules")
    broken = [row for row in quarantined if row["_corrupt_record"]]
    assert len(broken) == expected["quarantine"]["wrong_width"] == 139
    assert all("well_formed_record" in row["failed_rules"] for row in broken)
    assert len(table_rows(place.lake, "silver.titles", "title_key")) == 7647
    assert len(quarantined) == 140


def test_stray_windows_1252_bytes_are_read_as_letters(place, real_data):
    land(place, real_data, "v2024_8809_mixedenc_26col")
    place.run(layers=("bronze", "silver"))
    texts = [text for row in table_rows(place.lake, "bronze.titles") for text in row.values() if isinstance(text, str)]
    assert not any("\ufffd" in text for text in texts)


IN_TIME = {
    "v2019_6234": "2019-12-01",
    "v2021early_7787": "2021-01-18",
    "v2021_8807": "2021-09-27",
    "v2021_8790_databricks_cookbook_batch2_10col": "2021-10-15",
    "v2024_8809_mixedenc_26col": "2024-07-03",
}
# A release is compared with the one before it, so pairs are all there is; all in time are those that there were.
PAIRS = [pytest.param(pair, marks=pytest.mark.large) for pair in itertools.combinations(IN_TIME, 2)]
SEQUENCES = [*PAIRS, tuple(IN_TIME)]


@pytest.fixture(scope="module")
def checked_rows(tmp_path_factory, sail, real_data):
    """The checked rows of the real releases, and the path of each."""
    place = Place.at(tmp_path_factory.mktemp("in_time"), sail)
    paths = {name: f"titles/{day} {name}.csv" for name, day in IN_TIME.items()}
    for name, path in paths.items():
        shutil.copy(real_data / "titles" / f"{name}.csv", place.landing / path)
    place.run(layers=("bronze", "silver"))
    return sail.read.format("delta").load(str(place.lake.path("silver.title_rows"))), paths


@pytest.mark.parametrize("sequence", SEQUENCES, ids=" then ".join)
def test_real_releases_in_order_of_time_are_all_applied(checked_rows, sequence):
    rows, paths = checked_rows
    chosen = rows.filter(rows["release"].isin(*[paths[name] for name in sequence]))
    found = title_verdicts(chosen, Limits(closed_percent=15), {}).select("release", "verdict", "reason").collect()
    assert {tuple(row) for row in found} == {(paths[name], "applied", None) for name in sequence}


@pytest.fixture(scope="module")
def kpis_of_8807(tmp_path_factory, sail, real_data):
    place = Place.at(tmp_path_factory.mktemp("8807"), sail)
    land(place, real_data, "v2021_8807")
    place.run()
    return place


def kpi_digests(place):
    return {name: digest for name, digest in place.digests().items() if name.startswith("gold.kpi_")}


def test_the_kpis_of_the_reference_release(kpis_of_8807):
    place = kpis_of_8807
    assert {row["type"]: row["titles"] for row in table_rows(place.lake, "gold.kpi_content_type")} == {
        "Movie": 6128,
        "TV Show": 2675,
    }
    genres = {row["genre"]: row["titles"] for row in table_rows(place.lake, "gold.kpi_genre")}
    assert len(genres) == 42
    assert genres["Dramas"] == 2427 - 2  # two of the four quarantined rows are dramas
    countries = {row["country"]: row["titles"] for row in table_rows(place.lake, "gold.kpi_country")}
    assert len(countries) == 122 + 1
    assert (countries["India"], countries["Soviet Union"], countries["Unknown"]) == (1046, 3, 831)


def test_7787_and_then_8807_end_with_the_kpis_of_8807_alone(place, real_data, kpis_of_8807):
    land(place, real_data, "v2021early_7787")
    place.run()
    land(place, real_data, "v2021_8807")
    place.run()
    assert kpi_digests(place) == kpi_digests(kpis_of_8807)

    history = table_rows(place.lake, "silver.titles", "title_key", "__END_AT")
    current = {row["title_key"] for row in history if row["__END_AT"] is None}
    left = {row["title_key"] for row in history} - current
    assert len(current) == 8803
    assert len(left) > 100
    in_catalogue = {
        row["title_key"]: row["in_catalogue"]
        for row in table_rows(place.lake, "gold.dim_title", "title_key", "in_catalogue")
    }
    assert {key for key, is_in in in_catalogue.items() if not is_in} == left | {-1}


@pytest.mark.parametrize("kept", ["silver", "gold"])
def test_the_star_schema_holds_together(kpis_of_8807, kept):
    """Primary keys are unique and not null; every foreign key exists in its dimension."""
    from tests.gold.conftest import TABLES

    if kept == "silver":
        keys = [row["title_key"] for row in table_rows(kpis_of_8807.lake, "silver.titles", "title_key")]
        assert len(keys) == len(set(keys))
        return
    for table, declared in ((name, table) for name, table in TABLES.items() if table.primary_key):
        found = table_rows(kpis_of_8807.lake, f"gold.{table}", *{*declared.primary_key, *declared.foreign_keys})
        keys = [tuple(row[column] for column in declared.primary_key) for row in found]
        assert len(keys) == len(set(keys)), table
        assert not any(None in key for key in keys), table
        for column, dimension in declared.foreign_keys.items():
            members = {row[column] for row in table_rows(kpis_of_8807.lake, f"gold.{dimension}", column)}
            assert {row[column] for row in found} <= members, (table, column)
