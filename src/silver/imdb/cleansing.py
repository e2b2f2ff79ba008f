"""IMDb's files, each a snapshot: the typed rows of the newest one, and every row that failed a rule.

Silver has of IMDb what a catalogue can use: titles of the types that it has, the ratings of those, who took part in
titles that are matched, and those people. What is left out stays in bronze.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import CORRUPT, Feed
from bronze.lineage import SOURCE_FILE
from common.keys import surrogate_key
from common.rules import failed_rules, holds
from common.specifications import ColumnSpec, TableSpec
from silver.releases.report import releases_of

BRONZE_ROW = "bronze_row"


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What is made of a feed's files: the table, its key, and the rules by name.

    `typed` gives the columns of the table, and those that only rules need, from the feed's. Rows that are not `useful`
    to a catalogue are valid, and left out; so are those whose column `useful_by` is not among what is used.
    """

    feed: Feed
    table: TableSpec
    typed: Callable[[], Mapping[str, Column]]
    rules: Mapping[str, str]
    useful: str = "TRUE"
    useful_by: str = ""

    @property
    def quarantine(self) -> TableSpec:
        """The rows that failed a rule, as they came, and the names of the rules."""
        return TableSpec(
            name=f"{self.table.name}_quarantine",
            comment="One row per bronze row that failed a rule: the row as it came, and the names of the rules.",
            columns=(
                *self.feed.table.columns,
                ColumnSpec("failed_rules", "ARRAY<STRING>", "names of the rules that the row failed"),
            ),
        )

    @property
    def releases(self) -> TableSpec:
        """What became of each snapshot."""
        return releases_of(
            self.feed,
            f"{self.table.name}_releases",
            f"One row per snapshot of {self.feed.name} (a file): its place in the order, what became of it.",
        )

    @property
    def all_rules(self) -> Mapping[str, str]:
        """The rules, that of the line first."""
        return {"well_formed_record": f"{CORRUPT} IS NULL", **self.rules}

    @property
    def unique(self) -> str:
        """The rule that a file's repeats of a key fail."""
        return f"unique_{self.table.primary_key[0]}" if len(self.table.primary_key) == 1 else "unique_place"


def value(name: str) -> Column:
    """A cell; null for `\\N`, which IMDb writes for none."""
    return F.nullif(F.col(name), F.lit("\\N"))


def whole_number(name: str) -> Column:
    """INT of a cell that holds digits alone; null else."""
    return F.when(F.col(name).rlike("^[0-9]{1,9}$"), F.col(name)).try_cast("int")


def items(name: str) -> Column:
    """ARRAY<STRING>: the items of a cell that are separated by commas; [] for none."""
    return F.coalesce(F.split(value(name), ","), F.array().cast("array<string>"))


def newest_rows(bronze: DataFrame, releases: DataFrame, snapshot: Snapshot, used: DataFrame | None = None) -> DataFrame:
    """One row per key of the newest snapshot that has a valid row, typed; only those in `used`, where that is given.

    `releases` are one row per file of the feed (release_report).
    """
    newest = releases.filter("is_applied AND is_superseded = FALSE").select(F.col("source_file").alias(SOURCE_FILE))
    rows = bronze.join(newest, SOURCE_FILE, how="left_semi")
    return _ranked(rows, snapshot, used).filter("place = 1").select(*snapshot.table.column_names)


def quarantined_rows(bronze: DataFrame, snapshot: Snapshot, used: DataFrame | None = None) -> DataFrame:
    """One row per bronze row that fails a rule, or repeats a key that is used: as it came, and the rules."""
    failed = _typed(bronze, snapshot).filter(reduce(or_, [~holds(rule) for rule in snapshot.all_rules.values()]))
    named = failed.withColumn("failed_rules", failed_rules(snapshot.all_rules)).select(BRONZE_ROW, "failed_rules")
    repeated = _ranked(bronze, snapshot, used).filter("place > 1")
    repeats = repeated.select(BRONZE_ROW, F.array(F.lit(snapshot.unique)).alias("failed_rules"))
    return named.unionByName(repeats).select(f"{BRONZE_ROW}.*", "failed_rules")


def _typed(bronze: DataFrame, snapshot: Snapshot) -> DataFrame:
    """One row per bronze row: typed, and as it came."""
    return bronze.select(
        SOURCE_FILE,
        CORRUPT,
        F.struct(*snapshot.feed.table.column_names).alias(BRONZE_ROW),
        *[column.alias(name) for name, column in snapshot.typed().items()],
    )


def _ranked(bronze: DataFrame, snapshot: Snapshot, used: DataFrame | None) -> DataFrame:
    """One row per valid row of the keys in `used`, typed: its place among the rows of its file with its key."""
    rows = bronze if used is None else bronze.join(used, snapshot.useful_by, how="left_semi")
    whole = _typed(rows, snapshot).filter(snapshot.useful)
    for rule in snapshot.all_rules.values():
        whole = whole.filter(holds(rule))
    row_hash = surrogate_key(*[F.col(f"{BRONZE_ROW}.{name}") for name in snapshot.feed.columns])
    rivals = Window.partitionBy(SOURCE_FILE, *snapshot.table.primary_key).orderBy(row_hash)
    return whole.withColumn("place", F.row_number().over(rivals))
