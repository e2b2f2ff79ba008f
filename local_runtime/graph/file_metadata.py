"""Refuses flows over files that return `_metadata`: Spark hides that column only as long as no one selects it.

https://docs.databricks.com/aws/en/ingestion/file-metadata-column
"""

from collections.abc import Iterable
from typing import Any

from pyspark.sql import DataFrame

from local_runtime.auto_loader.layout import METADATA_COLUMN
from local_runtime.errors import LakehouseError
from local_runtime.graph.statefulness import relations


def check_metadata_is_hidden(dataset: str, frame: DataFrame, sources: set[int]) -> None:
    """Raises LakehouseError where `_metadata` is among the columns that the flow of a dataset returns.

    `sources` are the plan ids of the frame's reads of files.
    """
    if not sources:
        return
    if _returns_metadata(frame._plan.plan(frame._session.client), sources):  # type: ignore[operator]
        raise LakehouseError(
            f"{dataset}: its function returns {METADATA_COLUMN}, so the table would get that column on Databricks. "
            f"Select columns by name, and of {METADATA_COLUMN} what the table needs under a name of its own "
            f'(F.col("{METADATA_COLUMN}.file_path").alias("source_file")).'
        )


def _returns_metadata(relation: Any, sources: set[int]) -> bool:
    """Whether `_metadata` is a column of the relation because it was selected, not because a star passes it on here."""
    kind = relation.WhichOneof("rel_type")
    if kind is None or (relation.HasField("common") and relation.common.plan_id in sources):
        return False
    body = getattr(relation, kind)
    named, passes_on = _named(kind, body)
    if any(name.lower() == METADATA_COLUMN for name in named):
        return bool(kind != "drop")
    return passes_on and any(_returns_metadata(below, sources) for below in relations(body))


def _named(kind: str, body: Any) -> tuple[Iterable[str], bool]:
    """The columns that an operation names, and whether it passes on others of what is below it."""
    match kind:
        case "project":
            stars = [it for it in body.expressions if it.WhichOneof("expr_type") == "unresolved_star"]
            return _columns(body.expressions), bool(stars)
        case "aggregate":
            return _columns([*body.grouping_expressions, *body.aggregate_expressions]), False
        case "with_columns":
            return [name for alias in body.aliases for name in alias.name], True
        case "with_columns_renamed":
            return [*body.rename_columns_map.values(), *(it.new_col_name for it in body.renames)], True
        case "drop":
            return [*body.column_names, *_columns(body.columns)], True
        case "to_df":
            return body.column_names, False
    return (), True


def _columns(expressions: Iterable[Any]) -> list[str]:
    """The names of columns that expressions give, as far as those say one."""
    names = []
    for expression in expressions:
        match expression.WhichOneof("expr_type"):
            case "alias":
                names += [*expression.alias.name]
            case "unresolved_attribute":
                names.append(expression.unresolved_attribute.unparsed_identifier.replace("`", ""))
    return names
