"""CSV with a header, quotes doubled inside quotes (RFC 4180)."""

from local_runtime.auto_loader.formats.csv_records import read
from local_runtime.auto_loader.formats.records import Format

CSV = Format(
    name="csv",
    # The reader is strict, and follows RFC 4180.
    fixed={"header": "true", "multiLine": "true", "quote": '"', "escape": '"', "mode": "PERMISSIVE"},
    required=("header", "multiLine", "escape"),
    own=frozenset({"sep", "delimiter"}),
    read=read,
)
