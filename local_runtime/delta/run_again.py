"""The command that runs the pipelines of a lake again, which messages on its tables name."""

import json
from collections.abc import Iterable
from pathlib import Path

from local_runtime.delta.lake import RUNTIME_FOLDER, Lake
from local_runtime.root import folder_argument

LAST_RUN = "last_run.json"


def last_run_path(lake: Lake) -> Path:
    """The record of the last run (state/last_run.py)."""
    return lake.root / RUNTIME_FOLDER / LAST_RUN


def run_command(lake: Lake, full_refresh: Iterable[str] = (), lake_folder: str = "") -> str:
    """The command that runs the lake's pipelines again, from the folder that the last run loaded from.

    `lake_folder` is written in place of the lake's own, as it is.
    """
    landing = _landing(lake)
    of_landing = folder_argument("landing", Path(landing)) if landing else ""
    of_lake = f" --lake {lake_folder}" if lake_folder else folder_argument("lake", lake.root)
    tables = "".join(f" {name}" for name in full_refresh)
    return f"./lakehouse run{' --full-refresh' if tables else ''}{tables}{of_landing}{of_lake}"


def _landing(lake: Lake) -> str:
    try:
        return str(json.loads(last_run_path(lake).read_text(encoding="utf-8")).get("landing") or "")
    except (OSError, ValueError, AttributeError):
        return ""
