"""Names and texts in SQL, whatever characters they have."""

BACKTICK, DOUBLE = "`", '"'
"""The quotation marks of Spark, and of DuckDB."""


def quoted(name: str, mark: str = BACKTICK) -> str:
    """The name as a quoted identifier."""
    return mark + name.replace(mark, mark * 2) + mark


def quoted_table(name: str, version: int | None = None) -> str:
    """`schema.table`, at a version too, as `sql` takes it: `"schema"."table"@v3`."""
    table = ".".join(quoted(part, DOUBLE) for part in name.split("."))
    return table if version is None else f"{table}@v{version}"


def text_literal(text: str) -> str:
    """The text as a literal of DuckDB."""
    return "'" + text.replace("'", "''") + "'"
