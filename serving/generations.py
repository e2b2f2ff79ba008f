"""Generations: what one publication holds, in memory and unchanged, for as long as somebody reads it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from local_runtime.delta.lake import Lake
from serving.loading import load
from serving.sources import Source

if TYPE_CHECKING:
    import duckdb


@dataclass(eq=False)
class Generation:
    """The tables of one source in memory. Only `Generations` makes and closes them."""

    source: Source
    connection: "duckdb.DuckDBPyConnection"
    loaded_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    readers: int = 0
    days: dict[str, dict[str, date | None]] = field(default_factory=dict)
    """The days that periods begin and end with, by the SQL that finds them: in one generation they stay the same."""

    @property
    def tag(self) -> str:
        """What names it in ETags and caches."""
        return self.source.tag


class Generations:
    """The generation that is served, and older ones that somebody still reads."""

    def __init__(self, first: Generation) -> None:
        self._current = first
        self._old: set[Generation] = set()
        self._lock = threading.Lock()

    @property
    def current(self) -> Generation:
        """The generation that new requests read."""
        return self._current

    @property
    def kept(self) -> int:
        """How many generations are in memory."""
        return 1 + len(self._old)

    def acquire(self, generation: Generation | None = None) -> Generation:
        """Counts a reader of the generation (None: of the current one), which `release` takes back."""
        with self._lock:
            taken = generation or self._current
            taken.readers += 1
            return taken

    def release(self, generation: Generation) -> None:
        """Takes a reader back; the last one of an old generation closes it."""
        with self._lock:
            generation.readers -= 1
            self._close_unread()

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        """The current generation, which stays open within the context."""
        generation = self.acquire()
        try:
            yield generation
        finally:
            self.release(generation)

    def switch(self, new: Generation) -> None:
        """Serves another generation from now on. Requests that read the old one finish with it."""
        with self._lock:
            self._old.add(self._current)
            self._current = new
            self._close_unread()

    def _close_unread(self) -> None:
        for generation in [old for old in self._old if not old.readers]:
            self._old.remove(generation)
            generation.connection.close()


def load_generation(lake: Lake, source: Source) -> Generation:
    """Loads a source into memory. Raises LakehouseError as `load`."""
    return Generation(source, load(lake, source))
