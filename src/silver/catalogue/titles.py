"""Titles of the catalogue: their rules, the valid rows of a release, and those that fail a rule."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from bronze.feeds import RESCUED
from bronze.provenance import SOURCE_FILE
from common.dates import AMBIGUOUS_DATE_ORDER, STREAMING_BEGAN
from common.keys import surrogate_key
from common.rules import failed_rules, with_failed_rules
from common.specifications import ColumnSpec, TableSpec
from silver.catalogue.cleansing import cleanse_titles, with_identity
from silver.releases.next_release import Snapshot, next_release_rows
from silver.releases.quarantine import quarantine_table
from silver.releases.report import releases_table

# The first film was made in 1888; years after 2100 are typing errors.
FIRST_YEAR, LAST_YEAR = 1888, 2100
# Logistics (2012), the longest film there is, lasts 35 days and 17 hours.
LONGEST_MOVIE = 51_420
# Meet the Press, the longest-running show of television, has been on every year since 1947.
MAX_SEASONS = 100
# The most names or genres in one cell. A longer text is not a list, and gold's weights are millionths at least.
LONGEST_LIST = 10_000

TITLES = TableSpec(
    name="titles",
    comment="One row per title and version (SCD 2), from catalogue releases.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "hash of what identifies a title: type, title, release year and directors"),
        ColumnSpec("show_id", "STRING", "id of the title in its latest release; other releases may reuse it"),
        ColumnSpec("type", "STRING", "Movie or TV Show"),
        ColumnSpec("type_flag", "INT", "1 Movie, 2 TV Show"),
        ColumnSpec("title", "STRING", "name of the title, with single spaces"),
        ColumnSpec("short_title", "STRING", "the title up to the first colon"),
        ColumnSpec("directors", "ARRAY<STRING>", "in source order; empty if unknown"),
        ColumnSpec("cast", "ARRAY<STRING>", "in source order; empty if unknown"),
        ColumnSpec("countries", "ARRAY<STRING>", "countries of production, in source order; empty if unknown"),
        ColumnSpec("genres", "ARRAY<STRING>", "in source order; empty if unknown"),
        ColumnSpec("date_added", "DATE", "when the title was added to the catalogue; from 2007-01-16 on"),
        ColumnSpec("release_year", "INT", "year in which the title was first shown"),
        ColumnSpec("rating", "STRING", "maturity rating"),
        ColumnSpec("duration_minutes", "INT", "length of a movie in minutes, 1 to 51,420"),
        ColumnSpec("seasons", "INT", "number of seasons of a TV show, 1 to 100"),
        ColumnSpec("description", "STRING", "one or two sentences"),
        ColumnSpec("__START_AT", "TIMESTAMP", "version of the release that started this version of the title"),
        ColumnSpec("__END_AT", "TIMESTAMP", "version of the release that ended it; null for the current version"),
    ),
    cluster_by=("title_key",),
    properties={"lakehouse.example": "ORDER BY release_year DESC LIMIT 5"},
)
# AUTO CDC adds the last two.
TITLE_COLUMNS = TITLES.column_names[:-2]

TITLES_QUARANTINE = quarantine_table(feeds.TITLES_FEED)
TITLE_RELEASES = releases_table("title_releases", "catalogue release")

TITLE_RULES = {
    "well_formed_record": "_corrupt_record IS NULL",
    "valid_show_id": "show_id IS NOT NULL",
    "valid_title": "title IS NOT NULL",
    "valid_type": "type_flag IS NOT NULL",
    "valid_release_year": f"release_year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}",
    # A score (7.8, 8.1/10) is not a maturity rating; a minimum age (16, 18+) may be one.
    "valid_rating": "rating IS NULL OR rating NOT RLIKE '^[0-9]+[.,][0-9]'",
    "valid_date_added": "date_added_text IS NULL OR date_added IS NOT NULL OR date_is_ambiguous",
    AMBIGUOUS_DATE_ORDER: "NOT date_is_ambiguous",
    "plausible_date_added": f"date_added IS NULL OR date_added BETWEEN DATE'{STREAMING_BEGAN}' AND last_date_added",
    "valid_duration": "duration_text IS NULL OR duration_minutes IS NOT NULL OR seasons IS NOT NULL",
    "plausible_duration": f"coalesce(duration_minutes BETWEEN 1 AND {LONGEST_MOVIE}, TRUE) "
    f"AND coalesce(seasons BETWEEN 1 AND {MAX_SEASONS}, TRUE)",
    "plausible_lists": f"greatest(size(directors), size(cast), size(countries), size(genres)) <= {LONGEST_LIST}",
    "length_fits_type": "CASE type_flag WHEN 1 THEN seasons IS NULL WHEN 2 THEN duration_minutes IS NULL ELSE TRUE END",
}
UNIQUE_TITLE = "unique_title"


def with_title_failures(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: cleansed, with row_failures, the names of the rules that it fails on its own."""
    return cleanse_titles(bronze).withColumn("row_failures", failed_rules(TITLE_RULES))


def check_titles(bronze: DataFrame) -> DataFrame:
    """One row per bronze row: cleansed, with title_key and failed_rules, which are empty for a valid row.

    If several otherwise valid rows of a release are the same title, the one added last is valid, or else the one with
    the smallest show_id as text; the others fail `unique_title`.
    """
    cells = [F.col(f"bronze_row.{name}") for name in (*feeds.TITLES_FEED.column_names, RESCUED)]
    rows = with_title_failures(bronze).transform(with_identity).withColumn("row_hash", surrogate_key(*cells))
    best_first = (F.desc_nulls_last("date_added"), F.col("show_id"), F.col("row_hash"))
    return with_failed_rules(rows, "title_key", best_first, UNIQUE_TITLE, within=SOURCE_FILE)


def valid_titles(bronze: DataFrame) -> DataFrame:
    """One row per title of each release in `bronze`."""
    valid = check_titles(bronze).filter(F.size("failed_rules") == 0)
    short_title = F.trim(F.get(F.split("title", ":"), F.lit(0)))
    return valid.withColumn("short_title", short_title).select(*TITLE_COLUMNS)


def quarantined_titles(bronze: DataFrame) -> DataFrame:
    """One row per bronze row that fails a rule."""
    failed = check_titles(bronze).filter(F.size("failed_rules") > 0)
    return failed.select("bronze_row.*", "failed_rules")


def next_titles(bronze: DataFrame, latest: datetime | None) -> Snapshot | None:
    """The titles of the release after version `latest`, and its version; None if there is none."""
    release = next_release_rows(bronze, latest, with_title_failures)
    return None if release is None else (valid_titles(release.rows), release.version)
