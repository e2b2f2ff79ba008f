"""Plans of Spark Connect, and a visitor over their relations from the leaves up.

Format: https://github.com/apache/spark/tree/master/sql/connect/common/src/main/protobuf/spark/connect
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from google.protobuf.message import Message
from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

Answer = TypeVar("Answer")

PASSES = {"filter", "hint", "subquery_alias", "repartition", "repartition_by_expression", "sort"}
"""Relations that give rows of their input as they are: some or all of them, in some order."""


def plan_of(frame: DataFrame) -> proto.Relation:
    """The frame's plan."""
    plan: proto.Relation = frame._plan.plan(frame._session.client)  # type: ignore[operator]
    return plan


def kind_of(relation: proto.Relation) -> str:
    """What a relation does, as the protocol calls it; '' for an empty one."""
    return relation.WhichOneof("rel_type") or ""


def plan_id(relation: proto.Relation) -> int | None:
    """The number by which PySpark knows the frame of a relation."""
    return relation.common.plan_id if relation.HasField("common") else None


def inputs_of(relation: proto.Relation) -> list[proto.Relation]:
    """The relations directly below."""
    kind = kind_of(relation)
    return [part for part in parts(getattr(relation, kind)) if isinstance(part, proto.Relation)] if kind else []


def parts(message: Message) -> Iterator[Message]:
    """The messages that one is made of, one level down."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type is not None and not descriptor.message_type.GetOptions().map_entry:
            yield from [value] if isinstance(value, Message) else value


def messages(message: Message) -> Iterator[Message]:
    """The message, and all that it is made of."""
    yield message
    for part in parts(message):
        yield from messages(part)


def expression_parts(message: Message) -> Iterator[Message]:
    """All that the expressions of a relation are made of; not what belongs to relations below it."""
    for part in parts(message):
        if not isinstance(part, proto.Relation):
            yield part
            yield from expression_parts(part)


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

    A rule overrides the methods of the relations that it knows; `other` answers for the rest.
    """

    def visit(self, relation: proto.Relation) -> Answer:
        """What is known of the relation."""
        known = self.known(plan_id(relation))
        return self.relation(relation, [self.visit(child) for child in inputs_of(relation)]) if known is None else known

    def known(self, plan_id: int | None) -> Answer | None:
        """What is known of the frame of this number without a look at its plan; None where nothing is."""
        return None

    def relation(self, relation: proto.Relation, inputs: Sequence[Answer]) -> Answer:
        """What is known of a relation, by its kind."""
        kind = kind_of(relation)
        match kind if inputs else "":
            case "project":
                return self.project(relation.project, *inputs)
            case "with_columns":
                return self.with_columns(relation.with_columns, *inputs)
            case "with_columns_renamed":
                return self.with_columns_renamed(relation.with_columns_renamed, *inputs)
            case "drop":
                return self.drop(relation.drop, *inputs)
            case "aggregate":
                return self.aggregate(relation.aggregate, *inputs)
            case "deduplicate":
                return self.deduplicate(relation.deduplicate, *inputs)
            case "join":
                return self.join(relation.join, *inputs)
            case "set_op":
                return self.set_op(relation.set_op, *inputs)
            case "to_df":
                return self.to_df(relation.to_df, *inputs)
        return self.read(relation.read) if kind == "read" else self.other(kind, inputs)

    def other(self, kind: str, inputs: Sequence[Answer]) -> Answer:
        """What is known of a relation that the rule has no method for."""
        raise NotImplementedError

    def read(self, read: proto.Read) -> Answer:
        """Rows of a table or of files."""
        return self.other("read", [])

    def project(self, project: proto.Project, rows: Answer) -> Answer:
        """A select."""
        return self.other("project", [rows])

    def with_columns(self, added: proto.WithColumns, rows: Answer) -> Answer:
        """Columns added or replaced."""
        return self.other("with_columns", [rows])

    def with_columns_renamed(self, renamed: proto.WithColumnsRenamed, rows: Answer) -> Answer:
        """Columns renamed."""
        return self.other("with_columns_renamed", [rows])

    def drop(self, dropped: proto.Drop, rows: Answer) -> Answer:
        """Columns dropped."""
        return self.other("drop", [rows])

    def aggregate(self, aggregate: proto.Aggregate, rows: Answer) -> Answer:
        """Groups of rows."""
        return self.other("aggregate", [rows])

    def deduplicate(self, deduplicate: proto.Deduplicate, rows: Answer) -> Answer:
        """Distinct rows, or one of each key."""
        return self.other("deduplicate", [rows])

    def join(self, join: proto.Join, left: Answer, right: Answer) -> Answer:
        """A join."""
        return self.other("join", [left, right])

    def set_op(self, operation: proto.SetOperation, left: Answer, right: Answer) -> Answer:
        """A union, an intersection or a difference."""
        return self.other("set_op", [left, right])

    def to_df(self, renamed: proto.ToDF, rows: Answer) -> Answer:
        """All columns renamed."""
        return self.other("to_df", [rows])
