"""What became of each release of a feed: a table of the role `releases` (state/roles.py)."""

import shlex
from collections.abc import Mapping
from typing import Any

from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query
from local_runtime.quoting import quoted_table

# The columns of a table with the role `releases`.
RELEASE_COLUMNS = (
    *("file_name", "release_order", "released_at", "ordered_by", "is_applied", "is_superseded", "problem"),
    *("missing_columns", "leftover_headers", "release", "verdict", "rows", "quarantined_rows", "failures"),
    *("unreadable", "undecided_date"),
)
# Verdicts that wait for a decision.
WAITING = ("held", "late")

Release = Mapping[str, Any]


def releases_in(lake: Lake, name: str, version: int | None = None) -> list[Release]:
    """The releases that the table `name` lists, in their order; [] for a table of other columns."""
    rows = run_query(lake, f"FROM {quoted_table(name, version)}")
    if not {*RELEASE_COLUMNS} <= {*rows.columns}:
        return []
    in_order = rows.select(*RELEASE_COLUMNS).order("release_order").fetchall()
    return [dict(zip(RELEASE_COLUMNS, row, strict=True)) for row in in_order]


def shown_name(release: Release) -> str:
    """What messages call a release: its path below the landing folder, or its file's name."""
    return str(release["release"] or release["file_name"])


def problem_of(release: Release, where: str) -> str:
    """What is wrong with a release, and what to type; `where` are the options that name the folders. Empty for none."""
    if not release["problem"] or release["verdict"] not in WAITING:
        return str(release["problem"] or "")
    commands = [f"./lakehouse {word} {shlex.quote(shown_name(release))}{where}" for word in ("accept", "reject")]
    return "\n".join([str(release["problem"]), *commands])
