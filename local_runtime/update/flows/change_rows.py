"""Rows of AUTO CDC sources as changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from local_runtime.delta.ddl import nullable_columns
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.datasets import AutoCdcFlow, Dataset
from local_runtime.update import auto_cdc
from local_runtime.update.auto_cdc import column
from local_runtime.update.flows.columns import check_reserved, with_canonical_keys


@dataclass(frozen=True)
class Changes:
    """A flow's changes: the columns that are kept of them, with `__sequence` and `__delete`; `flow` names those."""

    flow: AutoCdcFlow
    columns: list[str]
    events: DataFrame

    def state(self) -> DataFrame:
        """The target's rows of the keys of these changes."""
        if self.flow.scd_type == 1:
            return auto_cdc.latest_state(self.events, self.flow.keys, self.columns)
        return auto_cdc.history(self.events, self.flow.keys, self.columns, self.flow.tracked_columns(self.columns))

    def rows(self) -> DataFrame:
        """The columns of them that the target gets."""
        return self.events.select(*map(column, self.columns))

    def for_keys(self, keys: DataFrame) -> "Changes":
        """Those of some keys."""
        return replace(self, events=self.events.join(keys, list(self.flow.keys), how="left_semi"))

    def union(self, table: str, other: "Changes") -> "Changes":
        """These changes, and those of another flow into the same table.

        Raises LakehouseError where they have other columns or types.
        """
        one, two = (
            {field.name: field.dataType.simpleString() for field in nullable_columns(changes.events.schema).fields}
            for changes in (self, other)
        )
        if one != two:
            differ = sorted({name for name, _ in one.items() ^ two.items()})
            raise LakehouseError(
                f"{table}: the changes of its flows {self.flow.name} and {other.flow.name} differ in these columns or "
                f"their types: {', '.join(differ).replace('__sequence', 'sequence_by')}. They make one history."
            )
        return replace(self, events=self.events.unionByName(other.events))


def merged_changes(dataset: Dataset, changes: Callable[[AutoCdcFlow], Changes]) -> Changes:
    """The changes of all flows into the dataset.

    Raises LakehouseError where they have different columns.
    """
    each = [changes(flow) for flow in dataset.flows if isinstance(flow, AutoCdcFlow)]
    return reduce(lambda first, other: first.union(dataset.name, other), each)


def changes_of(table: str, flow: AutoCdcFlow, rows: DataFrame, partition_by: Sequence[str] = ()) -> Changes:
    """The rows of the flow's source as changes; equal keys have equal bits, as they are written.

    Raises LakehouseError where the flow names columns that the source doesn't have.
    """
    columns = flow.target_columns(rows.columns)
    check_reserved(table, columns)
    deletes = is_delete(flow)
    events = rows.select(*map(column, columns), flow.sequence_by.alias("__sequence"), deletes.alias("__delete"))
    spelled = flow.spelled_like(rows.columns, columns)
    return Changes(spelled, columns, with_canonical_keys(events, spelled.keys, partition_by))


def check_complete(table: str, flow: AutoCdcFlow, no_key: int, no_sequence: int) -> None:
    """Raises LakehouseError for changes without a key, which belong to no row, or without a sequence."""
    if no_key:
        raise LakehouseError(
            f"{table}: {no_key:,} changes of the flow {flow.name} have no value in a key "
            f"({', '.join(flow.keys)}), so they belong to no row. Drop them by a rule, or in a view."
        )
    if no_sequence:
        raise LakehouseError(f"{table}: {no_sequence:,} changes have no sequence_by value, so their order is unknown.")


def is_delete(flow: AutoCdcFlow) -> Column:
    """Whether a row of the flow's source is a delete."""
    return F.lit(False) if flow.apply_as_deletes is None else F.coalesce(flow.apply_as_deletes, F.lit(False))
