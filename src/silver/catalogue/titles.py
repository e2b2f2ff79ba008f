"""Titles: cleansing a catalogue release, and who a title is (docs/data-model.md)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import CORRUPT, RESCUED, TITLES
from bronze.lineage import SOURCE_FILE
from common.dates import (
    AMBIGUOUS_DATE_ORDER,
    LAST_DAY,
    STREAMING_BEGAN,
    date_order,
    in_order,
    is_ambiguous,
    readings,
)
from common.keys import surrogate_key
from common.rules import failed_rules, with_repeats
from common.specifications import ColumnSpec, TableSpec
from common.text import blank_to_null, compose, given, split_list
from silver.releases.file_names import last_day_of_release
from silver.releases.headers import by_name

TYPE_FLAGS = {"Movie": 1, "TV Show": 2}
DURATION = "^([0-9]+) (min|mins|minutes|Season|Seasons)$"
# Logistics (2012), the longest film there is, lasts 35 days and 17 hours.
LONGEST_MOVIE = 51_420
# Meet the Press, the longest-running show of television, has been on every year since 1947.
MOST_SEASONS = 100
# Of names or genres in one cell. A list as long as that is none, and a share of it (gold's weights) is no millionth.
LONGEST_LIST = 10_000

HISTORY = TableSpec(
    name="titles",
    comment="One row per title and version (SCD 2): what each catalogue release says of it.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "hash of who the title is: its type, title, release year and directors"),
        ColumnSpec("show_id", "STRING", "the id of the title in its latest release; no identity"),
        ColumnSpec("type", "STRING", "Movie or TV Show"),
        ColumnSpec("type_flag", "INT", "1 Movie, 2 TV Show"),
        ColumnSpec("title", "STRING", "the name of the title, white space folded"),
        ColumnSpec("short_title", "STRING", "the name before the first colon"),
        ColumnSpec("directors", "ARRAY<STRING>", "in source order; empty where unknown"),
        ColumnSpec("cast", "ARRAY<STRING>", "in source order; empty where unknown"),
        ColumnSpec("countries", "ARRAY<STRING>", "countries of production, in source order; empty where unknown"),
        ColumnSpec("genres", "ARRAY<STRING>", "in source order; empty where unknown"),
        ColumnSpec("date_added", "DATE", "when the title was added to the catalogue"),
        ColumnSpec("release_year", "INT", "when the title was first shown"),
        ColumnSpec("rating", "STRING", "maturity rating"),
        ColumnSpec("duration_minutes", "INT", "minutes, movies"),
        ColumnSpec("seasons", "INT", "TV shows"),
        ColumnSpec("description", "STRING"),
        ColumnSpec("__START_AT", "TIMESTAMP", "version of the release that brought this version of the title"),
        ColumnSpec("__END_AT", "TIMESTAMP", "version of the release that ended it; null: it stands"),
    ),
)
# AUTO CDC adds the last two.
TITLE_COLUMNS = HISTORY.column_names[:-2]

QUARANTINE = TableSpec(
    name="titles_quarantine",
    comment="One row per bronze row that failed a rule: the row as it came, and the rules' names.",
    columns=(
        *TITLES.table.columns,
        ColumnSpec("failed_rules", "ARRAY<STRING>", "names of the rules that the row failed"),
    ),
)

ROW_RULES = {
    "well_formed_record": "_corrupt_record IS NULL",
    "valid_show_id": "show_id IS NOT NULL",
    "valid_title": "title IS NOT NULL",
    "valid_type": "type_flag IS NOT NULL",
    # 1888: the first film; 2100: later ones are typing errors.
    "valid_release_year": "release_year BETWEEN 1888 AND 2100",
    # A score (7.8, 8.1/10) is none; minimum ages (16, 18+) may be.
    "valid_rating": "rating IS NULL OR rating NOT RLIKE '^[0-9]+[.,][0-9]'",
    "valid_date_added": "date_added_text IS NULL OR date_added IS NOT NULL OR date_is_ambiguous",
    AMBIGUOUS_DATE_ORDER: "NOT date_is_ambiguous",
    "plausible_date_added": f"date_added IS NULL OR date_added BETWEEN DATE'{STREAMING_BEGAN}' AND last_date_added",
    "valid_duration": "duration_text IS NULL OR duration_minutes IS NOT NULL OR seasons IS NOT NULL",
    "plausible_duration": f"coalesce(duration_minutes BETWEEN 1 AND {LONGEST_MOVIE}, TRUE) "
    f"AND coalesce(seasons BETWEEN 1 AND {MOST_SEASONS}, TRUE)",
    "plausible_lists": f"greatest(size(directors), size(cast), size(countries), size(genres)) <= {LONGEST_LIST}",
    "length_fits_type": "CASE type_flag WHEN 1 THEN seasons IS NULL WHEN 2 THEN duration_minutes IS NULL ELSE TRUE END",
}
UNIQUE_TITLE = "unique_title"


def with_repaired_duration(titles: DataFrame) -> DataFrame:
    """One row per row: a duration that stands in the rating ("74 min") moved to where it belongs."""
    misplaced = F.col("rating").rlike(DURATION)
    return titles.withColumns(
        {
            "duration_text": F.when(misplaced, F.coalesce("duration_text", "rating")).otherwise(F.col("duration_text")),
            "rating": F.when(~misplaced, F.col("rating")),
        }
    )


def with_lengths(titles: DataFrame) -> DataFrame:
    """One row per row, with duration_minutes ("90 min") or seasons ("2 Seasons") from the duration's text."""
    length = F.regexp_extract("duration_text", DURATION, 1).try_cast("int")
    is_seasons = F.regexp_extract("duration_text", DURATION, 2).startswith("Season")
    return titles.withColumns({"duration_minutes": F.when(~is_seasons, length), "seasons": F.when(is_seasons, length)})


