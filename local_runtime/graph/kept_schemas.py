"""Schemas that an engine has answered, kept between runs in the project's folder: a check that passed isn't repeated.

What is kept depends on nothing but its key and the stamp: the key is the whole of what was asked, and the stamp changes
with the engine, this runtime's code, Python, and every installed package. A lake has no part in it.
"""

import json
import os
import sys
import uuid
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from pyspark.sql.types import StructType

from local_runtime.root import ROOT

MOST_KEPT = 1000
"""Schemas in the file; those that were used longest ago are forgotten first. A run of this project uses some 200."""


class KeptSchemas:
    """The schemas that are kept for an engine in a folder. What can't be read or written is not kept."""

    def __init__(self, folder: Path, engine: str) -> None:
        self._path = folder / f"known-schemas-{engine}.json"
        self._engine = engine
        self._is_open, self._has_new = True, False

    @cached_property
    def _stamp(self) -> str:
        return stamp(self._engine)

    @cached_property
    def _kept(self) -> dict[str, str]:
        return self._read()  # only where something is asked: a run without news asks nothing

    def get(self, key: str) -> StructType | None:
        """The schema that was answered; None where it isn't known."""
        text = self._kept.pop(key, None)
        if text is None:
            return None
        self._kept[key] = text  # the last one is the one used last
        return StructType.fromJson(json.loads(text))

    def keep(self, key: str, schema: StructType) -> None:
        """Keeps an answer, unless it came after `close`."""
        text = schema.json()
        if self._is_open and StructType.fromJson(json.loads(text)) == schema:
            self._kept[key] = text
            self._has_new = True

    def close(self) -> None:
        """Writes what is kept, and takes no more: from now on functions may change the session they are asked in."""
        self._is_open = False
        if not self._has_new:
            return
        of_others = {key: text for key, text in self._read().items() if key not in self._kept}
        kept = dict([*of_others.items(), *self._kept.items()][-MOST_KEPT:])
        unfinished = self._path.with_name(f".{self._path.name}.{uuid.uuid4()}.tmp")
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                unfinished.write_text(json.dumps([self._stamp, _digest(kept), kept]), encoding="utf-8")
                os.replace(unfinished, self._path)
            finally:
                unfinished.unlink(missing_ok=True)

    def _read(self) -> dict[str, str]:
        """What the file has of this stamp; {} where it has none, and where a part of it was changed or lost."""
        try:
            of, digest, kept = json.loads(self._path.read_text(encoding="utf-8"))
            return dict(kept) if (of, digest) == (self._stamp, _digest(kept)) else {}
        except (OSError, ValueError, TypeError, RecursionError):
            return {}


def key_of(*parts: str | bytes) -> str:
    """The key of what is described by these parts."""
    digest = sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def _digest(kept: object) -> str:
    return key_of(json.dumps(kept))


def stamp(engine: str) -> str:
    """What answers depend on beside the question: the engine, this runtime's code, Python, and installed packages."""
    sources = sorted((ROOT / "local_runtime").rglob("*.py"))
    code = (part for path in sources for part in (path.name, path.read_bytes()))
    return key_of(engine, sys.version, *_packages(map(Path, sys.path)), *code)


def _packages(folders: Iterable[Path]) -> list[str]:
    """The names and versions of the packages installed in these folders."""
    return sorted(path.name for folder in folders if folder.is_dir() for path in folder.glob("*.dist-info"))
