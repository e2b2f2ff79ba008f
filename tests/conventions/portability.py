"""A lint that keeps functions on which Sail and Spark differ, or that one of them lacks, out of `src/`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# Functions of pyspark.sql.functions, and what to write instead. Found by running both engines on the same code.
FUNCTIONS = {
    "try_to_date": "try_to_timestamp(…).cast('date')",
    "weekday": "(dayofweek(d) + 5) % 7",
    "percentile_approx": "percentile",
    "approx_percentile": "percentile",
    "approx_count_distinct": "count_distinct",
    "mode": "a count and row_number with a tie-break",
    "max_by": "row_number with a tie-break",
    "min_by": "row_number with a tie-break",
    "initcap": "nothing: engines differ after a hyphen",
    "round": "common.fractions",
    "bround": "common.fractions",
    "rint": "common.fractions",
    "hash": "xxhash64",
    "zip_with": "transform(sequence(…))",
    "transform_keys": "map_entries",
    "transform_values": "map_entries",
    "map_zip_with": "map_entries",
    "input_file_name": "_metadata.file_path",
    "get_json_object": "from_json",
    "timestamp_seconds": "timestamp_millis",
    "try_add": "bounds checks",
    "try_subtract": "bounds checks",
    "try_multiply": "bounds checks",
    "try_divide": "common.fractions.ratio",
    "rand": "nothing: not repeatable",
    "randn": "nothing: not repeatable",
    "to_date": "try_to_timestamp(…).cast('date'): to_date raises under ANSI",
    "to_timestamp": "try_to_timestamp: to_timestamp raises under ANSI",
    "current_date": "an argument: a transform does not ask for the time",
    "now": "an argument: a transform does not ask for the time",
}
METHODS = {
    "observe": "a separate aggregate",
    "localCheckpoint": "nothing",
    "approxQuantile": "percentile",
    "freqItems": "a count",
    "sample": "nothing: not repeatable",
    "crossJoin": "a window over all rows: Sail fails on a rule over a ratio with a crossed-in total",
}
TEXTS = {
    r"\bQUALIFY\b": "a subquery with row_number",
    r"\bGROUP BY ALL\b|\bORDER BY ALL\b": "the columns",
    r"\bNOT\s*\(.*\bAND\b": "coalesce((rule), false): NOT (a AND b) loses rows with NULL",
    r"\\[sdwb]": "the characters spelled out: \\s means ASCII on Spark and Unicode on Sail",
    r"\(\?[=!<i]": "no look-around and no flags",
    r"\bto_date\(|\bto_timestamp\(": "try_to_timestamp",
    r"(?<!TRY_)\bCAST\s*\(": "try_cast in rules: one bad value ends a run",
    r"\bRANGE BETWEEN\b": "ROWS, or RANGE over unix_date",
}


def findings(path: Path) -> Iterator[str]:
    """The non-portable calls of a file: file, line, name, and what to write instead."""
    tree = ast.parse(path.read_text())
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "F":
            if node.attr in FUNCTIONS:
                yield f"{path}:{node.lineno}: F.{node.attr}: write {FUNCTIONS[node.attr]}"
        elif isinstance(node, ast.Attribute) and METHODS.get(node.attr):
            yield f"{path}:{node.lineno}: .{node.attr}: write {METHODS[node.attr]}"
        elif isinstance(node, ast.keyword) and node.arg == "how" and getattr(node.value, "value", "") == "cross":
            yield f"{path}:{node.value.lineno}: a cross join: write {METHODS['crossJoin']}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            for pattern, instead in TEXTS.items():
                if re.search(pattern, node.value, re.IGNORECASE):
                    yield f"{path}:{node.lineno}: {node.value!r}: write {instead}"
