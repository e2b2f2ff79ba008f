"""Declared schemas: the DDL of a table parsed, and compared with the columns that are produced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from pyspark.sql.types import ArrayType, DataType, MapType, StructField, StructType

from local_runtime.errors import LakehouseError
from local_runtime.quoting import quoted

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.dialects.dialect import Dialect


@dataclass(frozen=True)
class DeclaredColumn:
    """A column: its type is written as Spark's simpleString writes it (`array<int>`)."""

    name: str
    type: str
    comment: str | None = None


@dataclass(frozen=True)
class DeclaredTable:
    """A parsed DDL column list: columns, primary key, and foreign keys, each the column and its table as written."""

    columns: tuple[DeclaredColumn, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[tuple[str, str], ...] = ()

    @property
    def parents(self) -> tuple[str, ...]:
        """The tables that foreign keys refer to, as written."""
        return tuple(parent for _, parent in self.foreign_keys)

    @property
    def types(self) -> dict[str, str]:
        """The columns' types by name."""
        return {column.name: column.type for column in self.columns}

    @property
    def rows(self) -> str:
        """The DDL of the rows alone: no constraints, comments or NOT NULL."""
        return ", ".join(f"{quoted(column.name)} {column.type}" for column in self.columns)


@lru_cache(maxsize=1024)  # more than a project's tables and a run's sources
def parse_ddl(ddl: str) -> DeclaredTable:
    """Parses a column list in DDL.

    Raises LakehouseError where it isn't one. The parser is imported here: a run without news doesn't need it.
    """
    from sqlglot import ErrorLevel, exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        parsed = parse_one(f"CREATE TABLE t ({ddl})", dialect=_dialect(), error_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        reason = str(error).splitlines()[0]
        raise LakehouseError(f"{ddl!r} is not a list of column definitions (name and type): {reason}") from None
    definitions = parsed.this.expressions if isinstance(parsed.this, exp.Schema) else []
    columns = tuple(_declared_column(part) for part in definitions if isinstance(part, exp.ColumnDef))
    if not columns or any(isinstance(part, exp.Identifier) for part in definitions):
        raise LakehouseError(f"{ddl!r} is not a list of column definitions (name and type).")
    keys = [key for part in definitions for key in part.find_all(exp.PrimaryKey)]
    foreign = [key for part in definitions for key in part.find_all(exp.ForeignKey)]
    primary_key = tuple(column.name for key in keys for column in key.expressions)
    foreign_keys = tuple((column.name, _parent(key)) for key in foreign for column in key.expressions)
    return DeclaredTable(columns, primary_key, foreign_keys)


@lru_cache
def _dialect() -> "type[Dialect]":
    """Made once: sqlglot prepares a tokenizer's keywords when its class is made, which takes longer than a table."""
    from sqlglot.dialects.databricks import Databricks

    class Ddl(Databricks):
        class Tokenizer(Databricks.Tokenizer):
            STRING_ESCAPES: ClassVar[list[str]] = ["\\", "'"]  # Spark accepts a doubled quote too

    return Ddl


def _declared_column(definition: "exp.ColumnDef") -> DeclaredColumn:
    from sqlglot import exp

    if definition.kind is None:
        raise LakehouseError(f"{definition.name!r} is not a column definition: it has no type.")
    comments = [c.kind.this.name for c in definition.constraints if isinstance(c.kind, exp.CommentColumnConstraint)]
    return DeclaredColumn(definition.name, _declared_type(definition.kind), comments[0] if comments else None)


def _declared_type(data_type: "exp.DataType") -> str:
    name, inner = data_type.this.value.lower(), data_type.expressions
    if name == "struct":
        return f"struct<{','.join(f'{field.name}:{_declared_type(field.kind)}' for field in inner)}>"
    if name in ("array", "map"):
        return f"{name}<{','.join(_declared_type(part) for part in inner)}>"
    text = data_type.sql(dialect="databricks").lower().replace(" ", "")
    return {"decimal": "decimal(10,0)", "long": "bigint", "integer": "int"}.get(text, text)


def _parent(key: "exp.ForeignKey") -> str:
    from sqlglot import exp

    table = key.args["reference"].find(exp.Table)
    return ".".join(part.name for part in table.parts)


def ddl_of(schema: str | StructType) -> str:
    """A schema, given as DDL or as a StructType, as DDL."""
    if isinstance(schema, str):
        return schema
    return ", ".join(f"{quoted(column.name)} {column.dataType.simpleString()}" for column in schema.fields)


def nullable(data_type: DataType) -> DataType:
    """The type with everything in it nullable, and without column metadata."""
    match data_type:
        case StructType():
            return nullable_columns(data_type)
        case ArrayType():
            return ArrayType(nullable(data_type.elementType), True)
        case MapType():
            return MapType(nullable(data_type.keyType), nullable(data_type.valueType), True)
        case _:
            return data_type


def nullable_columns(schema: StructType) -> StructType:
    """`nullable` of a table's schema."""
    return StructType([StructField(f.name, nullable(f.dataType), True) for f in schema.fields])


def check_columns(table: str, declared: Mapping[str, str], schema: StructType) -> None:
    """Raises LakehouseError where the schema's columns are not the declared ones (name to type), in order and type."""
    produced = {column.name: column.dataType.simpleString() for column in schema.fields}
    if list(produced.items()) == list(declared.items()):
        return
    wrong = [
        f"{name} is {produced.get(name, 'missing')}, declared {data_type}"
        for name, data_type in declared.items()
        if produced.get(name) != data_type
    ]
    wrong += [f"{name} is not declared" for name in produced if name not in declared]
    raise LakehouseError(f"{table}: its rows are not of its declared schema: {'; '.join(wrong) or 'another order'}.")


def with_comments(schema: StructType, columns: Sequence[DeclaredColumn]) -> StructType:
    """The schema with the comments of declared columns."""
    comments = {column.name: column.comment for column in columns if column.comment}
    return StructType(
        [
            StructField(
                f.name, f.dataType, f.nullable, {"comment": comments[f.name]} if f.name in comments else f.metadata
            )
            for f in schema.fields
        ]
    )
