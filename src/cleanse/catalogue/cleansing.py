"""Cleansing of a catalogue release: typed and repaired columns, and the identity of titles (docs/data-model.md)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from bronze.feeds import CORRUPT
from cleanse.releases.headers import files_of, with_columns_by_name
from cleanse.releases.order import with_release
from cleanse.releases.rows import DESCRIBED, ONE_RELEASE
from common import dates
from common.keys import surrogate_key
from common.text import blank_to_null, compose, known_text, split_list

TYPE_FLAGS = {"Movie": 1, "TV Show": 2}
LISTS = {"director": "directors", "cast": "cast", "country": "countries", "listed_in": "genres"}
YEAR = "^([0-9]{4})([.]0)?$"
DURATION = "^([0-9]+) (min|mins|minutes|Season|Seasons)$"


def title_cells(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: its cells, found by name, its release, and the unchanged row in `bronze_row`."""
    files = files_of(bronze, feeds.TITLES_FEED).transform(with_release)
    return with_columns_by_name(bronze, files, feeds.TITLES_FEED, *DESCRIBED)


def cleanse_titles(cells: DataFrame) -> DataFrame:
    """One row per row of `title_cells`: typed and repaired columns, its release, and the row in `bronze_row`."""
    release_year = F.regexp_extract(blank_to_null(F.col("release_year")), YEAR, 1).try_cast("int")
    typed = cells.select(
        "bronze_row",
        *feeds.TITLES_FEED.file_columns,
        *DESCRIBED,
        F.col(f"bronze_row.{CORRUPT}").alias(CORRUPT),
        *[blank_to_null(F.col(name)).alias(name) for name in ("show_id", "type", "title")],
        *[known_text(F.col(name)).alias(f"{name}_text") for name in (*LISTS, "date_added", "duration")],
        *[known_text(F.col(name)).alias(name) for name in ("rating", "description")],
        release_year.alias("release_year"),
    )
    lists = {column: split_list(F.col(f"{name}_text")) for name, column in LISTS.items()}
    read = typed.withColumns({**lists, "date_readings": dates.date_readings(F.col("date_added_text"))})
    dated = read.transform(with_date_added)
    return dated.transform(with_repaired_duration).transform(with_lengths).transform(with_type)


def with_date_added(titles: DataFrame) -> DataFrame:
    """One row per row, with date_added, from date_readings in the order of its release, and date_is_ambiguous."""
    ordered = titles.withColumn("date_order", dates.date_order(ONE_RELEASE, F.col("date_readings")))
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
