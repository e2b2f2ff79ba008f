"""AUTO CDC as plain functions of the current state and the changes: SCD type 1 and 2, from changes and from snapshots.

Semantics: https://docs.databricks.com/aws/en/ldp/cdc
"""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

START, END = "__START_AT", "__END_AT"


def _same(columns: Sequence[str], left: str, right: str) -> Column:
    """Whether the columns are equal on both sides; null equals null."""
    equal = [F.col(f"{left}.{name}").eqNullSafe(F.col(f"{right}.{name}")) for name in columns]
    return reduce(lambda one, other: one & other, equal, F.lit(True))


def _one_per_sequence(events: DataFrame, keys: Sequence[str], columns: Sequence[str]) -> DataFrame:
    """One event per key and sequence value; of several, always the same one whatever order they came in."""
    tie_break = [F.xxhash64(name).desc() for name in columns if name not in keys]
    order = Window.partitionBy(*keys, "__sequence").orderBy(F.desc("__delete"), *tie_break)
    return events.withColumn("__rank", F.row_number().over(order)).filter("__rank = 1").drop("__rank")


def latest_state(events: DataFrame, keys: Sequence[str], columns: Sequence[str]) -> DataFrame:
    """SCD 1: one row per key, as its latest event left it; none where that is a delete.

    `events` are all changes of these keys, with `__sequence` and `__delete` (BOOLEAN).
    """
    newest = Window.partitionBy(*keys).orderBy(F.desc("__sequence"))
    ranked = _one_per_sequence(events, keys, columns).withColumn("__rank", F.row_number().over(newest))
    return ranked.filter("__rank = 1 AND NOT __delete").select(*columns)


def history(events: DataFrame, keys: Sequence[str], columns: Sequence[str], tracked: Sequence[str]) -> DataFrame:
    """SCD 2: one row per key and version, from __START_AT until __END_AT (null: now).

    `events` are all changes of these keys, in any order, with `__sequence` and `__delete` (BOOLEAN). An event that
    changes no tracked column starts no version; it updates the one that stands.
    """
    by_sequence = Window.partitionBy(*keys).orderBy("__sequence")
    until_now = by_sequence.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    content = events.select(*columns, "__sequence", "__delete")
    packed = _one_per_sequence(content, keys, columns).withColumn("__now", F.struct(*columns))
    before = packed.withColumn("__before", F.lag("__now").over(by_sequence)).withColumn(
        "__deleted_before", F.coalesce(F.lag("__delete").over(by_sequence), F.lit(True))
    )
    starts = F.col("__delete") | F.col("__deleted_before") | ~_same(tracked, "__now", "__before")
    numbered = before.withColumn("__run", F.sum(F.when(starts, 1).otherwise(0)).over(until_now))
    run = Window.partitionBy(*keys, "__run")
    runs = numbered.withColumn("__first", F.min("__sequence").over(run)).withColumn(
        "__place", F.row_number().over(run.orderBy(F.desc("__sequence")))
    )
    versions = runs.filter("__place = 1").withColumn(
        END, F.lead("__first").over(Window.partitionBy(*keys).orderBy("__first"))
    )
    return versions.filter("NOT __delete").select(*columns, F.col("__first").alias(START), END)


def apply_snapshot(
    current: DataFrame,
    snapshot: DataFrame,
    version: Column,
    keys: Sequence[str],
    columns: Sequence[str],
    tracked: Sequence[str],
) -> DataFrame:
    """SCD 2: the history after `snapshot`, which holds every key that exists at `version`.

    A key with a change in a tracked column gets a new version; one without is updated in place; one that the
    snapshot lacks is closed. Closed versions stay as they are.
    """
    closed = current.filter(F.col(END).isNotNull())
    old = current.filter(F.col(END).isNull()).select(
        *[F.col(key).alias(f"__old_{key}") for key in keys], F.struct(*columns, START).alias("__old")
    )
    new = snapshot.select(*[F.col(key).alias(f"__new_{key}") for key in keys], F.struct(*columns).alias("__new"))
    same_key = [F.col(f"__old_{key}").eqNullSafe(F.col(f"__new_{key}")) for key in keys]
    pairs = old.join(new, reduce(lambda one, other: one & other, same_key), how="full")
    in_both = F.col("__old").isNotNull() & F.col("__new").isNotNull()
    marked = pairs.withColumn("__unchanged", in_both & _same(tracked, "__old", "__new"))
    stands = marked.filter(F.col("__new").isNotNull()).select(
        *[F.col(f"__new.{name}").alias(name) for name in columns],
        F.when(F.col("__unchanged"), F.col(f"__old.{START}")).otherwise(version).alias(START),
        F.when(F.lit(False), version).alias(END),
    )
    ended = marked.filter(F.col("__old").isNotNull() & ~F.col("__unchanged")).select(
        *[F.col(f"__old.{name}").alias(name) for name in columns],
        F.col(f"__old.{START}").alias(START),
        version.alias(END),
    )
    return closed.select(*columns, START, END).unionByName(stands).unionByName(ended)


def first_history(snapshot: DataFrame, version: Column, columns: Sequence[str]) -> DataFrame:
    """SCD 2: the history of a first snapshot."""
    return snapshot.select(*columns, version.alias(START), F.when(F.lit(False), version).alias(END))
