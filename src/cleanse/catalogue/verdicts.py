"""Verdicts on catalogue releases."""

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from cleanse.catalogue.rows import UNIQUE_TITLE
from cleanse.releases.rows import releases_of, valid_rows
from cleanse.releases.verdicts import Limits, release_verdicts, verdicts_table

TITLE_VERDICTS = verdicts_table("title_verdicts", "catalogue release", "title")

# Columns whose gaps were filled in a copy, if two of them have far fewer than the release before.
GAPS = ("directors", "cast", "countries")
NO_VALUE = " AND ".join(
    (
        *(f"{name} IS NULL" for name in ("show_id", "type", "title", "date_added", "release_year", "rating")),
        *(f"{name} IS NULL" for name in ("duration_minutes", "seasons")),
        *(f"size({name}) = 0" for name in (*GAPS, "genres")),
        *(f"bronze_row.{name} IS NULL" for name in ("_corrupt_record", "duration", "description")),
        "size(unreadable) = 0",
    )
)


def title_verdicts(rows: DataFrame, limits: Limits, decisions: Mapping[str, str]) -> DataFrame:
    """One row per release, with the columns of TITLE_VERDICTS. `rows` are TITLE_ROWS."""
    gaps = {name: F.when(F.max(F.size(name)) > 0, F.count_if(F.size(name) == 0)) for name in GAPS}
    has_director = F.max(F.size("directors")) > 0
    releases = releases_of(rows, UNIQUE_TITLE, F.expr(NO_VALUE), gaps, has_director)
    members = valid_rows(rows).select("release", F.col("title_key").alias("key"))
    return release_verdicts(releases, members, limits, decisions)
