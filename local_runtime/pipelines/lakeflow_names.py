"""The names that Databricks adds to `pyspark.pipelines`: expectations, AUTO CDC with SCD 2, AUTO CDC from snapshots.

Signatures: https://docs.databricks.com/aws/en/ldp/developer/python-ref
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from pyspark import pipelines as dp
from pyspark.sql import Column

from local_runtime.errors import LakehouseError
from local_runtime.pipelines.bundle import Pipeline
from local_runtime.pipelines.datasets import (
    AutoCdcFlow,
    Expectation,
    Flow,
    OnViolation,
    QueryFunction,
    SnapshotFlow,
    SnapshotFunction,
    qualified,
    refuse,
)
from local_runtime.pipelines.old_names import OF_FUNCTIONS, old_names

EXPECTATIONS = "__lakehouse_expectations__"


class Definitions(Protocol):
    """Where definitions go."""

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline whose files are being read."""
        ...

    def add_flow(self, target: str, flow: Flow) -> None:
        """Adds a flow into `target` (schema.table)."""
        ...

    def expect(self, target: str, expectations: Sequence[Expectation]) -> None:
        """Holds the rows of `target` (schema.table) to `expectations`."""
        ...


@contextmanager
def lakeflow_names(definitions: Definitions) -> Iterator[None]:
    """Adds to `pyspark.pipelines` what Databricks adds, and the names that `dlt` had.

    Names that flows call (`dp.read`) stay added, because flows are called after the files have been read.
    """
    flows: dict[str, Callable[..., None]] = {
        "create_streaming_table": _create_streaming_table(definitions),
        "create_auto_cdc_flow": _auto_cdc(definitions),
        "create_auto_cdc_from_snapshot_flow": _auto_cdc_from_snapshot(definitions),
    }
    names: dict[str, object] = {**flows, **old_names(flows)}
    for suffix, action in {"": OnViolation.WARN, "_or_drop": OnViolation.DROP, "_or_fail": OnViolation.FAIL}.items():
        names[f"expect{suffix}"] = _expect_one(action)
        names[f"expect_all{suffix}"] = _expect_all(action)
    vars(dp).update(OF_FUNCTIONS)
    added = names.keys() - vars(dp).keys()
    replaced = {name: getattr(dp, name) for name in names.keys() - added}
    vars(dp).update(names)
    try:
        yield
    finally:
        vars(dp).update(replaced)
        for name in added:
            delattr(dp, name)


def _create_streaming_table(definitions: Definitions) -> Callable[..., None]:
    genuine = dp.create_streaming_table

    def create_streaming_table(
        name: str,
        *,
        expect_all: Mapping[str, str] | None = None,
        expect_all_or_drop: Mapping[str, str] | None = None,
        expect_all_or_fail: Mapping[str, str] | None = None,
        **arguments: Any,
    ) -> None:
        """create_streaming_table, with expectations as Databricks takes them."""
        genuine(name, **arguments)
        rules = {
            OnViolation.WARN: expect_all,
            OnViolation.DROP: expect_all_or_drop,
            OnViolation.FAIL: expect_all_or_fail,
        }
        definitions.expect(
            qualified(name, definitions.pipeline.schema),
            [rule for action, conditions in rules.items() for rule in _expectations(conditions or {}, action)],
        )

    return create_streaming_table


def _expectations(rules: Mapping[str, str], action: OnViolation) -> list[Expectation]:
    if not isinstance(rules, Mapping):
        raise LakehouseError(f"Expectations are a dictionary of names and rules, and not {rules!r}.")
    return [Expectation(name, rule, action) for name, rule in rules.items()]


def _expect_all(action: OnViolation) -> Callable[[Mapping[str, str]], Callable[[QueryFunction], QueryFunction]]:
    def decorator(expectations: Mapping[str, str]) -> Callable[[QueryFunction], QueryFunction]:
        def attach(function: QueryFunction) -> QueryFunction:
            if function is None:
                raise LakehouseError(
                    "An expectation stands above its table's decorator; it goes between it and the function."
                )
            # Decorators are applied from the bottom up: the lower one's expectations come after the upper one's.
            attached = [*_expectations(expectations, action), *getattr(function, EXPECTATIONS, [])]
            setattr(function, EXPECTATIONS, attached)
            return function

        return attach

    return decorator


def _expect_one(action: OnViolation) -> Callable[[str, str], Callable[[QueryFunction], QueryFunction]]:
    def decorator(name: str, condition: str) -> Callable[[QueryFunction], QueryFunction]:
        return _expect_all(action)({name: condition})

    return decorator


