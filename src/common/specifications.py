"""What a table is, said once, beside the function that makes it: its grain, its columns, its keys and its rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ColumnSpec:
    """A column: its name, its type as DDL, what it means (units included), and what the unknown member has in it."""

    name: str
    type: str
    comment: str = ""
    unknown: Any = None

    def ddl(self, required: bool) -> str:
        """The column as `schema=` takes it; a required one is NOT NULL."""
        parts = [self.name, self.type, *(["NOT NULL"] if required else [])]
        if self.comment:
            parts.append("COMMENT '" + self.comment.replace("'", "''") + "'")
        return " ".join(parts)


@dataclass(frozen=True)
class TableSpec:
    """A table: its name, its grain ("One row per …"), columns, keys (column to parent table), and rules by name."""

    name: str
    comment: str
    columns: tuple[ColumnSpec, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def rows_schema(self) -> str:
        """DDL of names and types alone, as `createDataFrame` takes it."""
        return ", ".join(f"{column.name} {column.type}" for column in self.columns)

    @property
    def schema(self) -> str:
        """DDL as a declaration's `schema=` takes it: comments, NOT NULL for keys, and the primary key.

        Keys are informational (NOT ENFORCED RELY), for optimizers and BI tools; tests hold them.
        """
        required = {*self.primary_key, *self.foreign_keys}
        parts = [column.ddl(column.name in required) for column in self.columns]
        if self.primary_key:
            key = ", ".join(self.primary_key)
            parts.append(f"CONSTRAINT pk_{self.name} PRIMARY KEY ({key}) NOT ENFORCED RELY")
        return ", ".join(parts)

    def schema_in(self, place: str) -> str:
        """`schema` with the foreign keys; the parent tables are in `place` (catalog.schema).

        Databricks' own examples of pipelines write a parent's name in full, and it is documented for no shorter one.
        """
        foreign_keys = [
            f"CONSTRAINT fk_{self.name}_{column} FOREIGN KEY ({column}) "
            f"REFERENCES {place}.{parent} ({column}) NOT ENFORCED RELY"
            for column, parent in self.foreign_keys.items()
        ]
        return ", ".join([self.schema, *foreign_keys])
