"""Rows of a release that are the same title: which one is valid."""

import json

import pytest

from cleanse.catalogue.rows import title_rows


def test_title_rows_keep_of_a_releases_rows_of_one_title_the_one_added_last_then_the_smallest_show_id(cells):
    rows = cells(
        {"show_id": "s9", "date_added": "2021-01-02"},
        {"show_id": "s10", "date_added": "2021-01-02"},
        {"show_id": "s1", "date_added": "2021-01-01"},
        {"show_id": "s0", "date_added": None},
        {"show_id": "s00", "date_added": "one fine day"},
        {"show_id": "s2", "_source_file": "another release"},
        {"show_id": "s3", "release_year": None, "date_added": "2021-09-01"},
    )
    assert {row.show_id: row.failed_rules for row in title_rows(rows).collect()} == {
        "s10": [],
        "s9": ["unique_title"],
        "s1": ["unique_title"],
        "s0": ["unique_title"],
        "s00": ["unique_title"],
        "s2": [],
        "s3": ["valid_release_year"],
    }


@pytest.mark.costly_on_spark
def test_part_files_are_one_release_in_which_a_title_is_unique(cells):
    parts = [
        {"show_id": name, "_release": "titles/a/x", "_source_file": f"file:///l/titles/a/part-0000{name}-x.csv"}
        for name in "012"
    ]
    rows = title_rows(cells(*parts)).collect()
    assert {row.show_id: row.failed_rules for row in rows} == {"0": [], "1": ["unique_title"], "2": ["unique_title"]}


HEADERS = {"rating": "Rating", "duration": "Duration", "description": "Description"}
VERSIONS = [{"rating": rating, "duration": "90 min", "description": text} for rating in ("PG", "R") for text in "abc"]


def test_ties_are_decided_by_typed_columns_alone_wherever_the_file_is(cells):
    """Under other headers, the cells are in `_rescued_data`, which has the file's path too."""

    def rescued(folder, version):
        cells = {HEADERS[name]: cell for name, cell in version.items()}
        path = f"file:///{folder}/t.csv"
        row = {**dict.fromkeys(HEADERS), "_source_file": path, "_release": f"titles/{folder}/t.csv"}
        return {**row, "_rescued_data": json.dumps({**cells, "_file_path": path})}

    folders = {"a": VERSIONS, "b": VERSIONS[::-1], "c": VERSIONS[2:] + VERSIONS[:2], "d": VERSIONS}
    rows = cells(*[rescued(folder, version) for folder, versions in folders.items() for version in versions])
    valid = [row for row in title_rows(rows).collect() if not row.failed_rules]
    assert {row.release for row in valid} == {f"titles/{folder}/t.csv" for folder in folders}
    assert len({(row.rating, row.duration_minutes, row.description) for row in valid}) == 1
