"""Whether a plan gives the same rows each time that it runs over the same tables."""

from collections.abc import Iterator
from typing import Any

from pyspark.sql import DataFrame

NEVER_THE_SAME = {
    *("rand", "randn", "uuid", "shuffle", "monotonically_increasing_id", "spark_partition_id"),
    *("current_timestamp", "current_date", "now", "localtimestamp"),
}
ANY_ROWS = {"limit", "offset", "tail", "sample"}


def varies(message: Any) -> str:
    """Why an expression, one level of it, may give another value each time; '' where it does not."""
    name = message.DESCRIPTOR.full_name
    if name == "spark.connect.Expression.UnresolvedFunction" and message.function_name.lower() in NEVER_THE_SAME:
        return f"{message.function_name} is never the same"
    if name == "spark.connect.CommonInlineUserDefinedFunction" and not message.deterministic:
        return "a function of it is not deterministic"
    return ""


def is_repeatable(frame: DataFrame) -> bool:
    """Whether nothing in the frame's plan varies. A text of SQL is not looked into: it may."""
    plan = frame._plan.plan(frame._session.client)  # type: ignore[operator]
    return not any(
        varies(item)
        or item.DESCRIPTOR.full_name == "spark.connect.Expression.ExpressionString"
        or (item.DESCRIPTOR.name == "Relation" and item.WhichOneof("rel_type") in ANY_ROWS)
        for item in messages(plan)
    )


def messages(message: Any) -> Iterator[Any]:
    """The message, and all that it is made of."""
    yield message
    for item in parts(message):
        yield from messages(item)


def parts(message: Any) -> Iterator[Any]:
    """The messages that one is made of, one level down."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type is not None and not descriptor.message_type.GetOptions().map_entry:
            yield from [value] if hasattr(value, "DESCRIPTOR") else value
