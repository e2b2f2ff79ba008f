"""What the last run was to do, and whether it ended: a record in the lake that only `status` reads.

No run needs it to continue. A killed run leaves the record as written at its beginning.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

from local_runtime.delta.lake import Lake
from local_runtime.delta.run_again import last_run_path
from local_runtime.delta.run_again import run_command as run_command
from local_runtime.errors import LakehouseError, UsageError, first_line


@dataclass(frozen=True)
class LastRun:
    """The last run: when it began (UTC, ISO 8601), whether it ended, and the error that refused or stopped all of it.

    `defined` are the tables that the pipelines defined then, each with its flows; None where that isn't known.
    `pipelines` are their names, and `landing` is the folder that they load from.
    """

    began: str = ""
    ended: bool = True
    error: str | None = None
    defined: Mapping[str, list[str]] | None = None
    pipelines: list[str] = field(default_factory=list)
    landing: str = ""


def last_run(lake: Lake) -> LastRun:
    """The record of the last run; an empty record if there is none."""
    try:
        return LastRun(**json.loads(last_run_path(lake).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return LastRun()


@contextmanager
def recording_run(lake: Lake) -> Iterator[None]:
    """Records that a run begins and how it ends, except for wrong arguments. The caller holds the lake's lock."""
    before = last_run(lake)
    try:
        _write(lake, replace(before, began=datetime.now(UTC).isoformat(), ended=False, error=None))
    except OSError as error:
        raise LakehouseError(f"The lake {lake.root} can't be written: {error.strerror}.") from None
    try:
        yield
    except UsageError:
        _write(lake, before)
        raise
    except Exception as error:
        _record_end(lake, first_line(error) or type(error).__name__)
        raise
    _record_end(lake, None)


@contextmanager
def recording_refusal(lake: Lake) -> Iterator[None]:
    """Records what refuses a run before it has the lake's lock, unless there is no lake or another run holds it."""
    try:
        yield
    except LakehouseError as error:
        if lake.tables():
            with suppress(LakehouseError), lake.locked():
                _record_end(lake, first_line(error))
        raise


def record_definitions(lake: Lake, defined: Mapping[str, list[str]], pipelines: list[str], landing: str) -> None:
    """Records which tables the pipelines define, each with the names of its flows, and the folder that they load."""
    with suppress(OSError):
        _write(lake, replace(last_run(lake), defined=defined, pipelines=pipelines, landing=landing))


def no_lake(lake: Lake) -> str:
    """What to say where there is no lake, and the command that makes one."""
    if lake.root.is_file():
        return f"{lake.root} is a file, not a folder: name the folder of a lake, --lake FOLDER."
    return f"There is no lake in {lake.root}: `{run_command(lake)}` makes it. Or name another: --lake FOLDER."


def build_again_commands(lake: Lake) -> tuple[str, str]:
    """The commands that build the lake again from the same landing folder: in a new folder, and where it is."""
    return run_command(lake, lake_folder="NEW_FOLDER"), f"{run_command(lake)} --full-refresh"


def _record_end(lake: Lake, error: str | None) -> None:
    # If even this can't be written, the run counts as one that did not end.
    with suppress(OSError):
        _write(lake, replace(last_run(lake), ended=True, error=error))


def _write(lake: Lake, note: LastRun) -> None:
    path = last_run_path(lake)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(asdict(note), ensure_ascii=False), encoding="utf-8")
    os.replace(unfinished, path)
