"""Cleansing of IMDb's datasets, whose files are snapshots: typed rows of the newest one, and rows that fail a rule.

Silver has the part of IMDb that a catalogue can use: titles of its types, their ratings, the principals of matched
titles, and those people. Everything else stays in bronze.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import CORRUPT, Feed
from bronze.provenance import SOURCE_FILE
from common.keys import surrogate_key
from common.rules import failed_rules, holds
from common.specifications import TableSpec
from silver.releases.quarantine import quarantine_table
from silver.releases.report import releases_table


@dataclass(frozen=True, eq=False, kw_only=True)
class ImdbDataset:
    """One of IMDb's datasets: its feed, the table that it becomes, and the rules for its rows by name.

    `columns` gives the columns of the table, and those that only rules need, from the feed's. Rows that fail the
    condition `is_useful` are valid and left out; so are rows whose column `used_by` is not among the values in use.
    """

    feed: Feed
    table: TableSpec
    columns: Callable[[], Mapping[str, Column]] = field(repr=False)
    rules: Mapping[str, str]
    is_useful: str = "TRUE"
    used_by: str = ""

    @property
    def name(self) -> str:
        """The name of the table, and of the feed's."""
        return self.table.name

    @property
    def quarantine(self) -> TableSpec:
        """The table of rows that failed a rule."""
        return quarantine_table(self.feed)

    @property
    def releases(self) -> TableSpec:
        """The table that reports on each snapshot."""
        return releases_table(f"{self.name}_releases", f"snapshot of {self.name}")

    @property
    def all_rules(self) -> Mapping[str, str]:
        """The rules, that for the line first."""
        return {"well_formed_record": f"{CORRUPT} IS NULL", **self.rules}

    @property
    def unique_rule(self) -> str:
        """The rule that a file's repeats of a key fail."""
        return f"unique_{self.table.primary_key[0]}" if len(self.table.primary_key) == 1 else "unique_place"


def value(name: str) -> Column:
    """STRING: a cell; null for `\\N`, which IMDb writes for a missing value."""
    return F.nullif(F.col(name), F.lit("\\N"))


def whole_number(name: str) -> Column:
    """INT of a cell that contains only digits, or digits and a decimal part of zeros (1994.0), else null."""
    text = F.col(name)
    digits = F.when(text.rlike("^[0-9]{1,9}$"), text).when(
        text.rlike("^[0-9]{1,9}[.]0*$"), F.substring_index(text, ".", 1)
    )
    return digits.try_cast("int")


def items(name: str) -> Column:
    """ARRAY<STRING>: the comma-separated items of a cell; empty for a missing value."""
    return F.coalesce(F.split(value(name), ","), F.array().cast("array<string>"))


def newest_rows(
    bronze: DataFrame, releases: DataFrame, dataset: ImdbDataset, used: DataFrame | None = None
) -> DataFrame:
    """One row per key of the newest snapshot with a valid row, typed; if `used` is given, only rows in use.

    `releases` are one row per file of the feed (`file_report`).
    """
    newest = releases.filter("is_applied AND is_superseded = FALSE").select(F.col("source_file").alias(SOURCE_FILE))
    rows = bronze.join(newest, SOURCE_FILE, how="left_semi")
    return _numbered(rows, dataset, used).filter("position = 1").select(*dataset.table.column_names)


def quarantined_rows(bronze: DataFrame, dataset: ImdbDataset, used: DataFrame | None = None) -> DataFrame:
    """One row per bronze row that fails a rule, or repeats a key in use."""
    failed = _typed(bronze, dataset).filter(reduce(or_, [~holds(rule) for rule in dataset.all_rules.values()]))
    failures = failed.withColumn("failed_rules", failed_rules(dataset.all_rules)).select("bronze_row", "failed_rules")
    repeated = _numbered(bronze, dataset, used).filter("position > 1")
    repeats = repeated.select("bronze_row", F.array(F.lit(dataset.unique_rule)).alias("failed_rules"))
    return failures.unionByName(repeats).select("bronze_row.*", "failed_rules")


def _typed(bronze: DataFrame, dataset: ImdbDataset) -> DataFrame:
    """One row per bronze row: typed, and the unchanged row in `bronze_row`."""
    return bronze.select(
        SOURCE_FILE,
        CORRUPT,
        F.struct(*dataset.feed.table.column_names).alias("bronze_row"),
        *[column.alias(name) for name, column in dataset.columns().items()],
    )


def _numbered(bronze: DataFrame, dataset: ImdbDataset, used: DataFrame | None) -> DataFrame:
    """One row per valid row in use, typed, with its position among the rows of its file with the same key."""
    rows = bronze if used is None else bronze.join(used, dataset.used_by, how="left_semi")
    valid = _typed(rows, dataset).filter(dataset.is_useful)
    for rule in dataset.all_rules.values():
        valid = valid.filter(holds(rule))
    row_hash = surrogate_key(*[F.col(f"bronze_row.{name}") for name in dataset.feed.column_names])
    same_key = Window.partitionBy(SOURCE_FILE, *dataset.table.primary_key).orderBy(row_hash)
    return valid.withColumn("position", F.row_number().over(same_key))
