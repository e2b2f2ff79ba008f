"""The ledger of an Auto Loader source: what became of each of its files. It is in segments beside the table."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Literal

from local_runtime.lake.segments import Segment, Segments

UNKNOWN = (-1, -1)
"""The size and time of no file: one that is gone, or of which nothing could be read."""

State = Literal["loaded", "rejected", "gone"]


@dataclass(frozen=True)
class FileRecord:
    """What became of a source's file: `loaded`, `rejected` with a reason, or `gone` (rejected, and then taken away).

    `name` is its path below the source's folder; size (bytes), modified_ns (since the epoch) and sha256 tell this
    content from another under the same name; one of which nothing could be read has UNKNOWN ones. `message` says why a
    file was rejected, or how it was read where it wasn't as it should be. A later record of a name counts more.
    """

    name: str
    state: State
    size: int
    modified_ns: int
    sha256: str
    rows: int = 0
    reason: str = ""
    message: str = ""


class FileLedger(Segments):
    """The ledger of the table in `path`, of one flow, as `segments` (oldest first) say."""

    CONTENT = "says what files the table {} has loaded"
    CONSEQUENCE = "Nothing is loaded, because it could be loaded twice."

    def identities(self) -> dict[str, tuple[int, int]]:
        """For each file its newest record's size and time of modification (ns); UNKNOWN for one that is gone."""
        known: dict[str, tuple[int, int]] = {}
        for segment in self.segments:
            table = self.read(segment, ["name", "state", "size", "modified_ns"])
            columns = (table[name].to_pylist() for name in table.column_names)
            for name, state, size, modified_ns in zip(*columns, strict=True):
                known[name] = UNKNOWN if state == "gone" else (size, modified_ns)
        return known

    def records(self) -> Iterator[FileRecord]:
        """Every record, oldest first."""
        for segment in self.segments:
            yield from (FileRecord(**row) for row in self.read(segment).to_pylist())

    def newest(self) -> dict[str, FileRecord]:
        """Each file's newest record."""
        return {record.name: record for record in self.records()}

    def rejected(self) -> dict[str, FileRecord]:
        """The files whose newest record is a rejection; without rejections no record is read in full."""
        states = {state for s in self.segments for state in self.read(s, ["state"])["state"].unique().to_pylist()}
        if "rejected" not in states:
            return {}
        return {name: record for name, record in self.newest().items() if record.state == "rejected"}

    def loaded(self) -> int:
        """How many files were loaded."""
        names: set[str] = set()
        for segment in self.segments:
            table = self.read(segment, ["name", "state"])
            pairs = zip(table["name"].to_pylist(), table["state"].to_pylist(), strict=True)
            names.update(name for name, state in pairs if state == "loaded")
        return len(names)

    def add(self, records: Sequence[FileRecord]) -> tuple[Segment, ...]:
        """Writes a segment with the records, and returns the segments that count from then on."""
        if not records:
            return self.segments
        import pyarrow as pa

        columns = list(zip(*map(astuple, records), strict=True))
        schema = pa.schema([(f.name, pa.int64() if f.type is int else pa.string()) for f in fields(FileRecord)])
        return self.append(pa.table([list(column) for column in columns], schema=schema))
