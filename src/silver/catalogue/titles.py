"""Titles of the catalogue, with their history, and the rows of releases that are left out."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bronze import feeds
from cleanse.catalogue.rows import TITLE_COLUMNS
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


def quarantined_titles(rows: DataFrame) -> DataFrame:
    """One row per row of a release that failed a rule: the unchanged row and the rules."""
    return rows.filter(F.size("failed_rules") > 0).select("bronze_row.*", "failed_rules")
