"""An environment, `.venv`, `.venv-spark` or `.venv-serve`: the record of its contents."""

import os
import shutil
import sys
from pathlib import Path

from local_runtime.root import ROOT

LOCK = ROOT / "uv.lock"


def is_set_up(folder: Path, groups: str) -> bool:
    """Whether the environment exists and holds the packages that uv.lock has for `groups`, as the launcher checks."""
    asked, stamp, made_with = os.environ.get("LAKEHOUSE_PYTHON"), folder / f".lakehouse-{groups}", _made_with(folder)
    return (
        os.access(folder / "bin" / "python", os.X_OK)
        and stamp.is_file()
        and LOCK.read_bytes() == stamp.read_bytes()
        and (not asked or (made_with.is_file() and made_with.read_text().rstrip("\n") == asked))
    )


def mark_as_set_up(folder: Path, groups: str) -> None:
    """Records what the environment holds, and which Python was asked for; it serves fewer `groups` too."""
    packages = next(folder.glob("lib/python*/site-packages"))
    _packages(folder).write_text("\n".join(sorted(os.listdir(packages))))
    _made_with(folder).write_text(os.environ.get("LAKEHOUSE_PYTHON", "") + "\n")
    named = groups.split("-")
    for count in range(1, len(named) + 1):
        shutil.copyfile(LOCK, folder / f".lakehouse-{'-'.join(named[:count])}")


def lacking(folder: Path) -> list[str]:
    """What was in the environment of this very Python when it was set up, and isn't now; [] where nothing is known.

    Read at every start: one small file and one folder.
    """
    try:
        expected = _packages(folder).read_text().splitlines()
    except OSError:
        return []
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    try:
        return sorted({*expected} - {*os.listdir(packages)})
    except OSError:
        return expected


def forget(folder: Path) -> None:
    """Makes the launcher set the environment up again. Raises OSError."""
    for stamp in folder.glob(".lakehouse-*"):
        stamp.unlink()


def _packages(folder: Path) -> Path:
    return folder / ".lakehouse-packages"


def _made_with(folder: Path) -> Path:
    return folder / ".lakehouse-python"
