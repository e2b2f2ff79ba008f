"""`./lakehouse file`: the real names of files that messages and tables show by a key only."""

import re
from argparse import Namespace
from collections.abc import Iterator

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, UsageError
from local_runtime.inspection.file_names import names_of_files
from local_runtime.pipelines.bundle_config import LANDING
from local_runtime.state.file_ledger import FileLedger
from local_runtime.state.file_names import DIGITS_SHOWN
from local_runtime.state.progress import progress_of

KEY = re.compile(f"(?:.*…)?([0-9a-f]{{{DIGITS_SHOWN}}})(?:/.*)?")


def file(arguments: Namespace) -> int:
    """Prints the names of the files whose shown name holds a key, as bronze has them, one a line."""
    key = KEY.fullmatch(arguments.key)
    if key is None:
        raise UsageError(f"{arguments.key} is not the key of a file: give the sixteen digits after the …, or the name.")
    lake = Lake(arguments.lake.absolute())
    found = sorted({name for table in lake.tables() for name in _named(lake, table, f"…{key[1]}")})
    if not found:
        raise LakehouseError(
            f"No file that was found for {lake.root} has the key {key[1]}. It is made with the secret of the lake: "
            "with another one, or without it, no name is found."
        )
    print("\n".join(found))
    return 0


def _named(lake: Lake, table: str, key: str) -> Iterator[str]:
    """The files of a table whose shown name holds the key, with their source's folder."""
    log = lake.log(table)
    progress, names = progress_of(log, log.snapshot()), names_of_files(lake, table)
    if progress is None or names.hidden is None:
        return
    for flow in progress.flows.values():
        folder = next(iter(flow.intake.folder), "").removeprefix(f"${{{LANDING}}}/")
        for name in FileLedger(log.path, flow.intake.files).identities():
            if key in names.shown(name):
                yield f"{folder}/{name}"
