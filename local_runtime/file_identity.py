"""What tells a file from one of other content under the same name; what is kept in memory for as long as it is one."""

import os
from collections.abc import Callable, Hashable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

T = TypeVar("T")
SMALL = 100_000  # bytes of a file whose content is kept


class Identity(NamedTuple):
    """A file's device and number, its size, and the times (ns since the epoch) of its last changes: content, any."""

    device: int
    number: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path | str) -> Self:
        """That of the file at the path. Raises OSError."""
        return cls.from_stat(os.stat(path))

    @classmethod
    def from_stat(cls, about: os.stat_result) -> Self:
        """That of the file of which `os.stat` or `os.fstat` gave this."""
        return cls(about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)


def kept_while_unchanged(files: int, only_small: bool = True) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Keeps what a function says of a path, for so many files; whoever asks must not change it.

    What is as large as a file is kept of small files only.
    """

    def keeping(read: Callable[..., T]) -> Callable[..., T]:
        @lru_cache(files)
        def kept(path: Path | str, _: Identity, *more: Hashable) -> T:
            return read(path, *more)

        def current(path: Path | str, *more: Hashable) -> T:
            identity = Identity.of(path)
            is_kept = not only_small or identity.size <= SMALL
            return kept(path, identity, *more) if is_kept else read(path, *more)

        return current

    return keeping
