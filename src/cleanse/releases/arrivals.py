"""The order of releases, by date and by arrival, and their versions in history."""

from collections import Counter
from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.provenance import RELEASE
from cleanse.releases.decisions import accepted_parts, whole_release
from common.windows import all_rows

MOST_OF_ONE_SECOND = 999
"""Releases of one second that history can tell apart; late part files that joined one, too."""


def with_order(releases: DataFrame, decisions: Mapping[str, str]) -> DataFrame:
    """One row per release, with its release_order (by date, from 1), position (by arrival, from 0) and version.

    Also is_late_part, whether it is part files that came later than a first one with a valid row, and is_one_too_many:
    history can't tell it apart from others of its second.

    Releases of one second are in the order of their arrival, those of one arrival in that of their names. So a version,
    which is the release's date and, as milliseconds, its place among those of the same second, rises with
    release_order, and no release that arrives later changes it. Late part files that a decision joins to it add a
    microsecond each: another version, but not a later one for history, which has to be made again.
    """
    by_date = ("second", "ingested_at", "released_at", "sort_key", "release")
    second = F.date_trunc("second", "released_at")
    order = F.row_number().over(all_rows().orderBy(*by_date)).cast("int")
    position = F.row_number().over(all_rows().orderBy("ingested_at", *by_date)).cast("int") - 1
    first_readable = F.min(F.when(F.col("members") > 0, F.col("ingested_at"))).over(Window.partitionBy(RELEASE.name))
    numbered = releases.withColumn("second", second).withColumns({"release_order": order, "position": position})
    placed = numbered.withColumns(
        {
            "place": F.row_number().over(Window.partitionBy("second").orderBy("position")),
            "is_late_part": F.coalesce(F.col("ingested_at") > first_readable, F.lit(False)),
        }
    )
    milliseconds = F.least(F.col("place"), F.lit(MOST_OF_ONE_SECOND)) * 1000
    is_one_too_many = F.col("place") > MOST_OF_ONE_SECOND
    microseconds = F.when(is_one_too_many, MOST_OF_ONE_SECOND).otherwise(_joined_parts(decisions))
    version = F.timestamp_micros(F.unix_micros("second") + milliseconds + microseconds)
    return placed.withColumns({"version": version, "is_one_too_many": is_one_too_many})


def _joined_parts(decisions: Mapping[str, str]) -> Column:
    """INT: how many late part files decisions join to a release."""
    accepted = accepted_parts(decisions)
    if not accepted:
        return F.lit(0)
    parts = Counter(map(whole_release, accepted))
    by_release = F.create_map(*[F.lit(part) for pair in parts.items() for part in pair])
    # What is accepted under its own name came first, and joined nothing.
    own = F.col("release").isin(*accepted).cast("int")
    joined = F.coalesce(F.try_element_at(by_release, F.col(RELEASE.name)), F.lit(0)) - own
    return F.least(joined, F.lit(MOST_OF_ONE_SECOND - 1))
