"""PostgreSQL's types, the cells of COPY, and the texts of rows that digests are made of, on both sides alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from exports.tables import Column, Table
from local_runtime.errors import UnsupportedError
from local_runtime.quoting import DOUBLE, quoted

TYPES = {
    "string": "text",
    "long": "bigint",
    "integer": "integer",
    "short": "smallint",
    "byte": "smallint",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp with time zone",
    "timestamp_ntz": "timestamp without time zone",
    "double": "double precision",
    "float": "real",
}
"""As PostgreSQL itself writes them (format_type), so that they can be compared with what is there."""
INEXACT = ("double", "float")
INSTEAD_OF_NUL = "\ufffd"
"""What stands for the character NUL, which PostgreSQL's texts can't hold."""
HEX_DIGITS = 15  # of a row's MD5: 60 bits, a bigint on both sides
WHOLE = 1 << 64  # digests are counted modulo this


def server_type(table: Table, column: Column) -> str:
    """The column's type in PostgreSQL. Raises UnsupportedError for one that has none here."""
    name = _scalar(column.type) if column.element is None else f"{_scalar(column.element)}[]"
    if name in ("", "[]"):
        raise UnsupportedError(
            f"gold.{table.name}.{column.name} is {column.type!r}, for which publishing has no type of PostgreSQL."
        )
    return name


def _scalar(delta: Any) -> str:
    if isinstance(delta, str) and delta.startswith("decimal("):
        return f"numeric({delta.removeprefix('decimal(').replace(' ', '')}"
    return TYPES.get(delta, "") if isinstance(delta, str) else ""


def cell(column: Column) -> str:
    """The column as COPY takes it, in DuckDB's SQL, in UTC: a list is an array literal.

    DuckDB writes a time as text in a twentieth of the time that Arrow takes.
    """
    name = quoted(column.name, DOUBLE)
    if column.element is not None:
        return f"{_list_text(name, column.element)} AS {name}"
    return f"{name}::VARCHAR AS {name}" if str(column.type).startswith("timestamp") else name


def _plain_text(value: str, kind: Any) -> str:
    """A scalar as text. DuckDB writes a decimal without digits before its point as .5, and PostgreSQL as 0.5."""
    text = f"{value}::VARCHAR"
    if not str(kind).startswith("decimal("):
        return text
    precision, scale = str(kind).removeprefix("decimal(").rstrip(")").split(",")
    return f"replace({text}, '.', '0.')" if int(precision) == int(scale) else text


def _list_text(name: str, element: str) -> str:
    escaped = rf"""replace(replace({_plain_text("it", element)}, '\', '\\'), '"', '\"')"""
    cell = f"""CASE WHEN it IS NULL THEN 'NULL' ELSE '"' || {escaped} || '"' END"""
    elements = f"coalesce(array_to_string(list_transform({name}, lambda it: {cell}), ','), '')"
    return f"CASE WHEN {name} IS NOT NULL THEN '{{' || {elements} || '}}' END"


def has_digest(columns: Sequence[Column]) -> bool:
    """Whether rows have the same text on both sides: not those with floating-point numbers."""
    return not any(column.type in INEXACT or column.element in INEXACT for column in columns)


def fingerprint_in_lake(columns: Sequence[Column]) -> str:
    """The MD5 of a row's text, in DuckDB's SQL."""
    return f"md5({_row_text({column.name: _lake_text(column) for column in columns})})"


def fingerprint_on_server(columns: Mapping[str, str]) -> str:
    """The same MD5 in PostgreSQL's SQL, of columns by their names with their types there."""
    return f"md5({_row_text({name: _server_text(name, kind) for name, kind in columns.items()})})"


def number_in_lake(fingerprint: str) -> str:
    """The first digits of an MD5 as a number, in DuckDB's SQL."""
    return f"('0x' || left({fingerprint}, {HEX_DIGITS}))::BIGINT"


def number_on_server(fingerprint: str) -> str:
    """The same number in PostgreSQL's SQL."""
    return f"('x' || left({fingerprint}, {HEX_DIGITS}))::bit({HEX_DIGITS * 4})::bigint"


def digest_text(total: int) -> str:
    """The digest of a table whose rows' numbers add up to this."""
    return f"{total % WHOLE:016x}"


def _row_text(texts: Mapping[str, str]) -> str:
    """The cells one after another: a text with its length before it, so that no two rows have the same text.

    Columns are in the order of their names: on the server a column that came later is the last one.
    """
    cells = (f"coalesce({texts[name]}, '')" for name in sorted(texts))
    return " || '|' || ".join(cells)


def _lake_text(column: Column) -> str:
    name = quoted(column.name, DOUBLE)
    if column.element is not None or column.type == "string":
        text = _list_text(name, column.element) if column.element is not None else name
        clean = f"replace({text}, chr(0), chr({ord(INSTEAD_OF_NUL)}))"
        return f"length({clean}) || ':' || {clean}"
    return f"epoch_us({name})::VARCHAR" if str(column.type).startswith("timestamp") else _plain_text(name, column.type)


def _server_text(column: str, kind: str) -> str:
    name = quoted(column, DOUBLE)
    if kind.endswith("[]"):
        escaped = r"""replace(replace(it::text, '\', '\\'), '"', '\"')"""
        element = f"""CASE WHEN it IS NULL THEN 'NULL' ELSE '"' || {escaped} || '"' END"""
        elements = (
            f"(SELECT string_agg({element}, ',' ORDER BY place) FROM unnest({name}) WITH ORDINALITY u(it, place))"
        )
        text = f"(CASE WHEN {name} IS NOT NULL THEN '{{' || coalesce({elements}, '') || '}}' END)"
        return f"length({text}) || ':' || {text}"
    if kind == "text":
        return f"length({name}) || ':' || {name}"
    if kind.startswith("timestamp"):
        # Whole seconds and microseconds apart: before version 14 `extract` gives a floating-point number.
        seconds = f"extract(epoch FROM date_trunc('second', {name}))::bigint * 1000000"
        return f"({seconds} + mod(extract(microseconds FROM {name})::bigint, 1000000))::text"
    return f"{name}::text"
