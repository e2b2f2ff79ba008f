"""What tells a file from one of other content under the same name."""

import os
from pathlib import Path
from typing import NamedTuple, Self


class Identity(NamedTuple):
    """A file's number, its size, and the times (ns since the epoch) at which its content and its name last changed."""

    number: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path | str) -> Self:
        """That of the file at the path. Raises OSError."""
        about = os.stat(path)
        return cls(about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
