"""CSV with a header: quotes doubled inside quotes (RFC 4180), or no quotes at all, as in many TSV files."""

from collections.abc import Iterator

from local_runtime.auto_loader.formats.csv_records import read_records
from local_runtime.auto_loader.formats.records import Content, Format

SEPARATOR = {"sep": "separator of columns; a comma by default", "delimiter": "the same as sep"}

CSV = Format(
    name="csv",
    # The reader is strict, and follows RFC 4180.
    fixed={"header": "true", "multiLine": "true", "quote": '"', "escape": '"', "mode": "PERMISSIVE"},
    required=("header", "multiLine", "escape"),
    own=SEPARATOR,
    read=read_records,
)


def _read_header(lines: Iterator[str], separator: str) -> Content:
    header = next((line for line in lines if line.strip()), "").removesuffix("\n")
    return Content(header.split(separator) if header else [], iter(()))


UNQUOTED = Format(
    name="csv",
    # Spark's documentation: an empty quote turns quoting off; then a backslash is a plain character too.
    fixed={"header": "true", "multiLine": "false", "quote": "", "mode": "PERMISSIVE"},
    required=("header", "quote"),
    own=SEPARATOR,
    read=_read_header,
    by_lines=True,
)
