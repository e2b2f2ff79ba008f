"""AUTO CDC as plain functions of the current state and the changes: SCD type 1 and 2, from changes and from snapshots.

Semantics: https://docs.databricks.com/aws/en/ldp/cdc
"""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StructField, StructType
from pyspark.sql.window import Window

from local_runtime.quoting import quoted

START_AT, END_AT = "__START_AT", "__END_AT"
RESERVED = frozenset(
    {
        START_AT,
        END_AT,
        "__sequence",
        "__delete",
        "__rank",
        "__now",
        "__before",
        "__deleted_before",
        "__run",
        "__first",
        "__place",
        "__part",
        "__count",
        "__is_new",
        "__is_contested",
    }
)
"""Names of columns that the functions here add."""


def column(name: str, struct: str = "") -> Column:
    """The column of exactly this name, dots and all; or the field of that name of a struct column."""
    return F.col(f"{struct}.{quoted(name)}" if struct else quoted(name))


def sequence_values(events: DataFrame) -> list[Column]:
    """The values that order `__sequence`: its fields if it is a struct, else itself.

    Engines don't agree on how structs with null fields compare.
    """
    return _leaves(F.col("__sequence"), events.schema["__sequence"].dataType)


def _leaves(value: Column, data_type: DataType) -> list[Column]:
    if not isinstance(data_type, StructType):
        return [value]
    return [leaf for field in data_type.fields for leaf in _leaves(value.getField(field.name), field.dataType)]


def with_columns(rows: DataFrame, columns: Sequence[StructField]) -> DataFrame:
    """The rows with these columns, in this order; missing ones are null."""
    present = set(rows.columns)
    return rows.select(
        *[
            column(field.name) if field.name in present else F.lit(None).cast(field.dataType).alias(field.name)
            for field in columns
        ]
    )


def _same(columns: Sequence[str], left: str, right: str) -> Column:
    """Whether the columns are equal on both sides; null equals null."""
    equal = [column(name, left).eqNullSafe(column(name, right)) for name in columns]
    return reduce(lambda one, other: one & other, equal, F.lit(True))


def _one_per_sequence(
    events: DataFrame, keys: Sequence[Column], sequence: Sequence[Column], content: Sequence[Column]
) -> DataFrame:
    """One event per key and sequence value; of several, always the same one whatever order they came in."""
    tie_break = [F.xxhash64(value).desc() for value in content]
    order = Window.partitionBy(*keys, *sequence).orderBy(F.desc("__delete"), *tie_break)
    return events.withColumn("__rank", F.row_number().over(order)).filter("__rank = 1").drop("__rank")


def latest_state(events: DataFrame, keys: Sequence[str], columns: Sequence[str]) -> DataFrame:
    """SCD 1: one row per key, from its latest event; no row where that is a delete.

    `events` are all changes of these keys, with `__sequence` and `__delete` (BOOLEAN).
    """
    sequence, key_columns = sequence_values(events), [column(key) for key in keys]
    content = [column(name) for name in columns if name not in keys]
    latest_first = Window.partitionBy(*key_columns).orderBy(*[value.desc_nulls_last() for value in sequence])
    ranked = _one_per_sequence(events, key_columns, sequence, content).withColumn(
        "__rank", F.row_number().over(latest_first)
    )
    return ranked.filter("__rank = 1 AND NOT __delete").select(*map(column, columns))


def history(events: DataFrame, keys: Sequence[str], columns: Sequence[str], tracked: Sequence[str]) -> DataFrame:
    """SCD 2: one row per key and version, from __START_AT until __END_AT (null: now).

    `events` are all changes of these keys, in any order, with `__sequence` and `__delete` (BOOLEAN). An event that
    changes no tracked column starts no version; it updates the current one.
    """
    sequence, key_columns = sequence_values(events), [column(key) for key in keys]
    content = [column(name) for name in columns if name not in keys]
    by_sequence = Window.partitionBy(*key_columns).orderBy(*[value.asc_nulls_first() for value in sequence])
    until_now = by_sequence.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    selected = events.select(*map(column, columns), "__sequence", "__delete")
    packed = _one_per_sequence(selected, key_columns, sequence, content).withColumn(
        "__now", F.struct(*map(column, columns))
    )
    before = packed.withColumn("__before", F.lag("__now").over(by_sequence)).withColumn(
        "__deleted_before", F.coalesce(F.lag("__delete").over(by_sequence), F.lit(True))
    )
    starts = F.col("__delete") | F.col("__deleted_before") | ~_same(tracked, "__now", "__before")
    runs = (
        before.withColumn("__starts", starts)
        .withColumn("__ends", F.coalesce(F.lead("__starts").over(by_sequence), F.lit(True)))
        .withColumn(START_AT, F.last(F.when(F.col("__starts"), F.col("__sequence")), ignorenulls=True).over(until_now))
        .withColumn(END_AT, F.lead("__sequence").over(by_sequence))
    )
    return runs.filter("__ends AND NOT __delete").select(*map(column, columns), START_AT, END_AT)


def apply_snapshot(
    current: DataFrame,
    snapshot: DataFrame,
    version: Column,
    keys: Sequence[str],
    columns: Sequence[str],
    tracked: Sequence[str],
) -> DataFrame:
    """SCD 2: the history after `snapshot`, which contains every key that exists at `version`.

    A key with a change in a tracked column gets a new version; one without is updated in place; one that is missing
    from the snapshot is closed. Closed versions don't change. Both frames have all of `columns`.
    """
    values = [column(name) for name in columns]
    closed = current.filter(F.col(END_AT).isNotNull())
    old = current.filter(F.col(END_AT).isNull()).select(
        *[column(key).alias(f"__old_{place}") for place, key in enumerate(keys)],
        F.struct(*values, START_AT).alias("__old"),
    )
    new = snapshot.select(
        *[column(key).alias(f"__new_{place}") for place, key in enumerate(keys)], F.struct(*values).alias("__new")
    )
    same_key = [F.col(f"__old_{place}").eqNullSafe(F.col(f"__new_{place}")) for place in range(len(keys))]
    pairs = old.join(new, reduce(lambda one, other: one & other, same_key), how="full")
    in_both = F.col("__old").isNotNull() & F.col("__new").isNotNull()
    marked = pairs.withColumn("__unchanged", in_both & _same(tracked, "__old", "__new"))
    open_rows = marked.filter(F.col("__new").isNotNull()).select(
        *[column(name, "__new").alias(name) for name in columns],
        F.when(F.col("__unchanged"), F.col(f"__old.{START_AT}")).otherwise(version).alias(START_AT),
        F.when(F.lit(False), version).alias(END_AT),
    )
    ended = marked.filter(F.col("__old").isNotNull() & ~F.col("__unchanged")).select(
        *[column(name, "__old").alias(name) for name in columns],
        F.col(f"__old.{START_AT}").alias(START_AT),
        version.alias(END_AT),
    )
    return closed.select(*values, START_AT, END_AT).unionByName(open_rows).unionByName(ended)


def first_history(snapshot: DataFrame, version: Column, columns: Sequence[str]) -> DataFrame:
    """SCD 2: the history of a first snapshot."""
    return snapshot.select(*map(column, columns), version.alias(START_AT), F.when(F.lit(False), version).alias(END_AT))
