"""Plans of Spark Connect, and a visitor over their relations from the leaves up.

Format: https://github.com/apache/spark/tree/master/sql/connect/common/src/main/protobuf/spark/connect
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

Answer = TypeVar("Answer")

ONE, MANY = "one", "many"
PASSES = {"filter", "hint", "subquery_alias", "repartition", "repartition_by_expression", "sort"}
"""Relations that give rows of their input as they are: some or all of them, in some order."""


def plan_of(frame: DataFrame) -> proto.Relation:
    """The frame's plan."""
    plan: proto.Relation = frame._plan.plan(frame._session.client)  # type: ignore[operator]
    return plan


def with_plan_made_once(frame: DataFrame) -> DataFrame:
    """The same frame; what is made of it takes its plan as it is, which PySpark would make of its columns each time."""
    return with_plan(frame, plan_of(frame))


def with_plan(frame: DataFrame, plan: proto.Relation) -> DataFrame:
    """The frame with another plan, which it and what is made of it take."""
    cast(Any, frame._plan).plan = lambda client: plan
    return frame


def relation_kind(relation: proto.Relation) -> str:
    """What a relation does, as the protocol calls it; '' for an empty one."""
    return relation.WhichOneof("rel_type") or ""


def plan_id(relation: proto.Relation) -> int | None:
    """The number by which PySpark knows the frame of a relation."""
    return relation.common.plan_id if relation.HasField("common") else None


def inputs_of(relation: proto.Relation) -> list[proto.Relation]:
    """The relations directly below."""
    kind = relation_kind(relation)
    return [part for part in parts(getattr(relation, kind)) if isinstance(part, proto.Relation)] if kind else []


def parts(message: Message) -> Iterator[Message]:
    """The messages that one is made of, one level down."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type is not None and not _is_map(descriptor.message_type):
            yield from [value] if isinstance(value, Message) else value


@cache
def _is_map(message_type: Descriptor) -> bool:
    """Whether fields of the type are maps. Kept: a plan has tens of thousands of fields, of some hundred types."""
    return bool(message_type.GetOptions().map_entry)


def messages(message: Message, is_wanted: Callable[[Descriptor], bool] = lambda kind: True) -> Iterator[Message]:
    """The message, and all that it is made of, in one order; without what is in messages of kinds not wanted."""
    left = [message]
    while left:  # not by recursion: each message would come through the generators of all those around it
        found = left.pop()
        yield found
        for field, value in found.ListFields():
            if holds := _holds(field, is_wanted):
                left += value if holds == MANY else [value]


@cache
def _holds(field: FieldDescriptor, is_wanted: Callable[[Descriptor], bool]) -> str:
    """Whether a field holds one message or many, of a kind that is wanted; '' for neither. Kept, as `_is_map` is."""
    kind = field.message_type
    if kind is None or _is_map(kind) or not is_wanted(kind):
        return ""
    return MANY if field.is_repeated else ONE


def expression_parts(message: Message) -> Iterator[Message]:
    """All that the expressions of a relation are made of; not what belongs to relations below it."""
    for part in parts(message):
        if not isinstance(part, proto.Relation):
            yield part
            yield from expression_parts(part)


def bytes_read(frame: DataFrame, most: int) -> int:
    """The bytes of the Parquet files that a frame reads by their paths; more than `most` where it reads anything else.

    A table counts as something else: its files aren't looked at.
    """
    total, waiting = 0, [plan_of(frame)]
    while waiting:
        relation = waiting.pop()
        if relation_kind(relation) == "read":
            source = relation.read.data_source
            if source.format != "parquet":
                return most + 1
            total += sum(map(_size, source.paths))
        waiting += inputs_of(relation)
    return total


def _size(path: str) -> int:
    """The size of a file, or of the files in a folder."""
    place = Path(path)
    return sum(file.stat().st_size for file in place.iterdir()) if place.is_dir() else place.stat().st_size


def attribute(expression: proto.Expression) -> str:
    """The column that an expression is, without backticks and in lower case; '' for any other expression."""
    if expression.WhichOneof("expr_type") != "unresolved_attribute":
        return ""
    return expression.unresolved_attribute.unparsed_identifier.replace("`", "").lower()


def names_of(columns: Iterable[str]) -> set[str]:
    """Names of columns, which are case-insensitive, in lower case."""
    return {name.lower() for name in columns}


class PlanVisitor(Generic[Answer]):
    """A rule over plans: what is known of a relation follows from what is known of its inputs.

    A rule has a method for each kind of relation that it knows, named as in the protocol. It is given the relation's
    message and what is known of each input: `def join(self, join: proto.Join, left: Answer, right: Answer) -> Answer`.
    """

    def visit(self, relation: proto.Relation) -> Answer:
        """What is known of the relation."""
        known = self.known(plan_id(relation))
        return self.relation(relation, [self.visit(child) for child in inputs_of(relation)]) if known is None else known

    def known(self, plan_id: int | None) -> Answer | None:
        """What is known of the frame of this number without its plan; None: its plan has to be visited."""
        return None

    def relation(self, relation: proto.Relation, inputs: Sequence[Answer]) -> Answer:
        """What is known of a relation, by its kind."""
        kind = relation_kind(relation)
        rule: Callable[..., Answer] | None = getattr(self, kind, None) if inputs or kind == "read" else None
        return rule(getattr(relation, kind), *inputs) if rule else self.other(kind, inputs)

    def other(self, kind: str, inputs: Sequence[Answer]) -> Answer:
        """What is known of a relation that the rule has no method for."""
        raise NotImplementedError
