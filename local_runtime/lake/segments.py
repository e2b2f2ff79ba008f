"""What a flow remembers beside its table's rows: immutable Parquet files, `<table>/_progress/<SHA-256>.parquet`.

A commit's progress names those that count at it, so that a RESTORE finds those of its time; they are written before it.
A new segment takes in the ones before it that are at most twice its size: n records that come one by one are in about
log n segments, and are written about log n times. Delta's VACUUM passes over folders whose names begin with `_`.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.errors import CorruptTableError

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "_progress"
MOST_RECORDS = 1_000_000
"""A segment of more takes in no other: all that it takes in is in memory for a moment."""


@dataclass(frozen=True)
class Segment:
    """One of the files: its name, which is its content's hash, and how many records it has."""

    name: str
    records: int


class Segments:
    """Segments of the table in `path`, oldest first."""

    CONTENT = "says what the table {} has taken in"
    """What a segment is, in a message: `<file>, which <CONTENT>, can't be read`."""
    CONSEQUENCE = "Nothing was done."
    """What became of the table because of that."""

    def __init__(self, path: Path, segments: Sequence[Segment] = ()) -> None:
        self.folder = path / FOLDER
        self.segments = tuple(segments)

    def append(self, table: "pa.Table") -> tuple[Segment, ...]:
        """Writes a segment with the records of `table`, and returns the segments that count from then on."""
        import pyarrow as pa

        if not table.num_rows:
            return self.segments
        kept, tables, count = list(self.segments), [table], table.num_rows
        while kept and kept[-1].records <= min(2 * count, MOST_RECORDS - count):
            count += kept[-1].records
            tables.insert(0, self.read(kept.pop()))
        return (*kept, self._write(pa.concat_tables(tables, promote_options="permissive")))

    def append_files(self, files: Sequence[Path]) -> tuple[Segment, ...]:
        """Appends the records of Parquet files, as `append`."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not files:
            return self.segments
        tables = [pq.ParquetFile(path).read() for path in files]
        return self.append(pa.concat_tables(tables, promote_options="permissive"))

    def paths(self) -> list[Path]:
        """The segments' files. Raises CorruptTableError where one is gone or another one."""
        for segment in self.segments:
            self._content(segment)
        return [self.folder / segment.name for segment in self.segments]

    def read(self, segment: Segment, columns: list[str] | None = None) -> "pa.Table":
        """The records of a segment. Raises CorruptTableError where its file is gone or another one."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        return pq.ParquetFile(pa.BufferReader(self._content(segment))).read(columns=columns)

    def _content(self, segment: Segment) -> bytes:
        path = self.folder / segment.name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise self._lost(path, str(error.strerror)) from None
        if _name(content) != segment.name:
            raise self._lost(path, "its content is not what was written")
        return content

    def _write(self, table: "pa.Table") -> Segment:
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = pa.BufferOutputStream()
        pq.write_table(table, buffer, compression="zstd")
        content = buffer.getvalue().to_pybytes()
        name = _name(content)
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}.{os.getpid()}"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / name)
        return Segment(name, table.num_rows)

    def _lost(self, path: Path, why: str) -> CorruptTableError:
        return CorruptTableError(
            f"{path}, which {self.CONTENT.format(path.parent.parent)}, can't be read: {why}. {self.CONSEQUENCE} Bring "
            "the file back, or refresh the table in full."
        )


def _name(content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()}.parquet"
