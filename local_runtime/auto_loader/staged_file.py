"""What was staged of a file."""

from dataclasses import dataclass
from pathlib import Path

from local_runtime.auto_loader.discovery import FoundFile


@dataclass(frozen=True)
class StagedFile:
    """How many rows, in which Parquet files; the source file as it was read, its hash, and a remark for the user.

    Lines that a flow's filter drops count as rows, although they may not be staged.
    """

    rows: int
    paths: tuple[Path, ...]
    file: FoundFile
    sha256: str
    remark: str
