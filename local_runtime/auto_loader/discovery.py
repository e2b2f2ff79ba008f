"""Lists a source's folder: its files, and entries that can't be loaded."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from local_runtime.auto_loader.formats.text import Unread, modified_ns, open_file
from local_runtime.errors import LakehouseError


class Listed(NamedTuple):
    """An entry of a source's folder: its path below that, its size in bytes, when it was modified (ns since the epoch).

    `problem` says why it can't be loaded, where that is known without opening it. The name of a folder ends in `/`;
    bytes of a name that aren't UTF-8 are spelled `\\xNN`.
    """

    name: str
    size: int
    modified_ns: int
    problem: Unread | None = None


@dataclass(frozen=True)
class FoundFile:
    """A listed file to look at, and where it is."""

    name: str
    path: Path
    size: int
    modified_ns: int
    problem: Unread | None = None

    @property
    def uri(self) -> str:
        """The file as `_metadata.file_path` names it."""
        return self.path.as_uri()

    @property
    def modified_at(self) -> datetime:
        """When it was last modified (UTC), cut to milliseconds."""
        return datetime.fromtimestamp(self.modified_ns // 1_000_000 / 1000, tz=UTC)

    @property
    def metadata(self) -> dict[str, str | int | datetime]:
        """The file's `_metadata`, which each of its rows has."""
        return {
            "file_path": self.uri,
            "file_name": self.path.name,
            "file_size": self.size,
            "file_modification_time": self.modified_at,
        }

    def sha256(self) -> str:
        """The hash of its content. Raises Unread where it can't be read."""
        if self.problem:
            raise self.problem
        with open_file(self.path) as content:
            try:
                return hashlib.file_digest(content, "sha256").hexdigest()
            except OSError as error:
                raise Unread.from_error(error) from None


class _Folder(NamedTuple):
    place: str
    above: str
    real: str
    linked_from: tuple[str, ...] = ()
    """The real folders of the links that led here."""

    def is_in(self, real: str) -> bool:
        """Whether a link to `real` would lead in a circle."""
        return any(f"{inside}/".startswith(f"{real}/") for inside in (self.real, *self.linked_from))


def list_files(folder: Path, pattern: str) -> Iterator[Listed]:
    """The files below `folder` whose names match, in no order. There may be very many.

    Hidden files, and those whose name or folder starts with `_`, are ignored (as by Spark). What is there and can't be
    loaded is listed with its trouble: a name that isn't UTF-8, a link to nothing or in a circle, a pipe, a folder that
    can't be listed. Raises LakehouseError where `folder` itself can't be.
    """
    waiting = [_Folder(str(folder), "", os.path.realpath(folder))]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here.place) as entries:
                for entry in entries:
                    if entry.name.startswith((".", "_")):
                        continue
                    listed = _entry(entry, here, pattern)
                    if isinstance(listed, _Folder):
                        waiting.append(listed)
                    elif listed is not None:
                        yield listed
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            if not here.above:
                raise LakehouseError(f"{folder} can't be listed: {error.strerror}. Nothing of it was loaded.") from None
            why = f"this folder can't be listed: {error.strerror}; let it be listed, and what is in it is loaded"
            yield _unloadable(here.above, Unread("unreadable", why))


def _entry(entry: "os.DirEntry[str]", here: _Folder, pattern: str) -> Listed | _Folder | None:
    """The entry as a file to load or a folder to list; None if it is not data, or no longer exists."""
    is_folder = _is_folder(entry)
    if not (is_folder or pattern == "*" or fnmatchcase(entry.name, pattern)):
        return None
    name = f"{here.above}{entry.name}{'/' if is_folder else ''}"
    if not _is_utf_8(entry.name):
        what = "the name of this folder" if is_folder else "its name"
        shown = os.fsencode(name).decode(errors="backslashreplace")
        return _unloadable(shown, Unread("file_name", f"{what} is not UTF-8: give it another one"))
    return _subfolder(entry, name, here) if is_folder else _file(entry, name)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _is_utf_8(name: str) -> bool:
    try:
        return name.isascii() or bool(name.encode())
    except UnicodeEncodeError:
        return False


def _subfolder(entry: "os.DirEntry[str]", name: str, here: _Folder) -> Listed | _Folder:
    if not entry.is_symlink():
        return _Folder(entry.path, name, f"{here.real}/{entry.name}", here.linked_from)
    real = os.path.realpath(entry.path)
    if here.is_in(real):
        return _unloadable(name, Unread("unreadable", "it is a link to a folder that it is in; take it away"))
    return _Folder(entry.path, name, real, (*here.linked_from, here.real))


def _file(entry: "os.DirEntry[str]", name: str) -> Listed | None:
    try:
        about = entry.stat()
    except FileNotFoundError:
        is_dangling = entry.is_symlink()
        return _unloadable(name, Unread("unreadable", "it is a link to nothing")) if is_dangling else None
    except OSError as error:
        return _unloadable(name, Unread.from_error(error))
    if not stat.S_ISREG(about.st_mode):
        return _unloadable(name, Unread("not_a_file", "it is a pipe, a socket or a device; take it away"))
    return Listed(name, about.st_size, modified_ns(about))


def _unloadable(name: str, trouble: Unread) -> Listed:
    return Listed(name, 0, 0, trouble)
