"""The ledger of an Auto Loader source: the state of each of its files. It is stored next to the table's data.

A ledger is a sequence of immutable Parquet files, `<table>/_progress/<SHA-256>.parquet`, its segments. The progress of
a commit names its segments, so that a RESTORE also restores the ledger. A new segment merges the previous ones that are
at most twice its size: n files are in about log n segments, and each is written about log n times. Delta's VACUUM
ignores folders whose names begin with `_`.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_runtime.errors import CorruptTableError

if TYPE_CHECKING:
    import pyarrow as pa

PROGRESS_FOLDER = "_progress"
UNKNOWN_FILE = (-1, -1)
"""The size and time of a file that no longer exists, or that could not be read at all."""

State = Literal["loaded", "rejected", "gone"]


@dataclass(frozen=True)
class Segment:
    """A file of the ledger: its name, which is the hash of its content, and its number of records."""

    name: str
    records: int


@dataclass(frozen=True)
class FileRecord:
    """The state of a source's file: `loaded`, `rejected` with a reason, or `gone` (rejected, and deleted since).

    `name` is its path below the source's folder; size (bytes), modified_ns (since the epoch) and sha256 distinguish
    this content from other content of the same name; a file that couldn't be read has those of UNKNOWN_FILE. `message`
    says why a file was rejected, or how a flawed file was read. Of several records with one name, the latest counts.
    """

    name: str
    state: State
    size: int
    modified_ns: int
    sha256: str
    rows: int = 0
    reason: str = ""
    message: str = ""


class FileLedger:
    """The ledger of the table in `path`, of one flow, as `segments` (oldest first) say."""

    def __init__(self, path: Path, segments: Sequence[Segment] = ()) -> None:
        self.folder = path / PROGRESS_FOLDER
        self.segments = tuple(segments)

    def identities(self) -> dict[str, tuple[int, int]]:
        """For each file the size and modification time (ns) in its newest record; UNKNOWN for one that is `gone`."""
        known: dict[str, tuple[int, int]] = {}
        for segment in self.segments:
            table = self._read(segment, ["name", "state", "size", "modified_ns"])
            columns = (table[name].to_pylist() for name in table.column_names)
            for name, state, size, modified_ns in zip(*columns, strict=True):
                known[name] = UNKNOWN_FILE if state == "gone" else (size, modified_ns)
        return known

    def records(self) -> Iterator[FileRecord]:
        """Every record, oldest first."""
        for segment in self.segments:
            yield from (FileRecord(**row) for row in self._read(segment).to_pylist())

    def newest(self) -> dict[str, FileRecord]:
        """Each file's newest record."""
        return {record.name: record for record in self.records()}

    def rejected(self) -> dict[str, FileRecord]:
        """The files whose newest record is a rejection; without rejections no record is read in full."""
        states = {state for s in self.segments for state in self._read(s, ["state"])["state"].unique().to_pylist()}
        if "rejected" not in states:
            return {}
        return {name: record for name, record in self.newest().items() if record.state == "rejected"}

    def loaded(self) -> int:
        """How many files were loaded."""
        names: set[str] = set()
        for segment in self.segments:
            table = self._read(segment, ["name", "state"])
            pairs = zip(table["name"].to_pylist(), table["state"].to_pylist(), strict=True)
            names.update(name for name, state in pairs if state == "loaded")
        return len(names)

    def add(self, records: Sequence[FileRecord]) -> tuple[Segment, ...]:
        """Writes a segment with the records, and returns the segments that count from then on."""
        if not records:
            return self.segments
        import pyarrow as pa

        segments = list(self.segments)
        columns = list(zip(*map(astuple, records), strict=True))
        schema = pa.schema([(f.name, pa.int64() if f.type is int else pa.string()) for f in fields(FileRecord)])
        tables = [pa.table([list(column) for column in columns], schema=schema)]
        count = len(records)
        while segments and segments[-1].records <= 2 * count:
            count += segments[-1].records
            tables.insert(0, self._read(segments.pop()))
        return (*segments, self._write(pa.concat_tables(tables)))

    def _write(self, table: "pa.Table") -> Segment:
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = pa.BufferOutputStream()
        pq.write_table(table, buffer, compression="zstd")
        content = buffer.getvalue().to_pybytes()
        name = f"{hashlib.sha256(content).hexdigest()}.parquet"
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}.{os.getpid()}"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / name)
        return Segment(name, table.num_rows)

    def _read(self, segment: Segment, columns: list[str] | None = None) -> "pa.Table":
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.folder / segment.name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise self._lost(path, str(error.strerror)) from None
        if f"{hashlib.sha256(content).hexdigest()}.parquet" != segment.name:
            raise self._lost(path, "its content is not what was written")
        return pq.ParquetFile(pa.BufferReader(content)).read(columns=columns)

    @staticmethod
    def _lost(path: Path, why: str) -> CorruptTableError:
        return CorruptTableError(
            f"{path}, which says what files the table {path.parent.parent} has loaded, can't be read: {why}. Nothing "
            "is loaded, because it could be loaded twice. Bring the file back, or refresh the table in full."
        )
