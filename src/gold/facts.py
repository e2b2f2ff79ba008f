"""Facts of the star schema."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from gold.dimensions import date_key
from silver.keys import key_or_unknown


def fact_title_addition(latest: DataFrame) -> DataFrame:
    """One row per title added to the catalogue, whether it is still there or not."""
    return latest.select(
        "title_key",
        date_key(F.col("date_added")).alias("date_key"),
        key_or_unknown(F.col("rating")).alias("rating_key"),
    )
