"""IMDb's files, each a snapshot: the typed rows of the newest one, and every row that failed a rule.

Silver has of IMDb what a catalogue can use: titles of the types that it has, the ratings of those, who took part in
titles that are matched, and those people. What is left out stays in bronze.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column as SqlColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from bronze.feeds import CORRUPT, Feed
from bronze.lineage import LINEAGE, SOURCE_FILE
from silver.columns.keys import surrogate_key
from silver.columns.rules import failed_rules
from silver.columns.text import blank_to_null
from silver.releases import release_order
from tables import Column, Table


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What is made of a feed's files: the table, its key, and the rules by name.

    `typed` gives the columns of the table, and those that only rules need, from the feed's. Rows that are not `useful`
    to a catalogue are valid, and left out; so are those whose column `useful_by` is not among what is used.
    """

    feed: Feed
    table: Table
    typed: Callable[[], Mapping[str, SqlColumn]]
    rules: Mapping[str, str]
    useful: str = "TRUE"
    useful_by: str = ""

    @property
    def quarantine(self) -> Table:
        """The rows that failed a rule, as they came, and the names of the rules."""
        return Table(
            name=f"{self.table.name}_quarantine",
            comment="One row per bronze row that failed a rule: the row as it came, and the names of the rules.",
            columns=(
                *self.feed.table.columns,
                Column("failed_rules", "ARRAY<STRING>", "names of the rules that the row failed"),
            ),
        )

    @property
    def unique(self) -> str:
        """The rule that a file's repeats of a key fail."""
        return f"unique_{self.table.primary_key[0]}" if len(self.table.primary_key) == 1 else "unique_place"


def value(name: str) -> SqlColumn:
    """A cell's folded text; null for `\\N`, which IMDb writes for none, and where it is blank."""
    return F.nullif(blank_to_null(F.col(name)), F.lit("\\N"))


def whole_number(name: str) -> SqlColumn:
    """INT of a cell that holds digits alone; null else."""
    return F.when(value(name).rlike("^[0-9]{1,9}$"), value(name)).try_cast("int")


def items(name: str) -> SqlColumn:
    """ARRAY<STRING>: the items of a cell that are separated by commas; [] for none."""
    return F.coalesce(F.split(value(name), ","), F.array().cast("array<string>"))


def _checked(bronze: DataFrame, snapshot: Snapshot) -> DataFrame:
    """One row per bronze row: as it came in `bronze_row`, typed, with the rules that it fails by itself."""
    typed = bronze.select(
        *[column.name for column in LINEAGE],
        CORRUPT,
        F.struct(*snapshot.feed.table.column_names).alias("bronze_row"),
        *[column.alias(name) for name, column in snapshot.typed().items()],
    )
    return typed.withColumn(
        "row_failures", failed_rules({"well_formed_record": f"{CORRUPT} IS NULL", **snapshot.rules})
    )


def _ranked(checked: DataFrame, snapshot: Snapshot, used: DataFrame | None) -> DataFrame:
    """One row per row without failures, of the keys in `used`: its place among the rows of its file with its key."""
    whole = checked.filter(F.size("row_failures") == 0).filter(snapshot.useful)
    if used is not None:
        whole = whole.join(used, snapshot.useful_by, how="left_semi")
    row_hash = surrogate_key(*[F.col(f"bronze_row.{name}") for name in snapshot.feed.columns])
    rivals = Window.partitionBy(SOURCE_FILE, *snapshot.table.primary_key).orderBy(row_hash)
    return whole.withColumn("place", F.row_number().over(rivals))


def newest_file(checked: DataFrame) -> DataFrame:
    """One row: the file of the newest snapshot that has a valid row; none where there is none."""
    files = release_order(checked.filter(F.size("row_failures") == 0))
    last = F.max("release_order").over(Window.partitionBy(F.lit(0)))
    return files.withColumn("last", last).filter("release_order = last").select(SOURCE_FILE)


def newest_rows(bronze: DataFrame, snapshot: Snapshot, used: DataFrame | None = None) -> DataFrame:
    """One row per key of the newest snapshot, typed; only those that are in `used`, where that is given."""
    checked = _checked(bronze, snapshot)
    newest = checked.join(newest_file(checked), SOURCE_FILE, how="left_semi")
    return _ranked(newest, snapshot, used).filter("place = 1").select(*snapshot.table.column_names)


def quarantined_rows(bronze: DataFrame, snapshot: Snapshot, used: DataFrame | None = None) -> DataFrame:
    """One row per bronze row that fails a rule, or repeats a key that is used: as it came, and the rules."""
    checked = _checked(bronze, snapshot)
    failed = checked.filter(F.size("row_failures") > 0).select("bronze_row", "row_failures")
    repeated = _ranked(checked, snapshot, used).filter("place > 1")
    repeats = repeated.select("bronze_row", F.array(F.lit(snapshot.unique)).alias("row_failures"))
    return failed.unionByName(repeats).select("bronze_row.*", F.col("row_failures").alias("failed_rules"))
