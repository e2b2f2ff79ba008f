"""When a release is from: the date in its name, or else when its files were last modified."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.provenance import RELEASE
from cleanse.releases.cells import cell_shape
from cleanse.releases.release_dates import with_release_date
from common import dates
from common.releases import INGESTION, MODIFICATION, NAME


def with_release(files: DataFrame, path: Column | None = None) -> DataFrame:
    """One row per file, with its `release`, when that was released and ingested, and the last day that it can cover.

    The date in the name is that of the release's `path`, if `_release` shows it with parts hidden. Part files that
    bronze ingested later than the first part are a release of their own. Adds release, released_at, ordered_by,
    undecided_date, release_ingested_at and last_day.
    """
    parts = Window.partitionBy(RELEASE.name)
    is_late_part = F.col("ingested_at") > F.min("ingested_at").over(parts)
    late = F.concat(RELEASE.name, F.lit(" of "), F.date_format("ingested_at", "yyyy-MM-dd HH:mm:ss"))
    dated = files.withColumns(
        {
            "release": F.when(is_late_part, late).otherwise(F.col(RELEASE.name)),
            "plausible_at": F.when(_is_plausible(F.col("modified_at"), F.col("ingested_at")), F.col("modified_at")),
            "release_path": F.col(RELEASE.name) if path is None else F.coalesce(path, RELEASE.name),
        }
    )
    same_release = Window.partitionBy(RELEASE.name, "release")
    known = dated.withColumns(
        {
            "release_ingested_at": F.min("ingested_at").over(same_release),
            "released_at": F.min("plausible_at").over(same_release),
        }
    ).transform(with_release_date, F.col("release_path"))
    is_dated = F.col("name_date.date").isNotNull()
    undated = F.coalesce("released_at", "release_ingested_at")
    by = F.when(is_dated, NAME).when(F.col("released_at").isNull(), INGESTION).otherwise(MODIFICATION)
    return known.withColumns(
        {
            "ordered_by": by,
            "released_at": F.coalesce(F.col("name_date.date").cast("timestamp"), undated),
            "last_day": F.coalesce("name_date.last_day", undated.cast("date")),
            "undecided_date": _shown(F.col("name_date.undecided")),
        }
    )


def _shown(undecided: Column) -> Column:
    """What looks like a date in a name; only its shape where `_release` hides a part of the path."""
    is_hidden = F.col("release_path") != F.col(RELEASE.name)
    return F.when(is_hidden, cell_shape(undecided)).otherwise(undecided)


def _is_plausible(modified_at: Column, ingested_at: Column) -> Column:
    """Whether a file can have been modified then: some tools write 1970 or 1980, a wrong clock the future."""
    return (modified_at >= F.lit(dates.STREAMING_BEGAN).cast("timestamp")) & (modified_at <= ingested_at)
