"""Cleansing of a catalogue release: typed and repaired columns, and the identity of titles (docs/data-model.md)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from bronze.feeds import CORRUPT
from bronze.provenance import SOURCE_FILE
from common import dates
from common.keys import surrogate_key
from common.text import blank_to_null, compose, known_text, split_list
from silver.releases.file_names import last_day_of_release
from silver.releases.headers import with_columns_by_name

TYPE_FLAGS = {"Movie": 1, "TV Show": 2}
LISTS = {"director": "directors", "cast": "cast", "country": "countries", "listed_in": "genres"}
YEAR = "^([0-9]{4})([.]0)?$"
DURATION = "^([0-9]+) (min|mins|minutes|Season|Seasons)$"


def cleanse_titles(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: typed and repaired columns, and the unchanged row in `bronze_row`."""
    rows = with_columns_by_name(bronze, feeds.TITLES_FEED).join(_last_dates_added(bronze), SOURCE_FILE, how="left")
    release_year = F.regexp_extract(blank_to_null(F.col("release_year")), YEAR, 1).try_cast("int")
    typed = rows.select(
        "last_date_added",
        "bronze_row",
        SOURCE_FILE,
        F.col(f"bronze_row.{CORRUPT}").alias(CORRUPT),
        *[blank_to_null(F.col(name)).alias(name) for name in ("show_id", "type", "title")],
        *[split_list(known_text(F.col(name))).alias(column) for name, column in LISTS.items()],
        *[known_text(F.col(name)).alias(f"{name}_text") for name in ("date_added", "duration")],
        *[known_text(F.col(name)).alias(name) for name in ("rating", "description")],
        release_year.alias("release_year"),
    )
    dated = typed.transform(with_date_added)
    return dated.transform(with_repaired_duration).transform(with_lengths).transform(with_type)


def _last_dates_added(bronze: DataFrame) -> DataFrame:
    """One row per file: last_date_added, the last day on which its titles can have been added: the one after it."""
    files = bronze.groupBy(SOURCE_FILE).agg(
        F.min("_source_modified_at").alias("modified_at"), F.min("_ingested_at").alias("ingested_at")
    )
    released = last_day_of_release(F.col(SOURCE_FILE), F.col("modified_at"), F.col("ingested_at"))
    return files.select(SOURCE_FILE, F.least(F.date_add(released, 1), F.lit(dates.LAST_DAY)).alias("last_date_added"))


def with_date_added(titles: DataFrame) -> DataFrame:
    """One row per row, with date_added in the file's order of day and month, and date_is_ambiguous."""
    read = titles.withColumn("date_readings", dates.date_readings(F.col("date_added_text")))
    ordered = read.withColumn("date_order", dates.date_order(F.col(SOURCE_FILE), F.col("date_readings")))
    reading = (F.col("date_readings"), F.col("date_order"))
    return ordered.withColumns(
        {"date_added": dates.date_in_order(*reading), "date_is_ambiguous": dates.is_ambiguous(*reading)}
    )


def with_repaired_duration(titles: DataFrame) -> DataFrame:
    """One row per row: a duration in the rating column ("74 min") is moved to where it belongs."""
    misplaced = F.col("rating").rlike(DURATION)
    return titles.withColumns(
        {
            "duration_text": F.when(misplaced, F.coalesce("duration_text", "rating")).otherwise(F.col("duration_text")),
            "rating": F.when(~misplaced, F.col("rating")),
        }
    )


def with_lengths(titles: DataFrame) -> DataFrame:
    """One row per row, with duration_minutes ("90 min") or seasons ("2 Seasons") from the text of the duration."""
    length = F.regexp_extract("duration_text", DURATION, 1).try_cast("int")
    is_seasons = F.regexp_extract("duration_text", DURATION, 2).startswith("Season")
    return titles.withColumns({"duration_minutes": F.when(~is_seasons, length), "seasons": F.when(is_seasons, length)})


def with_type(titles: DataFrame) -> DataFrame:
    """One row per row, with type as the catalogue spells it and type_flag (1 Movie, 2 TV Show), null for others."""
    is_type = {name: F.lower("type") == name.lower() for name in TYPE_FLAGS}
    name = F.coalesce(*[F.when(condition, F.lit(name)) for name, condition in is_type.items()])
    flag = F.coalesce(*[F.when(condition, F.lit(TYPE_FLAGS[name])) for name, condition in is_type.items()])
    return titles.withColumns({"type_flag": flag, "type": F.coalesce(name, F.col("type"))})


def with_identity(titles: DataFrame) -> DataFrame:
    """One row per row, with title_key: a title is identified by its type, title, release year and directors.

    show_id identifies nothing, because every release numbers its rows again. A letter with marks may be one character
    or several.
    """
    title, directors = F.lower(compose(F.col("title"))), compose(F.concat_ws(",", "directors"))
    key = surrogate_key(F.col("type"), title, F.col("release_year"), directors)
    return titles.withColumn("title_key", key)
