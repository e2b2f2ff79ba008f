"""Files that pipeline code reads directly: those that it opens, and paths given to spark.read.

A materialized view is skipped while all that it is made of is the same, so these files count too.
"""

import glob
import os
import sys
import sysconfig
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

UNKNOWN_PATH = "unknown:"
"""A path that can't be checked: a table that reads it never counts as unchanged."""

CODE = (".py", ".pyc", ".pyi", ".so")
SYSTEM = ("/proc/", "/dev/", "/sys/")

_recorded: ContextVar[set[str] | None] = ContextVar("lakehouse_files_opened", default=None)


@contextmanager
def recording_opened_files() -> Iterator[set[str]]:
    """The files that Python code opens for reading as long as the context lasts, code and packages left aside."""
    _add_audit_hook()
    opened: set[str] = set()
    token = _recorded.set(opened)
    try:
        yield opened
    finally:
        _recorded.reset(token)
        opened -= {path for path in opened if _is_code(path)}


@cache
def _add_audit_hook() -> None:
    sys.addaudithook(_on_audit_event)


def _on_audit_event(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or (opened := _recorded.get()) is None:
        return
    path, mode, flags = arguments
    is_read = "r" in mode if mode else not (flags or 0) & (os.O_WRONLY | os.O_RDWR)
    if is_read and isinstance(path, str | bytes | os.PathLike):
        opened.add(os.path.abspath(os.fsdecode(path)))


def _is_code(path: str) -> bool:
    return path.endswith(CODE) or path.startswith((*SYSTEM, *package_folders()))


@cache
def package_folders() -> tuple[str, ...]:
    """The folders of Python's own modules and of installed packages."""
    return tuple(f"{sysconfig.get_path(name)}/" for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def local_path(path: str) -> Path | None:
    """Where a path that was given to Spark is on this machine; None where it is elsewhere."""
    parts = urlsplit(path)
    if parts.scheme not in ("", "file"):
        return None
    return Path(parts.path if parts.scheme else path)


def path_exists(path: str) -> bool:
    """Whether a path that was given to Spark exists, as far as that can be checked."""
    place = local_path(path)
    return place is None or place.exists() or "{" in path or bool(glob.glob(str(place)))


def list_paths(paths: Iterable[str]) -> Iterator[str]:
    """Files, folders and patterns as text: each of their files with its size and the time of its modification."""
    for path in sorted(paths):
        place = local_path(path)
        if place is None or ("{" in path and not place.exists()):  # Spark knows {a,b}, and Python's glob doesn't
            yield f"{path}:{uuid.uuid4()}"
            continue
        roots = [place] if place.exists() else map(Path, sorted(glob.glob(str(place), recursive=True)))
        files = [file for root in roots for file in files_below(root)]
        yield from (f"{file}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files)
        yield f"{path}:{len(files)}"


def files_below(path: Path) -> list[Path]:
    """The file, or every file below the folder, through symbolic links too."""
    if path.is_file():
        return [path]
    files: list[Path] = []
    seen: set[str] = set()
    for folder, folders, names in os.walk(path, followlinks=True):
        seen.add(os.path.realpath(folder))
        folders[:] = [name for name in folders if os.path.realpath(os.path.join(folder, name)) not in seen]
        files += [file for name in names if (file := Path(folder, name)).is_file()]
    return sorted(files)
