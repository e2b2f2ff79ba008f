"""Refuses flows over files that return `_metadata`: Spark hides that column only as long as no one selects it.

https://docs.databricks.com/aws/en/ingestion/file-metadata-column
"""

from collections.abc import Iterable, Sequence

from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

from local_runtime.auto_loader.layout import METADATA_COLUMN
from local_runtime.errors import LakehouseError
from local_runtime.graph.plans import PlanVisitor, attribute, names_of, plan_of


def check_metadata_is_hidden(dataset: str, frame: DataFrame, sources: set[int]) -> None:
    """Raises LakehouseError where `_metadata` is among the columns that the flow of a dataset returns.

    `sources` are the plan ids of the frame's reads of files.
    """
    if sources and _Metadata(sources).visit(plan_of(frame)):
        raise LakehouseError(
            f"{dataset}: its function returns {METADATA_COLUMN}, so the table would get that column on Databricks. "
            f"Select columns by name, and of {METADATA_COLUMN} what the table needs under a name of its own "
            f'(F.col("{METADATA_COLUMN}.file_path").alias("source_file")).'
        )


class _Metadata(PlanVisitor[bool]):
    """Whether `_metadata` is a column of a relation because it was selected, not because a star passes it on."""

    def __init__(self, sources: set[int]) -> None:
        self._sources = sources

    def known(self, plan_id: int | None) -> bool | None:
        return False if plan_id in self._sources else None

    def other(self, kind: str, inputs: Sequence[bool]) -> bool:
        return any(inputs)

    def project(self, project: proto.Project, rows: bool) -> bool:
        stars = [part for part in project.expressions if part.WhichOneof("expr_type") == "unresolved_star"]
        has_star = any(not star.unresolved_star.unparsed_target for star in stars)
        return METADATA_COLUMN in _names_given(project.expressions) or (has_star and rows)

    def aggregate(self, aggregate: proto.Aggregate, rows: bool) -> bool:
        return METADATA_COLUMN in _names_given([*aggregate.grouping_expressions, *aggregate.aggregate_expressions])

    def with_columns(self, added: proto.WithColumns, rows: bool) -> bool:
        return rows or METADATA_COLUMN in names_of(name for alias in added.aliases for name in alias.name)

    def with_columns_renamed(self, renamed: proto.WithColumnsRenamed, rows: bool) -> bool:
        new = [*renamed.rename_columns_map.values(), *(rename.new_col_name for rename in renamed.renames)]
        old = [*renamed.rename_columns_map, *(rename.col_name for rename in renamed.renames)]
        return (rows and METADATA_COLUMN not in names_of(old)) or METADATA_COLUMN in names_of(new)

    def drop(self, dropped: proto.Drop, rows: bool) -> bool:
        return rows and METADATA_COLUMN not in names_of(dropped.column_names) | _names_given(dropped.columns)

    def to_df(self, renamed: proto.ToDF, rows: bool) -> bool:
        return METADATA_COLUMN in names_of(renamed.column_names)


def _names_given(expressions: Iterable[proto.Expression]) -> set[str]:
    """The names of columns that expressions give, as far as those say one."""
    aliases = {name for part in expressions for name in part.alias.name}
    return names_of(aliases | {_column_of(part) for part in expressions})


def _column_of(expression: proto.Expression) -> str:
    """The column that an expression is, after which Spark names what it gives; '' for another expression."""
    match expression.WhichOneof("expr_type"):
        case "cast":
            return _column_of(expression.cast.expr)
        case "expression_string":
            return expression.expression_string.expression.strip().replace("`", "")
    return attribute(expression)
