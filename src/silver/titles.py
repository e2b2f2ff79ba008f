"""Titles: cleansing a catalogue release, and who a title is (docs/data-dictionary.md)."""

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import CORRUPT, TITLES
from bronze.lineage import SOURCE_FILE
from silver.columns.dates import is_day_first, parse_date
from silver.columns.headers import by_name
from silver.columns.text import blank_to_null, given, split_list
from silver.keys import surrogate_key

BRONZE_COLUMNS = TITLES.table.column_names
TYPE_FLAGS = {"Movie": 1, "TV Show": 2}
DURATION = "^([0-9]+) (min|mins|minutes|Season|Seasons)$"

# Of silver.titles: the columns of `valid_titles`, and AUTO CDC's.
HISTORY_SCHEMA = """title_key BIGINT, show_id STRING, type STRING, type_flag INT, title STRING, short_title STRING,
    directors ARRAY<STRING>, cast ARRAY<STRING>, countries ARRAY<STRING>, genres ARRAY<STRING>, date_added DATE,
    release_year INT, rating STRING, duration_minutes INT COMMENT 'minutes, movies', seasons INT COMMENT 'TV shows',
    description STRING, __START_AT TIMESTAMP, __END_AT TIMESTAMP"""

ROW_RULES = {
    "well_formed_record": "_corrupt_record IS NULL",
    "valid_show_id": "show_id IS NOT NULL",
    "valid_title": "title IS NOT NULL",
    "valid_type": "type_flag IS NOT NULL",
    # 1888: the first film; 2100: later ones are typing errors.
    "valid_release_year": "release_year BETWEEN 1888 AND 2100",
    "valid_date_added": "date_added_text IS NULL OR date_added IS NOT NULL",
    "valid_duration": "duration_text IS NULL OR duration_minutes IS NOT NULL OR seasons IS NOT NULL",
}
RULES = {**ROW_RULES, "unique_title": "rank_in_release = 1"}


def failed_rules(rules: Mapping[str, str]) -> Column:
    """ARRAY<STRING>: the names of the rules that a row fails; a rule that gives NULL fails."""
    names = [F.when(~F.coalesce(F.expr(f"({rule})"), F.lit(False)), F.lit(name)) for name, rule in rules.items()]
    return F.filter(F.array(*names), lambda name: name.isNotNull())


def with_repaired_duration(titles: DataFrame) -> DataFrame:
    """One row per row: a duration that stands in the rating ("74 min") moved to where it belongs."""
    misplaced = F.col("rating").rlike(DURATION)
    return titles.withColumns(
        {
            "duration_text": F.when(misplaced, F.coalesce("duration_text", "rating")).otherwise(F.col("duration_text")),
            "rating": F.when(misplaced, F.lit(None).cast("string")).otherwise(F.col("rating")),
        }
    )


def with_lengths(titles: DataFrame) -> DataFrame:
    """One row per row, with duration_minutes ("90 min") or seasons ("2 Seasons") from the duration's text."""
    length = F.regexp_extract("duration_text", DURATION, 1).try_cast("int")
    is_seasons = F.regexp_extract("duration_text", DURATION, 2).startswith("Season")
    return titles.withColumns({"duration_minutes": F.when(~is_seasons, length), "seasons": F.when(is_seasons, length)})


def with_type(titles: DataFrame) -> DataFrame:
    """One row per row, with type as the catalogue spells it and type_flag (1 Movie, 2 TV Show), null for others."""
    spelled = F.coalesce(*[F.when(F.lower("type") == name.lower(), F.lit(name)) for name in TYPE_FLAGS])
    flag = F.coalesce(*[F.when(F.lower("type") == name.lower(), F.lit(flag)) for name, flag in TYPE_FLAGS.items()])
    return titles.withColumn("type_flag", flag).withColumn("type", F.coalesce(spelled, F.col("type")))


def standardize(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: typed and repaired columns, and the row as it came in `bronze_row`."""
    typed = by_name(bronze, TITLES).select(
        "bronze_row",
        SOURCE_FILE,
        F.col(f"bronze_row.{CORRUPT}").alias(CORRUPT),
        blank_to_null(F.col("show_id")).alias("show_id"),
        blank_to_null(F.col("type")).alias("type"),
        blank_to_null(F.col("title")).alias("title"),
        split_list(given(F.col("director"))).alias("directors"),
        split_list(given(F.col("cast"))).alias("cast"),
        split_list(given(F.col("country"))).alias("countries"),
        split_list(given(F.col("listed_in"))).alias("genres"),
        given(F.col("date_added")).alias("date_added_text"),
        F.regexp_extract(blank_to_null(F.col("release_year")), r"^([0-9]{4})([.]0)?$", 1)
        .try_cast("int")
        .alias("release_year"),
        given(F.col("rating")).alias("rating"),
        given(F.col("duration")).alias("duration_text"),
        given(F.col("description")).alias("description"),
    )
    day_first = is_day_first(F.col("date_added_text"), F.col(SOURCE_FILE))
    dated = typed.withColumn("day_first", day_first).withColumn(
        "date_added", parse_date(F.col("date_added_text"), F.col("day_first"))
    )
    return with_type(with_lengths(with_repaired_duration(dated)))


def with_identity(titles: DataFrame) -> DataFrame:
    """One row per row, with title_key: a title is its type, its title, its release year and its directors.

    show_id is no identity: releases number their rows anew.
    """
    directors = F.concat_ws(",", "directors")
    key = surrogate_key(F.col("type"), F.lower("title"), F.col("release_year"), directors)
    return titles.withColumn("title_key", key)


def with_verdict(titles: DataFrame) -> DataFrame:
    """One row per row, with failed_rules: [] for a valid row.

    Of a release's otherwise valid rows with one identity, the one added last is `unique_title`, then the
    one with the smallest show_id as text.
    """
    judged = titles.withColumns(
        {
            "row_failures": failed_rules(ROW_RULES),
            "row_hash": F.xxhash64(*[f"bronze_row.{name}" for name in TITLES.columns]),
        }
    ).withColumn("is_whole", F.size("row_failures") == 0)
    rivals = Window.partitionBy(SOURCE_FILE, "title_key", "is_whole")
    order = rivals.orderBy(F.desc_nulls_last("date_added"), "show_id", "row_hash")
    rank = F.when(F.col("is_whole"), F.row_number().over(order)).otherwise(F.lit(1))
    return judged.withColumn("rank_in_release", rank).withColumn("failed_rules", failed_rules(RULES))


def judge(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: cleansed, identified, and with the rules that it fails."""
    return with_verdict(with_identity(standardize(bronze)))


def valid_titles(bronze: DataFrame) -> DataFrame:
    """One row per title of each release in `bronze`."""
    valid = judge(bronze).filter(F.size("failed_rules") == 0)
    return valid.select(
        "title_key",
        "show_id",
        "type",
        "type_flag",
        "title",
        F.trim(F.split("title", ":")[0]).alias("short_title"),
        "directors",
        "cast",
        "countries",
        "genres",
        "date_added",
        "release_year",
        "rating",
        "duration_minutes",
        "seasons",
        "description",
    )


def quarantined_titles(bronze: DataFrame) -> DataFrame:
    """One row per bronze row that fails a rule: the row as it came, and the names of the rules."""
    failed = judge(bronze).filter(F.size("failed_rules") > 0)
    return failed.select(*[F.col(f"bronze_row.{name}").alias(name) for name in BRONZE_COLUMNS], "failed_rules")
