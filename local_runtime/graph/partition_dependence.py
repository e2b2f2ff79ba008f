"""Proves from a view's plan that its rows with some values of columns depend on its sources' rows with these alone.

The columns are those by which the view is partitioned, or its primary key. Then a change of a few partitions, or of the
rows of a few keys, needs no more than those of the view. What isn't known is no proof.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

from local_runtime.graph.determinism import varies
from local_runtime.graph.plans import PASSES, PlanVisitor, attribute, expression_parts, names_of, plan_of
from local_runtime.pipelines.datasets import RefreshScope

OWN_JOINS = {
    "JOIN_TYPE_INNER",
    "JOIN_TYPE_LEFT_OUTER",
    "JOIN_TYPE_RIGHT_OUTER",
    "JOIN_TYPE_LEFT_SEMI",
    "JOIN_TYPE_LEFT_ANTI",
}
JOINS = {"JOIN_TYPE_INNER", "JOIN_TYPE_LEFT_OUTER", "JOIN_TYPE_LEFT_SEMI", "JOIN_TYPE_LEFT_ANTI", "JOIN_TYPE_CROSS"}


class NotProven(Exception):
    """Why a partition of the view may depend on more than that partition of the source."""


def prove(frame: DataFrame, sources: Collection[int], columns: Collection[str]) -> None:
    """Makes sure that the frame's rows with some values of the columns depend on such rows of some reads alone.

    `sources` are the reads' plan ids. Raises NotProven with a reason.
    """
    if not _Proof(sources, names_of(columns)).visit(plan_of(frame)):
        raise NotProven("it doesn't take its rows from that table")


class NoSource(NotProven):
    """The view reads no table that has the columns."""


class _Proof(PlanVisitor[bool]):
    """Whether a relation is rows of the sources with the columns unchanged; False: it is rows of others."""

    def __init__(self, sources: Collection[int], columns: set[str]) -> None:
        self._sources, self._columns = sources, columns

    def known(self, plan_id: int | None) -> bool | None:
        return True if plan_id in self._sources else None

    def relation(self, relation: proto.Relation, inputs: Sequence[bool]) -> bool:
        self._check_expressions(relation, any(inputs))
        return super().relation(relation, inputs) if any(inputs) else False

    def other(self, kind: str, inputs: Sequence[bool]) -> bool:
        if kind not in PASSES:
            raise NotProven(f"it has a {kind.replace('_', ' ')} of rows of all partitions")
        return True

    def project(self, project: proto.Project, rows: bool) -> bool:
        return self._need([name for part in project.expressions for name in self._unchanged(part)], "its columns")

    def with_columns(self, added: proto.WithColumns, rows: bool) -> bool:
        changed = names_of(name for alias in added.aliases for name in alias.name)
        if changed & self._columns:
            raise NotProven(f"it computes {', '.join(sorted(changed & self._columns))} again")
        return True

    def with_columns_renamed(self, renamed: proto.WithColumnsRenamed, rows: bool) -> bool:
        names = names_of(name for rename in renamed.renames for name in (rename.col_name, rename.new_col_name))
        if names & self._columns or renamed.rename_columns_map:
            raise NotProven("it renames columns")
        return True

    def drop(self, dropped: proto.Drop, rows: bool) -> bool:
        # One of two columns of a name may be dropped, whichever table it is of: then the other is no proof.
        if names_of([*dropped.column_names, *map(attribute, dropped.columns)]) & self._columns:
            raise NotProven("it drops the partition's columns")
        return True

    def aggregate(self, aggregate: proto.Aggregate, rows: bool) -> bool:
        if aggregate.group_type != aggregate.GROUP_TYPE_GROUPBY:
            raise NotProven("it aggregates by grouping sets")
        groups = [name for part in aggregate.grouping_expressions for name in self._unchanged(part)]
        return self._need(groups, "its groups")

    def deduplicate(self, deduplicate: proto.Deduplicate, rows: bool) -> bool:
        if deduplicate.all_columns_as_keys:
            return True
        return self._need(names_of(deduplicate.column_names), "what it tells duplicates by")

    def set_op(self, operation: proto.SetOperation, left: bool, right: bool) -> bool:
        if operation.set_op_type != operation.SET_OP_TYPE_UNION or not (left and right):
            raise NotProven("it mixes rows of the table with others")
        if not operation.by_name:
            raise NotProven("it unites rows by the places of their columns")
        return True

    def join(self, join: proto.Join, left: bool, right: bool) -> bool:
        kind = join.JoinType.Name(join.join_type)
        if left and right and kind in {*OWN_JOINS, "JOIN_TYPE_RIGHT_OUTER"} and join.using_columns:
            return self._need(names_of(join.using_columns), "the columns that it joins the table with itself by")
        if not left or right or kind not in JOINS:
            raise NotProven("it joins the table with itself, or keeps rows of others")
        return True

    def _need(self, names: Collection[str], where: str) -> bool:
        missing = self._columns - {*names}
        if missing and "*" not in names:
            raise NotProven(f"{', '.join(sorted(missing))} is not among {where}")
        return True

    def _unchanged(self, expression: proto.Expression) -> Iterator[str]:
        """The names under which an expression gives columns unchanged; `*` for all."""
        match expression.WhichOneof("expr_type"):
            case "unresolved_star":
                star = expression.unresolved_star  # of all tables, not of one that is joined
                yield "" if star.HasField("unparsed_target") or star.HasField("plan_id") else "*"
            case "alias":
                names, inner = names_of(expression.alias.name), {_own_attribute(expression.alias.expr)}
                yield from names & inner
                if names - inner and names & self._columns:
                    raise NotProven(f"it computes {', '.join(sorted(names & self._columns))} again")
            case _:
                yield _own_attribute(expression)

    def _check_expressions(self, relation: proto.Relation, of_sources: bool) -> None:
        """Raises NotProven for a window over more than a partition, and for what may differ from run to run.

        What differs may be of other tables, too: rows of partitions that stay would be joined with what it was.
        """
        for part in expression_parts(relation):
            if isinstance(part, proto.Expression.Window):
                if not of_sources:
                    continue
                self._need([_own_attribute(by) for by in part.partition_spec], "what a window is partitioned by")
            elif part.DESCRIPTOR.name == "SubqueryExpression" and of_sources:
                raise NotProven("it has a subquery")
            elif why := varies(part):
                raise NotProven(why)


def _own_attribute(expression: proto.Expression) -> str:
    """The column that an expression is; not one with a plan's id, which may be of another table that is joined."""
    return "" if expression.unresolved_attribute.HasField("plan_id") else attribute(expression)


