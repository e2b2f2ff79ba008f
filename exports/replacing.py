"""A folder that is written aside and then takes the place of the one before it: at any moment one of them is there."""

import hashlib
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_runtime.errors import LakehouseError

RECORD = "datapackage.json"
"""The list of an export's files (Data Package, https://specs.frictionlessdata.io): what makes a folder an export."""


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """A new folder, which becomes `target` at the end of the context; after an error `target` is as it was.

    Raises LakehouseError for a folder that has files other than an export's, and where something can't be written.
    """
    _check(target)
    beside = uuid.uuid4().hex[:8]
    new, old = (target.with_name(f".{target.name}.{what}-{beside}") for what in ("unfinished", "replaced"))
    try:
        new.mkdir(parents=True)
        yield new
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or str(error).splitlines()[0]
        raise LakehouseError(f"{target} can't be written: {reason}. What was there before is unchanged.") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _check(target: Path) -> None:
    """Raises LakehouseError where something would be lost: what is there must be an export, with its files alone."""
    if not target.exists() and not target.is_symlink():
        return
    if target.is_symlink() or not target.is_dir():
        raise LakehouseError(
            f"{target} is no folder. Name a folder that an export may take the place of, or a new one."
        )
    found = [path for path in target.rglob("*") if not path.is_dir() or path.is_symlink()]
    known = recorded(target)
    foreign = sorted(str(path.relative_to(target)) for path in found if str(path.relative_to(target)) not in known)
    if foreign:
        raise LakehouseError(
            f"{target} has files that aren't of an export ({foreign[0]}); they would be lost. Name another folder."
        )


def recorded(folder: Path) -> set[str]:
    """The files of an export, by its record; none where it has no record that can be read."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {RECORD, *record["files"], *(resource["path"] for resource in record["resources"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as a Data Package has it."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
