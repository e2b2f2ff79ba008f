"""Files that were loaded and need attention: a table of the role `flawed_files` (state/roles.py)."""

import json
from datetime import UTC, datetime, timedelta

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.query import run_query

FLAWED_FILE_COLUMNS = ("file", "problem", "_ingested_at")
REPORTED_FOR = timedelta(days=30)
DECISIONS = "release_decisions.json"
"""The file of a lake with decisions about landed files: a JSON object, `{"playback/a.json": "accept"}`."""


def flawed_files_in(lake: Lake, name: str, now: datetime | None = None) -> dict[str, str]:
    """What is wrong with each file that the table `name` lists: none that was accepted, or ingested long ago.

    Empty for a table of other columns.
    """
    rows = run_query(lake, f"FROM {name}")
    if not {*FLAWED_FILE_COLUMNS} <= {*rows.columns}:
        return {}
    accepted, since = accepted_files(lake), (now or datetime.now(UTC)) - REPORTED_FOR
    in_order = rows.select(*FLAWED_FILE_COLUMNS).order("file").fetchall()
    return {
        file: f"{problem} If that is as it should be: ./lakehouse accept {file}"
        for file, problem, ingested_at in in_order
        if file not in accepted and ingested_at >= since
    }


def accepted_files(lake: Lake) -> set[str]:
    """The files, by their paths below the landing folder, that somebody accepted as they are.

    Raises LakehouseError where the decisions can't be read.
    """
    path = lake.root / DECISIONS
    if not path.exists():
        return set()
    try:
        return {file for file, decision in json.loads(path.read_text()).items() if decision == "accept"}
    except (ValueError, AttributeError) as error:
        raise LakehouseError(f'{path} is no JSON object, {{"playback/a.json": "accept"}}: {error}') from error
