"""Part files that came later than the others of their release: a decision that accepts them joins them to it."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.provenance import RELEASE
from cleanse.releases.rows import DESCRIBED


def with_joined_parts(rows: DataFrame, accepted: Sequence[str]) -> DataFrame:
    """One row per row, with its `row_failures`: those of accepted late part files are rows of their release.

    That is the earliest part of it with a valid row: parts that came before that one can't be read, and make nothing
    late. What is known of the release (its date, its ingestion) stays that of its first files.
    """
    if not accepted:
        return rows
    readable = F.when(F.size("row_failures") == 0, F.struct("release_ingested_at", *_others("release_ingested_at")))
    first = F.min(readable).over(Window.partitionBy(RELEASE.name))
    is_later = F.col("release_ingested_at") > first["release_ingested_at"]
    joins = F.col("release").isin(*accepted) & is_later

    def described(name: str) -> Column:
        return F.when(joins, first[name]).otherwise(F.col(name))

    # In one step: pipelines take no plan that is nested 100 messages deep.
    return rows.withColumns({name: described(name) for name in DESCRIBED})


def _others(name: str) -> list[str]:
    return [column for column in DESCRIBED if column != name]
