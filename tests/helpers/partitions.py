"""Pipelines with tables that are partitioned by day, for tests, and the state of those tables."""

from local_runtime.state.progress import progress_of

BRONZE = """
@dp.table(partition_cols=["day"])
def events():
    return read_csv("events").select(F.col("day").cast("date").alias("day"), "id", "value")
"""
DAYS = """
@dp.materialized_view(partition_cols=["day"])
@dp.expect_or_drop("is_counted", "n < 100")
def days():
    return spark.read.table("bronze.events").groupBy("day").agg(F.count("*").alias("n"))
"""
CDC = """
dp.create_streaming_table("newest", partition_cols=["day"])
dp.create_auto_cdc_flow(target="newest", source="bronze.events", keys=["day", "id"], sequence_by="value")
"""


def refresh(project, table="silver.days"):
    """How the last update refreshed a view: the technique, and why it was chosen."""
    (flow,) = progress_of(project.lake.log(table)).flows.values()
    return flow.refresh


def files(project, table):
    """The data files of a table's newest version."""
    return {add["path"] for add in project.lake.log(table).snapshot().files.values()}


def counts(project):
    """The events of each day, as the view `silver.days` counts them."""
    return [(str(day), n) for day, n in project.rows("silver.days")]
