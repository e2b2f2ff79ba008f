from datetime import datetime

import pytest

from bronze.feeds import SUBSCRIBERS_FEED, TITLES_FEED, file_events
from bronze.provenance import PROVENANCE_COLUMNS, RELEASE, with_provenance
from local_runtime.auto_loader.loader import load_increment
from local_runtime.auto_loader.source import FileSource
from local_runtime.state.file_ledger import FileLedger
from tests.conftest import ROOT
from tests.helpers.frames import assert_same_rows


def test_titles_schema_is_every_source_column_as_text_and_the_corrupt_record():
    columns = [column.split() for column in TITLES_FEED.schema.split(", ")]
    assert columns == [[f"`{name}`", "STRING"] for name in (*TITLES_FEED.column_names, "_corrupt_record")]


def test_read_columns_and_provenance_are_the_columns_of_the_table_in_its_order():
    columns = (*TITLES_FEED.read_columns, *PROVENANCE_COLUMNS, RELEASE.name)
    assert columns == TITLES_FEED.table.column_names


def test_with_provenance_gives_the_columns_named_and_where_a_row_came_from(spark):
    metadata = "_metadata STRUCT<file_path: STRING, file_modification_time: TIMESTAMP>"
    modified = datetime(2021, 9, 25, 12)
    files = spark.createDataFrame(
        [("s1", "other", ("file:///a.csv", modified)), (None, None, (None, None))],
        f"show_id STRING, not_named STRING, {metadata}",
    )

    rows = with_provenance(files, ["show_id"])

    expected = spark.createDataFrame(
        [("s1", "file:///a.csv", modified), (None, None, None)],
        "show_id STRING, _source_file STRING, _source_modified_at TIMESTAMP",
    )
    assert rows.columns == [*expected.columns, "_ingested_at"]
    assert_same_rows(rows.drop("_ingested_at"), expected)
    assert rows.filter("_ingested_at IS NULL").count() == 0


@pytest.mark.parametrize(
    ("setting", "options"), [("true", {"cloudFiles.useManagedFileEvents": "true"}), ("false", {}), (None, {})]
)
def test_file_events_are_asked_for_where_the_target_says_so_and_else_left_to_databricks(setting, options):
    assert file_events(setting) == options


def test_every_flow_of_bronze_finds_files_as_the_target_says():
    code = (ROOT / "src" / "bronze" / "pipeline.py").read_text()
    assert code.count('format("cloudFiles").options(**options, **FILE_EVENTS)') == code.count("cloudFiles") == 1


def test_all_files_of_a_snapshot_feed_are_ingested_at_one_time(tmp_path):
    """Else parts of one release would be taken for late ones."""
    assert SUBSCRIBERS_FEED.options == TITLES_FEED.options
    (tmp_path / "in").mkdir()
    for number in range(1001):
        (tmp_path / "in" / f"part-{number:05}.csv").write_text("a,b\n1,2\n")
    source = FileSource(str(tmp_path / "in"), TITLES_FEED.options, TITLES_FEED.schema)
    batch = load_increment(source, {}, FileLedger(tmp_path / "table"), tmp_path / "staging")
    assert (len(batch.staged), batch.is_last) == (1001, True)
