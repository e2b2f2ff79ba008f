"""Cleansing of a catalogue release: typed and repaired columns, and the identity of titles (docs/data-model.md)."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from bronze.feeds import CORRUPT
from cleanse.catalogue.lengths import with_length_text, with_lengths
from cleanse.catalogue.lists import with_list_forms, with_lists
from cleanse.catalogue.types import with_type
from cleanse.releases.headers import CLASHING, files_of, with_columns_by_name
from cleanse.releases.order import with_release
from cleanse.releases.rows import DESCRIBED, READ_TOGETHER, read_with
from common import dates
from common.keys import surrogate_key
from common.text import blank_to_null, compose, known_id, known_name, known_text

LISTS = {"director": "directors", "cast": "cast", "country": "countries", "listed_in": "genres"}
# What lengths are read from, beside the rating.
LENGTHS = ("duration", *(column.name for column in feeds.TITLES_FEED.alternatives if "duration" in column.replaces))
THOUSANDS = "^([0-9]),([0-9]{3})$"  # 2,020
YEAR = "^([0-9]{4})([.]0*)?$"
# The year in a date, whatever the order of day and month.
YEAR_OF_DATE = "(?:^|[^0-9])((?:18|19|20|21)[0-9]{2})(?:[^0-9]|$)"


def title_cells(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: its cells, found by name, its release, and the unchanged row in `bronze_row`."""
    files = files_of(bronze, feeds.TITLES_FEED).transform(with_release)
    return with_columns_by_name(bronze, files, feeds.TITLES_FEED, *DESCRIBED)


def cleanse_titles(cells: DataFrame, accepted: Sequence[str] = ()) -> DataFrame:
    """One row per row of `title_cells`: typed and repaired columns, its release, and the row in `bronze_row`."""
    typed = cells.select(
        "bronze_row",
        CLASHING,
        read_with(accepted).alias("read_with"),
        *feeds.TITLES_FEED.file_columns,
        *DESCRIBED,
        F.col(f"bronze_row.{CORRUPT}").alias(CORRUPT),
        *[blank_to_null(F.col(name)).alias(name) for name in ("type", "title", "country")],
        *[known_name(F.col(name)).alias(f"{name}_text") for name in LISTS],
        known_id(F.col("show_id")).alias("show_id"),
        known_name(F.col("category")).alias("category"),
        known_text(F.col("date_added")).alias("date_added_text"),
        *[known_text(F.col(name)).alias(name) for name in ("rating", "description", *LENGTHS)],
        release_year(F.col("release_year"), F.col("release_date")).alias("release_year"),
    )
    listed = typed.transform(with_type).transform(with_list_forms, [*LISTS]).transform(with_lists, LISTS)
    return listed.transform(with_length_text).transform(with_lengths).transform(with_date_added)


def release_year(year: Column, release_date: Column) -> Column:
    """INT: the year of release (2020, 2020.0, 2,020), or else that of the date of release."""
    text = blank_to_null(year)
    digits = F.when(F.contains(text, F.lit(",")), F.regexp_replace(text, THOUSANDS, "$1$2")).otherwise(text)
    of_date = F.regexp_extract(release_date, YEAR_OF_DATE, 1)
    return F.coalesce(F.regexp_extract(digits, YEAR, 1).try_cast("int"), of_date.try_cast("int"))


def with_date_added(titles: DataFrame) -> DataFrame:
    """One row per row, with date_added, from its text in the order of its release, and date_is_ambiguous."""
    readings = dates.date_readings(F.col("date_added_text"))
    known = titles.withColumn("date_readings", readings).withColumn(
        "date_added_text", F.when(~dates.is_placeholder(F.col("date_readings")), F.col("date_added_text"))
    )
    ordered = known.withColumn("date_order", dates.date_order(READ_TOGETHER, F.col("date_readings")))
    reading = (F.col("date_readings"), F.col("date_order"))
    day = F.when(F.col("date_added_text").isNotNull(), dates.date_in_order(*reading))
    return ordered.withColumns({"date_added": day, "date_is_ambiguous": dates.is_ambiguous(*reading)})


def with_identity(titles: DataFrame) -> DataFrame:
    """One row per row, with title_key: a title is identified by its type, title, release year and directors.

    show_id identifies nothing, because every release numbers its rows again. A letter with marks may be one character
    or several.
    """
    title, directors = F.lower(compose(F.col("title"))), compose(F.concat_ws(",", "directors"))
    key = surrogate_key(F.col("type"), title, F.col("release_year"), directors)
    return titles.withColumn("title_key", key)
