"""New files that appear complete or not at all: entries of a table's log, records of what is published."""

import os
import uuid
from pathlib import Path


def write_new_file(path: Path, text: str) -> None:
    """Writes the file atomically: no reader sees, and no killed process leaves, a part of it under its name.

    Raises FileExistsError where the name is taken, and OSError where it can't be written. A killed process may leave a
    file with the name of `unfinished_files`.
    """
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4()}.tmp")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def unfinished_files(folder: Path) -> list[Path]:
    """The files of a folder that processes were writing when they were killed."""
    return sorted(folder.glob(".*.tmp"))


def _link(unfinished: Path, path: Path) -> None:
    """Gives the file its name; FileExistsError where that is taken."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        with path.open("x", encoding="utf-8") as file:
            file.write(unfinished.read_text(encoding="utf-8"))
