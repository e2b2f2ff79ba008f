"""Tables with history (SCD 2): each row is a version, valid from `__START_AT` until `__END_AT` (null: current)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window


def latest_versions(versions: DataFrame, key: str) -> DataFrame:
    """One row per key: its latest version, which may have ended."""
    newest_first = Window.partitionBy(key).orderBy(F.desc("__START_AT"))
    numbered = versions.withColumn("recency", F.row_number().over(newest_first))
    return numbered.filter("recency = 1").drop("recency")
