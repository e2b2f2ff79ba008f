"""The kinds of dirt that a sample may have. Imports nothing: `--help` lists them."""

KEPT_DIRT = ("white_space", "dates", "ratings", "duplicates", "encodings", "headers", "invalid", "malformed")
DIRT = (*KEPT_DIRT, "broken_files")
EVENT_DIRT = (
    *("repeats", "repeats_without_id", "late", "milliseconds", "content_id", "bad_times", "unknown_titles"),
    *("unknown_types", "broken_lines", "type_changes", "nested", "duplicate_keys", "concatenated", "csv"),
)