def with_type(titles: DataFrame) -> DataFrame:
    """One row per row, with type as the catalogue spells it and type_flag (1 Movie, 2 TV Show), null for others."""
    spelled = {name: F.lower("type") == name.lower() for name in TYPE_FLAGS}
    name = F.coalesce(*[F.when(is_it, F.lit(name)) for name, is_it in spelled.items()])
    flag = F.coalesce(*[F.when(is_it, F.lit(TYPE_FLAGS[name])) for name, is_it in spelled.items()])
    return titles.withColumns({"type_flag": flag, "type": F.coalesce(name, F.col("type"))})


def standardize(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: typed and repaired columns, and the row as it came in `bronze_row`."""
    rows = by_name(bronze, TITLES).join(_last_dates_added(bronze), SOURCE_FILE, how="left")
    typed = rows.select(
        "last_date_added",
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
    return with_type(with_lengths(with_repaired_duration(with_date_added(typed))))


def _last_dates_added(bronze: DataFrame) -> DataFrame:
    """One row per file: last_date_added, on which a title of it can have been added: a day after the release."""
    files = bronze.groupBy(SOURCE_FILE).agg(
        F.min("_source_modified_at").alias("modified_at"), F.min("_ingested_at").alias("ingested_at")
    )
    released = last_day_of_release(F.col(SOURCE_FILE), F.col("modified_at"), F.col("ingested_at"))
    return files.select(SOURCE_FILE, F.least(F.date_add(released, 1), F.lit(LAST_DAY)).alias("last_date_added"))


def with_date_added(titles: DataFrame) -> DataFrame:
    """One row per row, with date_added in the order of day and month of its file, and date_is_ambiguous."""
    read = titles.withColumn("date_readings", readings(F.col("date_added_text")))
    ordered = read.withColumn("date_order", date_order(F.col(SOURCE_FILE), F.col("date_readings")))
    reading = (F.col("date_readings"), F.col("date_order"))
    return ordered.withColumns({"date_added": in_order(*reading), "date_is_ambiguous": is_ambiguous(*reading)})


def with_identity(titles: DataFrame) -> DataFrame:
    """One row per row, with title_key: a title is its type, its title, its release year and its directors.

    show_id is no identity: releases number their rows anew. A letter and its marks may be one character or several.
    """
    title, directors = F.lower(compose(F.col("title"))), compose(F.concat_ws(",", "directors"))
    key = surrogate_key(F.col("type"), title, F.col("release_year"), directors)
    return titles.withColumn("title_key", key)


def with_row_failures(titles: DataFrame) -> DataFrame:
    """One row per row, with row_failures: the names of the rules that it fails by itself."""
    return titles.withColumn("row_failures", failed_rules(ROW_RULES))


def with_verdict(titles: DataFrame) -> DataFrame:
    """One row per row, with failed_rules: [] for a valid row.

    Of a release's otherwise valid rows with one identity, the one added last is `unique_title`, then the
    one with the smallest show_id as text.
    """
    row_hash = surrogate_key(*[F.col(f"bronze_row.{name}") for name in (*TITLES.columns, RESCUED)])
    best_first = (F.desc_nulls_last("date_added"), F.col("show_id"), F.col("row_hash"))
    return with_repeats(titles.withColumn("row_hash", row_hash), "title_key", best_first, UNIQUE_TITLE, SOURCE_FILE)


def fewest_failures(bronze: DataFrame) -> DataFrame:
    """One row: how many rules the best of the rows fails by itself; 0 where the release has a valid title.

    An aggregate, no filter: an engine pushes a filter down, and computes what it tests a second time.
    """
    return with_row_failures(standardize(bronze)).agg(F.min(F.size("row_failures")).alias("failures"))


def judge(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: cleansed, identified, and with the rules that it fails."""
    return with_verdict(with_row_failures(with_identity(standardize(bronze))))


def valid_titles(bronze: DataFrame) -> DataFrame:
    """One row per title of each release in `bronze`."""
    valid = judge(bronze).filter(F.size("failed_rules") == 0)
    short_title = F.trim(F.get(F.split("title", ":"), F.lit(0)))
    return valid.withColumn("short_title", short_title).select(*TITLE_COLUMNS)


def quarantined_titles(bronze: DataFrame) -> DataFrame:
    """One row per bronze row that fails a rule: the row as it came, and the names of the rules."""
    failed = judge(bronze).filter(F.size("failed_rules") > 0)
    return failed.select("bronze_row.*", "failed_rules")


def latest_titles(titles: DataFrame) -> DataFrame:
    """One row per title: its latest version, in the catalogue or not."""
    newest_first = Window.partitionBy("title_key").orderBy(F.desc("__START_AT"))
    return titles.withColumn("age", F.row_number().over(newest_first)).filter("age = 1").drop("age")
