from datetime import datetime

from chispa import assert_df_equality

from bronze.feeds import TITLES
from bronze.lineage import with_lineage


def test_titles_schema_is_every_source_column_as_text_and_the_corrupt_record():
    assert TITLES.schema.count("STRING") == 13
    assert TITLES.schema.endswith("`_corrupt_record` STRING")


def test_with_lineage_keeps_every_column_and_says_where_a_row_came_from(spark):
    metadata = "_metadata STRUCT<file_path: STRING, file_modification_time: TIMESTAMP>"
    modified = datetime(2021, 9, 25, 12)
    files = spark.createDataFrame(
        [("s1", ("file:///a.csv", modified)), (None, (None, None))], f"show_id STRING, {metadata}"
    )

    rows = with_lineage(files)

    expected = spark.createDataFrame(
        [("s1", "file:///a.csv", modified), (None, None, None)],
        "show_id STRING, _source_file STRING, _source_modified_at TIMESTAMP",
    )
    kept = rows.select("show_id", "_source_file", "_source_modified_at")
    assert_df_equality(kept, expected, ignore_nullable=True, ignore_row_order=True)
    assert rows.filter("_ingested_at IS NULL").count() == 0
