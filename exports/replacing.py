"""A folder that is written aside, and then takes the place of the one before it."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from local_runtime.errors import LakehouseError

RECORD = "datapackage.json"
"""The list of an export's files (Data Package, https://specs.frictionlessdata.io): what makes a folder an export."""


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """A new folder, which becomes `target` at the end of the context; after an error `target` is as it was.

    A process that is killed leaves folders beside `target`, which the next call puts back or deletes. Raises
    LakehouseError for a folder that has files other than an export's, or an export's that were changed, where another
    export is in progress, and where something can't be written.
    """
    new, old = (target.with_name(f".{target.name}.lakehouse-{what}") for what in ("unfinished", "replaced"))
    with writing(target), alone(target.parent):
        if old.exists() and not target.exists():
            old.rename(target)
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        _check(target)
        try:
            new.mkdir()
            yield new
            _check(target)  # somebody may have put a file there meanwhile
            if target.exists():
                target.rename(old)
            new.rename(target)
        finally:
            if old.exists() and not target.exists():
                old.rename(target)
            for left in (new, old):
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Within it, an OSError is a LakehouseError that says what can't be written."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error).splitlines()[0]
        raise LakehouseError(f"{target} can't be written: {reason}. What was there before is unchanged.") from None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps other exports out of a folder, which is made. Raises LakehouseError at once where there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakehouseError(f"Another export is writing in {folder}: wait until it has ended.") from None
        yield
    finally:
        os.close(lock)


def _check(target: Path) -> None:
    """Raises LakehouseError where something would be lost: what is there must be an export, as it was written."""
    if target.is_symlink():
        raise LakehouseError(f"{target} is a link. Name the folder that it leads to, or a new one.")
    if not target.exists():
        return
    if not target.is_dir():
        raise LakehouseError(f"{target} is no folder. Name a new one, or one that an export may take the place of.")
    if os.path.ismount(target) or target.resolve() == Path.cwd():
        raise LakehouseError(
            f"{target} can't be replaced, for it is a mount or the working folder: name a folder in it."
        )
    if (target / RECORD).exists():
        found = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_symlink() or not path.is_dir()}
    else:
        found = {path.name for path in islice(target.iterdir(), 1)}
    known = _recorded(target)
    if foreign := min(found - {RECORD} - known.keys(), default=None):
        raise LakehouseError(
            f"{target} has files that aren't of an export ({foreign}); they would be lost. Name another folder."
        )
    for name in sorted(known.keys() & found):
        if digest_of(target / name) != known[name]:
            raise LakehouseError(
                f"{target / name} was changed after the export, and would be lost: move it, or name another folder."
            )


def _recorded(folder: Path) -> Mapping[str, str]:
    """The digests of an export's files by their paths, as its record has them; none without a record.

    Raises LakehouseError for the folder of a DuckDB database, which isn't replaced.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if "views" in record:
            raise LakehouseError(f"{folder} has an export of the format duckdb. Name another folder for other formats.")
        return {**record["files"], **{resource["path"]: resource["hash"] for resource in record["resources"]}}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as a Data Package has it."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
