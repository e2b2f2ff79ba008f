"""Titles of the catalogue, with their history, and the rows of releases that are left out."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from cleanse.catalogue.rows import TITLE_COLUMNS, UNIQUE_TITLE
from common.specifications import ColumnSpec, TableSpec
from silver.releases.quarantine import quarantine_table
from silver.releases.report import releases_table

TITLES = TableSpec(
    name="titles",
    comment="One row per title and version (SCD 2), from catalogue releases.",
    columns=(
        *TITLE_COLUMNS,
        ColumnSpec("__START_AT", "TIMESTAMP", "version of the release that started this version of the title"),
        ColumnSpec("__END_AT", "TIMESTAMP", "version of the release that ended it; null for the current version"),
    ),
    cluster_by=("title_key",),
    properties={"lakehouse.example": "ORDER BY release_year DESC LIMIT 5"},
)
TITLES_QUARANTINE = quarantine_table(feeds.TITLES_FEED)
TITLE_RELEASES = releases_table("title_releases", "catalogue release")


def deciding_values() -> dict[str, Column]:
    """STRING: of a checked row that was left out, the value that decided, by rule."""
    return {
        "well_formed_record": F.col("bronze_row._corrupt_record"),
        "valid_type": F.col("type"),
        "valid_release_year": F.coalesce(F.col("release_year").cast("string"), "bronze_row.release_year"),
        UNIQUE_TITLE: F.col("title"),
    }


def quarantined_titles(rows: DataFrame) -> DataFrame:
    """One row per row of a release that failed a rule: the unchanged row and the rules."""
    return rows.filter(F.size("failed_rules") > 0).select("bronze_row.*", "failed_rules")
