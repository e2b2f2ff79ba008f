"""What an update does that finds nothing new, kept in the lake: the next one does it again without looking further.

It holds for as long as nothing has changed that an update looks at: what was asked, the code, the files that have
landed, and the tables. Each is known by the names, sizes and times of its files, so that a change of any program is
seen. What changed on the way, while the update that is kept was running, is seen too: it isn't kept then, or the files
are no longer those that are recorded.
"""

import hashlib
import json
import os
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from local_runtime.delta.lake import EVENT_LOG, RUNTIME_FOLDER, Lake
from local_runtime.update.results import NOTHING_CHANGED, Result

FILE = "settled.json"
COMPILED = "__pycache__"

Message = tuple[str, str | None, bool]
"""What is said below a report's table: the text, its colour, and whether it is folded to fit a terminal."""


class Untold(Exception):
    """What a folder holds can't be told by its files alone."""


@dataclass(frozen=True)
class SettledFlow:
    """A flow, and whether it is a materialized view's, whose refresh is planned."""

    dataset: str
    flow: str
    is_planned: bool

    def result(self) -> Result:
        """What becomes of it where nothing is new."""
        return Result(self.dataset, self.flow, refresh=NOTHING_CHANGED if self.is_planned else None)


@dataclass(frozen=True)
class SettledPipeline:
    """A pipeline, the schema that it publishes to, and its flows."""

    name: str
    schema: str
    flows: Sequence[SettledFlow]


@dataclass(frozen=True)
class Settled:
    """An update with nothing new: what it depends on, what its pipelines do, and what is said of it.

    `asked` stands for the question, `watched` for the files and folders that aren't the lake's, `tables` for the lake's
    folders; each by what `state_of` says. `lines` label the lines of the report, `messages` are those below them.
    """

    asked: str
    watched: Mapping[str, str]
    tables: Mapping[str, str]
    pipelines: Sequence[SettledPipeline]
    lines: Sequence[str]
    messages: Sequence[Message]

    def holds(self, lake: Lake) -> bool:
        """Whether everything is still as it was."""
        try:
            return all(state_of([path]) == state for path, state in self.watched.items()) and (
                states_of_tables(lake) == self.tables
            )
        except Untold:
            return False

    def with_events_of(self, lake: Lake) -> Self:
        """The same after its events were appended; what else has changed meanwhile was not looked at, and differs."""
        logs = [name for name in self.tables if name.endswith(f"/{EVENT_LOG}")]
        return replace(self, tables={**self.tables, **{name: state_of([str(lake.root / name)]) for name in logs}})

    def keep(self, lake: Lake) -> None:
        """Writes it into the lake; where that fails, nothing is kept."""
        path = _path(lake)
        unfinished = path.with_suffix(".tmp")
        with suppress(OSError):
            unfinished.write_text(json.dumps(asdict(self)), encoding="utf-8")
            os.replace(unfinished, path)


def kept_in(lake: Lake) -> Settled | None:
    """What is kept in the lake; None where there is nothing, or nothing that can be read."""
    try:
        fields = json.loads(_path(lake).read_text(encoding="utf-8"))
        pipelines = [
            SettledPipeline(it["name"], it["schema"], [SettledFlow(**flow) for flow in it["flows"]])
            for it in fields["pipelines"]
        ]
        return Settled(**{**fields, "pipelines": pipelines})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def forget(lake: Lake) -> None:
    """Keeps nothing any more: an update begins that may change something. Raises OSError."""
    _path(lake).unlink(missing_ok=True)


def states_of_tables(lake: Lake) -> dict[str, str]:
    """What `state_of` says of each table's folder, and of what else lies in the lake, by its path there."""
    states: dict[str, str] = {}
    for entry in _entries(str(lake.root)):
        if entry.name == RUNTIME_FOLDER:
            continue
        below = _entries(entry.path) if entry.is_dir() and not entry.is_symlink() else [entry]
        states |= {os.path.relpath(one.path, lake.root): state_of([one.path]) for one in below}
    return states


def state_of(paths: Iterable[str], left_out: Collection[str] = (COMPILED,), since: int | None = None) -> str:
    """A text that changes with the files and folders at and below the paths: names, kinds, sizes, times, permissions.

    Raises Untold for a folder that can't be listed or is linked to, and where something was changed after `since`
    (nanoseconds since the epoch).
    """
    told: list[bytes] = []
    waiting = [*paths]
    while waiting:
        path = waiting.pop()
        about, is_folder = _about(path)
        if about is not None and since is not None and about.st_ctime_ns > since:
            raise Untold(path)
        told.append(_line(path, about))
        if is_folder:
            waiting += [entry.path for entry in _entries(path) if entry.name not in left_out]
    return hashlib.sha256(b"\0".join(sorted(told))).hexdigest()


def _about(path: str) -> tuple[os.stat_result | None, bool]:
    """What the system says of a path (None: it isn't there), and whether it is a folder."""
    try:
        about = os.lstat(path)
        is_link = stat.S_ISLNK(about.st_mode)
        if is_link:
            about = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None, False
    except OSError as error:
        raise Untold(path) from error
    is_folder = stat.S_ISDIR(about.st_mode)
    if is_link and is_folder:
        raise Untold(path)
    return about, is_folder


def _line(path: str, about: os.stat_result | None) -> bytes:
    if about is None:
        return os.fsencode(path)
    parts = [about.st_mode, about.st_uid]
    if not stat.S_ISDIR(about.st_mode):
        parts += [about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]
    return os.fsencode(f"{path}:{':'.join(map(str, parts))}")


def _entries(folder: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return [*entries]
    except OSError as error:
        raise Untold(folder) from error


def _path(lake: Lake) -> Path:
    return lake.root / RUNTIME_FOLDER / FILE
