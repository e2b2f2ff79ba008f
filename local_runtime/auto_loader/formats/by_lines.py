"""The formats whose records are lines: JSON, and text. DuckDB turns their files into Parquet (staging_lines.py)."""

from collections.abc import Iterator

from local_runtime.auto_loader.formats.records import Content, Format


def _no_header(lines: Iterator[str], separator: str) -> Content:
    raise AssertionError("files of lines have no header")


JSON = Format(
    name="json",
    fixed={"multiLine": "false", "mode": "PERMISSIVE", "primitivesAsString": "true"},
    required=(),
    own={},
    read=_no_header,
    by_lines=True,
)
TEXT = Format(name="text", fixed={"wholetext": "false"}, required=(), own={}, read=_no_header, by_lines=True)
