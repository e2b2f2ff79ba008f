"""Names as quoted identifiers in SQL."""

BACKTICK, DOUBLE = "`", '"'
"""The quotation marks of Spark, and of DuckDB."""


def quoted(name: str, mark: str = BACKTICK) -> str:
    """The name as a quoted identifier, whatever characters it has."""
    return mark + name.replace(mark, mark * 2) + mark