def _column_names(columns: Sequence[str | Column] | None) -> tuple[str, ...] | None:
    """Plain names of columns given as strings or as `col("name")`, without their backticks."""
    if isinstance(columns, str):
        raise LakehouseError(f"AUTO CDC takes lists of columns: write [{columns!r}] for {columns!r}.")
    return None if columns is None else tuple(map(_column_name, columns))


def _column_name(column: str | Column) -> str:
    written = column if isinstance(column, str) else str(column).removeprefix("Column<'").removesuffix("'>")
    if re.fullmatch("`([^`]|``)+`", written):
        return written[1:-1].replace("``", "`")
    if "." in written or "`" in written:
        raise LakehouseError(
            f"AUTO CDC names the column {written}, which is not a single name. Write the name of a column that has "
            "dots in backticks (`a.b`); give a field of a column a name of its own in a view."
        )
    return written


def _only_one(target: str, **lists: object) -> None:
    names = [name for name, value in lists.items() if value is not None]
    if len(names) > 1:
        raise LakehouseError(f"AUTO CDC into {target}: {' and '.join(names)} exclude each other; give one of them.")


def _as_column(expression: str | Column) -> Column:
    from pyspark.sql.connect.functions import expr

    return expr(expression) if isinstance(expression, str) else expression


def _scd_type(target: str, value: int | str | None) -> int:
    if str(value or 1) not in ("1", "2"):
        raise LakehouseError(f"AUTO CDC into {target}: stored_as_scd_type is 1 or 2, not {value!r}.")
    return int(value or 1)


def _auto_cdc(definitions: Definitions) -> Callable[..., None]:
    def create_auto_cdc_flow(
        target: str,
        source: str,
        keys: Sequence[str | Column],
        sequence_by: str | Column,
        ignore_null_updates: bool = False,
        apply_as_deletes: str | Column | None = None,
        apply_as_truncates: str | Column | None = None,
        column_list: Sequence[str | Column] | None = None,
        except_column_list: Sequence[str | Column] | None = None,
        stored_as_scd_type: int | str | None = None,
        track_history_column_list: Sequence[str | Column] | None = None,
        track_history_except_column_list: Sequence[str | Column] | None = None,
        name: str | None = None,
        once: bool = False,
    ) -> None:
        """create_auto_cdc_flow with Databricks' signature."""
        refuse(
            f"AUTO CDC into {target}",
            ignore_null_updates=ignore_null_updates,
            apply_as_truncates=apply_as_truncates is not None,
            once=once,
        )
        _only_one(target, column_list=column_list, except_column_list=except_column_list)
        _only_one(
            target,
            track_history_column_list=track_history_column_list,
            track_history_except_column_list=track_history_except_column_list,
        )
        flow = AutoCdcFlow(
            name=name or target,
            source=source,
            keys=_column_names(keys) or (),
            sequence_by=_as_column(sequence_by),
            apply_as_deletes=None if apply_as_deletes is None else _as_column(apply_as_deletes),
            columns=_column_names(column_list),
            except_columns=_column_names(except_column_list) or (),
            scd_type=_scd_type(target, stored_as_scd_type),
            tracked=_column_names(track_history_column_list),
            untracked=_column_names(track_history_except_column_list) or (),
        )
        definitions.add_flow(qualified(target, definitions.pipeline.schema), flow)

    return create_auto_cdc_flow


def _auto_cdc_from_snapshot(definitions: Definitions) -> Callable[..., None]:
    def create_auto_cdc_from_snapshot_flow(
        target: str,
        source: str | SnapshotFunction,
        keys: Sequence[str | Column],
        stored_as_scd_type: int | str | None = None,
        track_history_column_list: Sequence[str | Column] | None = None,
        track_history_except_column_list: Sequence[str | Column] | None = None,
        once: bool = False,
    ) -> None:
        """create_auto_cdc_from_snapshot_flow with Databricks' signature."""
        refuse(f"AUTO CDC from snapshots into {target}", once=once)
        _only_one(
            target,
            track_history_column_list=track_history_column_list,
            track_history_except_column_list=track_history_except_column_list,
        )
        flow = SnapshotFlow(
            name=target,
            source=source,
            keys=_column_names(keys) or (),
            scd_type=_scd_type(target, stored_as_scd_type),
            tracked=_column_names(track_history_column_list),
            untracked=_column_names(track_history_except_column_list) or (),
        )
        definitions.add_flow(qualified(target, definitions.pipeline.schema), flow)

    return create_auto_cdc_from_snapshot_flow
