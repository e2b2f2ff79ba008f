"""Table specifications. Each table is specified once, next to the function that builds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DROPS_NO_ROW = {"lakehouse.drops_rows": "never"}


@dataclass(frozen=True)
class ColumnSpec:
    """A column: its name, DDL type, meaning (with units), and value in the unknown member of a dimension."""

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


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A table: its name, grain ("One row per …"), columns, keys (column to parent table), layout, rules by name, rules
    that are only reported (`warnings`), and table properties."""

    name: str
    comment: str
    columns: tuple[ColumnSpec, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    partition_cols: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

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

        Keys are informational (NOT ENFORCED RELY), for optimizers and BI tools; tests check them.
        """
        required = {*self.primary_key, *self.foreign_keys}
        parts = [column.ddl(column.name in required) for column in self.columns]
        if self.primary_key:
            key = ", ".join(self.primary_key)
            parts.append(f"CONSTRAINT pk_{self.name} PRIMARY KEY ({key}) NOT ENFORCED RELY")
        return ", ".join(parts)

    def schema_in(self, place: str) -> str:
        """`schema` with the foreign keys; the parent tables are in `place` (catalog.schema).

        Names of parents are written in full, as in Databricks' examples of pipelines: no shorter form is documented.
        """
        foreign_keys = [
            f"CONSTRAINT fk_{self.name}_{column} FOREIGN KEY ({column}) "
            f"REFERENCES {place}.{parent} ({column}) NOT ENFORCED RELY"
            for column, parent in self.foreign_keys.items()
        ]
        return ", ".join([self.schema, *foreign_keys])

    def declaration(self, place: str = "") -> dict[str, Any]:
        """The arguments of `dp.table`, `dp.materialized_view` and `dp.create_streaming_table`.

        `place` (catalog.schema) has the parent tables; a table of the star schema there is expected to drop no row.
        Raises ValueError where foreign keys need one.
        """
        if self.foreign_keys and not place:
            raise ValueError(
                f"{self.name} has foreign keys: give declaration() the catalog and schema of their parents."
            )
        layout = {"partition_cols": list(self.partition_cols), "cluster_by": list(self.cluster_by)}
        properties = {**self.properties, **(DROPS_NO_ROW if place else {})}
        more = {**layout, "table_properties": properties}
        given = {name: value for name, value in more.items() if value}
        return {"name": self.name, "comment": self.comment, "schema": self.schema_in(place), **given}
