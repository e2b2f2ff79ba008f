"""`_metadata` of files is hidden as long as a flow doesn't return it."""

import pytest
from deltalake import DeltaTable

from local_runtime.errors import LakehouseError

TABLE = """
@dp.table
def events():
    files = read_csv("events", **{{"cloudFiles.schemaHints": "id STRING"}})
    return {rows}
"""


@pytest.mark.parametrize(
    "rows",
    [
        'files.select("id", "_metadata")',
        'files.select("*", F.col("_METADATA"))',
        'files.select("id", F.struct("_metadata.file_path").alias("_metadata"))',
        'files.withColumn("_metadata", F.col("_metadata"))',
        'files.select("id", "_metadata").filter("id IS NOT NULL").withColumn("more", F.lit(1))',
        'files.select("id", "_metadata").unionByName(files.select("id", "_metadata"))',
        'files.select("id", "file").toDF("id", "_metadata")',
        'files.selectExpr("*", "_metadata")',
        'files.select("*", F.expr("`_metadata`"))',
        'files.select("*", F.col("_metadata").cast("string"))',
        'files.select("id", F.lit(1).alias("_METADATA"))',
        'files.select("id").withColumnRenamed("id", "_metadata")',
    ],
)
def test_a_flow_that_returns_it_is_refused(project, rows):
    project.pipeline("bronze", TABLE.format(rows=rows))
    with pytest.raises(LakehouseError, match=r"bronze\.events: its function returns _metadata.*by name"):
        project.graph()


@pytest.mark.parametrize(
    "rows",
    [
        "files",
        'files.select("*")',
        'files.select("*", F.col("_metadata.file_name").alias("file"))',
        'files.withColumn("file", F.col("_metadata.file_name")).filter("id IS NOT NULL")',
        'files.select("id", "_metadata").select("id", F.col("_metadata.file_name").alias("file"))',
        'files.select("id", "_metadata").drop("_metadata")',
        'files.select("id", "_metadata").withColumnRenamed("_metadata", "info").select("id")',
        'files.select("id", "_metadata").select("id", "_metadata.*")',
    ],
)
def test_a_flow_over_which_it_stays_hidden_writes_no_such_column(project, rows):
    project.pipeline("bronze", TABLE.format(rows=rows))
    project.land("events/a.csv", "id\n1\n")
    project.run()
    columns = {field.name for field in DeltaTable(str(project.lake.path("bronze.events"))).schema().fields}
    assert "id" in columns
    assert "_metadata" not in columns


def test_a_view_hides_it_from_its_readers(project):
    project.pipeline(
        "bronze",
        """
        @dp.temporary_view
        def files():
            return read_csv("events", **{"cloudFiles.schemaHints": "id STRING"})

        @dp.table
        def events():
            return spark.readStream.table("files").select("id", "_metadata.file_path")
        """,
    )
    project.land("events/a.csv", "id\n1\n")
    with pytest.raises(LakehouseError, match="_metadata"):
        project.run()