def refresh_scopes(
    frame: DataFrame,
    reads: Mapping[int, str],
    partitioned: Mapping[str, Collection[str]],
    columns: Mapping[str, Collection[str]],
    partition_cols: Collection[str],
    primary_key: Collection[str],
) -> tuple[RefreshScope, ...]:
    """By what a view can be refreshed: its keys, its partitions, or both, in this order.

    `reads` are the tables that the view reads, by their plans' ids. Of tables, `partitioned` are the columns that they
    are partitioned by, and `columns` all that they declare. Raises NotProven where it is neither.
    """
    scopes, reasons = [], []
    for by, having, by_keys in ((primary_key, columns, True), (partition_cols, partitioned, False)):
        try:
            scopes.append(_scope(frame, reads, having, by, by_keys))
        except NoSource as why:
            reasons += [] if by_keys else [str(why)]
        except NotProven as why:
            reasons.append(f"by {', '.join(by)}: {why}" if by_keys else str(why))
    if not scopes:
        raise NotProven("; ".join(reversed(reasons)))
    return tuple(scopes)


def _scope(
    frame: DataFrame,
    reads: Mapping[int, str],
    having: Mapping[str, Collection[str]],
    by: Collection[str],
    by_keys: bool,
) -> RefreshScope:
    if not by:
        raise NoSource("it is not partitioned")
    sources = {plan: name for plan, name in reads.items() if names_of(by) <= names_of(having.get(name, ()))}
    if not sources:
        raise NoSource(f"it reads no table that is partitioned by {', '.join(by)}")
    prove(frame, sources, by)
    return RefreshScope(by=tuple(by), sources=frozenset(sources.values()), by_keys=by_keys)
