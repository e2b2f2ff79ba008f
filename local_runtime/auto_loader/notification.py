"""Detects files that land: by the system's notifications (inotify) if it has them, else by a listing every second.

inotify reports only what this machine writes. On a network disk, and in a folder that a virtual machine or a container
shares with its host, others write too, so such folders are listed.
"""

import ctypes
import errno
import os
import re
import select
import struct
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from local_runtime.auto_loader.discovery import list_files

CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x8, 0x40, 0x80, 0x100, 0x200
IS_FOLDER = 0x40000000
HEARD = CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE
EVENT = struct.Struct("iIII")
SHARED_FILE_SYSTEM = re.compile(r"nfs\d*|cifs|smb\w*|afs|ceph|lustre|gpfs|9p|virtiofs|vboxsf|prl_fs|fuse\.?.*")
MOUNTS = Path("/proc/self/mountinfo")
QUIET, LONGEST_BURST, LOOK = 0.1, 0.5, 1.0  # seconds


class Landings:
    """What lands below some folders, which need not be there yet."""

    def __init__(self, folders: Sequence[Path], system: bool = True) -> None:
        self._folders = list(folders)
        is_notified = system and not any(SHARED_FILE_SYSTEM.fullmatch(_file_system(folder)) for folder in folders)
        self._inotify = _Inotify.open(self._folders) if is_notified else None
        self._seen = self._look()

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until something lands, and for the end of a burst of half a second at most; False for a timeout."""
        return self._inotify.wait(timeout) if self._inotify else self._wait_by_looking(timeout)

    def _wait_by_looking(self, timeout: float | None) -> bool:
        until = None if timeout is None else time.monotonic() + timeout
        while until is None or time.monotonic() < until:
            now = self._look()
            if now != self._seen:
                self._seen = now
                return True
            time.sleep(LOOK if until is None else max(0.0, min(LOOK, until - time.monotonic())))
        return False

    def _look(self) -> frozenset[tuple[str, int, int]]:
        if self._inotify:
            return frozenset()
        folders = [folder for folder in self._folders if folder.is_dir()]
        return frozenset(
            (f"{folder}/{file.name}", file.size, file.modified_ns)
            for folder in folders
            for file in list_files(folder, "*")
        )


def _file_system(folder: Path) -> str:
    """The type of the file system that a folder is in, such as `ext4`; empty where the system doesn't say."""
    place = os.path.realpath(folder)
    mounted: dict[str, str] = {}
    try:
        lines = MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        fields, _, more = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields.split(" ")[4])
        if place == point or place.startswith(f"{point.rstrip('/')}/"):
            mounted[point] = more.split(" ")[0]
    return mounted[max(mounted, key=len)] if mounted else ""


class _Inotify:
    """Linux' notifications: folders are watched one by one, new ones as they appear."""

    def __init__(self, library: ctypes.CDLL, descriptor: int) -> None:
        self._library, self._descriptor = library, descriptor
        self._watched: dict[int, str] = {}

    @classmethod
    def open(cls, folders: Iterable[Path]) -> "_Inotify | None":
        """None where the system has no notifications, or no free ones."""
        try:
            library = ctypes.CDLL(None, use_errno=True)
            descriptor = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, AttributeError):
            return None
        if descriptor < 0:
            return None
        notifications = cls(library, descriptor)
        return notifications if all(notifications._watch_from(folder) for folder in folders) else None

    def _watch_from(self, folder: Path) -> bool:
        """Watches a folder and all below; one that isn't there yet by the nearest one above."""
        place = folder
        while not place.is_dir():
            place = place.parent
        if place != folder:
            return self._watch(str(place))
        return all(self._watch(above) for above, _, _ in os.walk(folder, followlinks=True))

    def _watch(self, folder: str) -> bool:
        number = self._library.inotify_add_watch(self._descriptor, os.fsencode(folder), HEARD)
        if number >= 0:
            self._watched[number] = folder
        return number >= 0 or ctypes.get_errno() == errno.ENOENT

    def wait(self, timeout: float | None) -> bool:
        if not self._hear(timeout):
            return False
        until = time.monotonic() + LONGEST_BURST
        while time.monotonic() < until and self._hear(QUIET):
            pass
        return True

    def _hear(self, timeout: float | None) -> bool:
        """Whether anything of note was heard within the time."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if until is None else max(0.0, until - time.monotonic())
            if not select.select([self._descriptor], [], [], left)[0]:
                return False
            if any([self._take(*event) for event in self._events()]):
                return True

    def _events(self) -> list[tuple[int, int, str]]:
        data, events, at = os.read(self._descriptor, 1 << 20), [], 0
        while at < len(data):
            number, mask, _, length = EVENT.unpack_from(data, at)
            name = data[at + EVENT.size : at + EVENT.size + length].rstrip(b"\0")
            events.append((number, mask, os.fsdecode(name)))
            at += EVENT.size + length
        return events

    def _take(self, number: int, mask: int, name: str) -> bool:
        """Whether the event may be a file that landed, or went; a new folder is watched from then on."""
        folder = self._watched.get(number)
        if folder is None or name.startswith((".", "_")):
            return folder is None and mask != 0
        if mask & IS_FOLDER:
            self._watch_from(Path(folder, name))
            return True
        return bool(mask & (CLOSE_WRITE | MOVED_TO | MOVED_FROM | DELETE))
