"""Generations: what one publication holds, unchanged, for as long as somebody reads it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Optional

from serving.backends import EVERYBODY, Backend, Reader, Store
from serving.sources import Source


@dataclass(eq=False)
class Generation:
    """The tables of one source, as `reader` may read them. Only `Generations` makes and closes them."""

    source: Source
    backend: Backend
    loaded_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    readers: int = 0
    days: dict[tuple[str, str], dict[str, date | None]] = field(default_factory=dict)
    """The days that periods begin and end with, by reader and SQL: in one generation they stay the same."""
    reader: Reader = EVERYBODY
    shared: Optional["Generation"] = None
    """The generation that this is one reader's view of; None for the generation itself."""

    @property
    def tag(self) -> str:
        """What names it in ETags and logs: readers with rights of their own see what others may not."""
        return f"{self.source.tag}-{self.reader.key}" if self.reader.key else self.source.tag

    def read_by(self, reader: Reader) -> "Generation":
        """The generation as the reader may read it."""
        return replace(self, reader=reader, shared=self.shared or self) if reader.key else self


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
            (taken.shared or taken).readers += 1
            return taken

    def release(self, generation: Generation) -> None:
        """Takes a reader back; the last one of an old generation closes it."""
        with self._lock:
            (generation.shared or generation).readers -= 1
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
            generation.backend.close()


def load_generation(store: Store, source: Source) -> Generation:
    """Opens a source. Raises LakehouseError as `Store.open`."""
    return Generation(source, store.open(source))
