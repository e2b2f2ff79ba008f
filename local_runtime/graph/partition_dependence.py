"""Proves from a view's plan that rows of one of its partitions depend on that partition of one source alone.

Then a change of a few partitions of the source needs no more than those of the view. What isn't known is no proof.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pyspark.sql import DataFrame

from local_runtime.graph.determinism import parts, varies
from local_runtime.graph.statefulness import relations

PASSES = {"filter", "hint", "subquery_alias", "repartition", "repartition_by_expression", "sort"}
JOINS = {"JOIN_TYPE_INNER", "JOIN_TYPE_LEFT_OUTER", "JOIN_TYPE_LEFT_SEMI", "JOIN_TYPE_LEFT_ANTI", "JOIN_TYPE_CROSS"}


class NotProven(Exception):
    """Why a partition of the view may depend on more than that partition of the source."""


def prove(frame: DataFrame, source: int, partition_cols: Collection[str]) -> None:
    """Makes sure that the frame's partitions by these columns depend on those of one read, its plan id, alone.

    Raises NoProof with a reason.
    """
    plan = frame._plan.plan(frame._session.client)  # type: ignore[operator]
    if not _Proof(source, {name.lower() for name in partition_cols}).keeps(plan):
        raise NotProven("it doesn't take its rows from that table")


class _Proof:
    def __init__(self, source: int, columns: set[str]) -> None:
        self._source, self._columns = source, columns

    def keeps(self, relation: Any) -> bool:
        """Whether the relation is rows of the source, with the partition's columns as they were; False: of others."""
        if relation.HasField("common") and relation.common.plan_id == self._source:
            return True
        kind = relation.WhichOneof("rel_type")
        body = getattr(relation, kind) if kind else None
        inputs = [self.keeps(child) for child in relations(body)] if body is not None else []
        if not any(inputs):
            return False
        self._check_expressions(body)
        if kind in PASSES:
            return True
        check = getattr(self, f"_{kind}", None)
        if check is None:
            raise NotProven(f"it has a {kind.replace('_', ' ')} of rows of all partitions")
        check(body, inputs)
        return True

    def _project(self, body: Any, inputs: list[bool]) -> None:
        names = [name for expression in body.expressions for name in self._kept(expression)]
        self._need(names, "its columns")

    def _with_columns(self, body: Any, inputs: list[bool]) -> None:
        changed = {name.lower() for alias in body.aliases for name in alias.name}
        if changed & self._columns:
            raise NotProven(f"it computes {', '.join(sorted(changed & self._columns))} anew")

    def _with_columns_renamed(self, body: Any, inputs: list[bool]) -> None:
        renamed = {it for rename in body.renames for it in (rename.col_name.lower(), rename.new_col_name.lower())}
        if renamed & self._columns or body.rename_columns_map:
            raise NotProven("it renames columns")

    def _drop(self, body: Any, inputs: list[bool]) -> None:
        names = {*map(str.lower, body.column_names)} | {name for it in body.columns for name in _attribute(it)}
        if names & self._columns:
            raise NotProven("it drops the partition's columns")

    def _aggregate(self, body: Any, inputs: list[bool]) -> None:
        if body.group_type != body.GROUP_TYPE_GROUPBY:
            raise NotProven("it aggregates by grouping sets")
        self._need([name for it in body.grouping_expressions for name in self._kept(it)], "its groups")

    def _deduplicate(self, body: Any, inputs: list[bool]) -> None:
        if not body.all_columns_as_keys:
            self._need([*map(str.lower, body.column_names)], "what it tells duplicates by")

    def _set_op(self, body: Any, inputs: list[bool]) -> None:
        if body.set_op_type != body.SET_OP_TYPE_UNION or not all(inputs):
            raise NotProven("it mixes rows of the table with others")
        if not body.by_name:
            raise NotProven("it unites rows by the places of their columns")

    def _join(self, body: Any, inputs: list[bool]) -> None:
        kind = body.JoinType.Name(body.join_type)
        if inputs != [True, False] or kind not in JOINS:
            raise NotProven("it joins the table with itself, or keeps rows of others")

    def _need(self, names: Collection[str], where: str) -> None:
        missing = self._columns - {*names}
        if missing and "*" not in names:
            raise NotProven(f"{', '.join(sorted(missing))} is not among {where}")

    def _kept(self, expression: Any) -> Iterator[str]:
        """The names under which an expression gives columns as they are; `*` for all."""
        kind = expression.WhichOneof("expr_type")
        if kind == "unresolved_star":
            yield "*"
        elif kind == "alias":
            named = {name.lower() for name in expression.alias.name}
            inner = {*_attribute(expression.alias.expr)}
            yield from named & inner
            if named - inner and named & self._columns:
                raise NotProven(f"it computes {', '.join(sorted(named & self._columns))} anew")
        else:
            yield from _attribute(expression)

    def _check_expressions(self, message: Any) -> None:
        """Raises NoProof for a window over more than a partition, and for what is never the same."""
        for item in _below(message):
            name = item.DESCRIPTOR.full_name
            if name == "spark.connect.Expression.Window":
                by = {it for expression in item.partition_spec for it in _attribute(expression)}
                self._need(by, "what a window is partitioned by")
            elif name == "spark.connect.Expression.SubqueryExpression":
                raise NotProven("it has a subquery")
            elif why := varies(item):
                raise NotProven(why)


def _attribute(expression: Any) -> Iterator[str]:
    # One with a plan's id may be of another table that is joined.
    if expression.WhichOneof("expr_type") == "unresolved_attribute" and not expression.unresolved_attribute.plan_id:
        yield expression.unresolved_attribute.unparsed_identifier.replace("`", "").lower()


def _below(message: Any) -> Iterator[Any]:
    """The messages of this relation's expressions, not of relations below it."""
    for item in parts(message):
        if item.DESCRIPTOR.name != "Relation":
            yield item
            yield from _below(item)


def partition_source(
    frame: DataFrame, reads: Mapping[int, str], partitioned: Mapping[str, Collection[str]], by: Collection[str]
) -> str:
    """The table by whose changed partitions a view that is partitioned `by` these columns can be refreshed.

    `reads` are the tables that the view reads, by their plans' ids; `partitioned` are the columns that tables are
    partitioned by. Raises NoProof where there is none.
    """
    fitting = {plan: name for plan, name in reads.items() if {*by} <= {*partitioned.get(name, ())}}
    if len(fitting) != 1:
        raise NotProven(
            f"it reads {'no' if not fitting else 'more than one'} table that is partitioned by {', '.join(by)}"
        )
    ((plan, name),) = fitting.items()
    prove(frame, plan, by)
    return name
