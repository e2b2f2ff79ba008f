"""Rows of source files as typed Parquet, which both engines read alike."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.formats.records import Malformed, Record
from local_runtime.auto_loader.formats.text import Rejected, open_lines
from local_runtime.auto_loader.options import Options
from local_runtime.errors import UnsupportedError

MAX_COLUMNS = 10_000
BATCH = 50_000  # rows
METADATA_DDL = "STRUCT<file_path: STRING, file_name: STRING, file_size: BIGINT, file_modification_time: TIMESTAMP>"
METADATA = pa.struct(
    [
        ("file_path", pa.string()),
        ("file_name", pa.string()),
        ("file_size", pa.int64()),
        ("file_modification_time", pa.timestamp("us", tz="UTC")),
    ]
)
METADATA_COLUMN = "_metadata"


def _timestamp(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


CONVERSIONS: Mapping[str, tuple[pa.DataType, Callable[[str], Any]]] = {
    "string": (pa.string(), str),
    "int": (pa.int32(), int),
    "bigint": (pa.int64(), int),
    "double": (pa.float64(), float),
    "boolean": (pa.bool_(), _boolean),
    "date": (pa.date32(), date.fromisoformat),
    "timestamp": (pa.timestamp("us", tz="UTC"), _timestamp),
}


def _conversion(data_type: str) -> tuple[pa.DataType, Callable[[str], Any]]:
    if data_type.startswith("decimal("):
        precision, scale = (int(part) for part in data_type[8:-1].split(","))
        return pa.decimal128(precision, scale), lambda text: Decimal(text).quantize(Decimal(1).scaleb(-scale))
    if data_type not in CONVERSIONS:
        raise UnsupportedError(
            f"A source column of type {data_type.upper()}: the local runtime reads {', '.join(CONVERSIONS)}."
        )
    return CONVERSIONS[data_type]


@dataclass(frozen=True)
class Layout:
    """The columns that a source's rows are staged with, and their types."""

    columns: Mapping[str, str]
    options: Options

    @property
    def inferred(self) -> Mapping[str, str]:
        """The columns, where they were inferred; else empty."""
        return {} if self.options.schema else self.columns

    @property
    def ddl(self) -> str:
        """The staged rows' schema."""
        columns = [f"`{name}` {data_type}" for name, data_type in self.columns.items()]
        rescued = [f"`{self.options.rescued}` STRING"] if self.options.rescued else []
        return ", ".join([*columns, *rescued, f"{METADATA_COLUMN} {METADATA_DDL}"])

    @property
    def arrow(self) -> pa.Schema:
        """The same for Arrow."""
        columns = [(name, _conversion(data_type)[0]) for name, data_type in self.columns.items()]
        rescued = [(self.options.rescued, pa.string())] if self.options.rescued else []
        return pa.schema([*columns, *rescued, (METADATA_COLUMN, METADATA)])


def header_of(file: FoundFile, options: Options) -> list[str]:
    """The file's column names; a column without one is `_c` and its place, as for Spark. [] for an empty file.

    Raises Rejected.
    """
    with open_lines(file.path) as lines:
        return _header(lines, options)


def _header(lines: Iterator[str], options: Options) -> list[str]:
    names = options.format.read_header(lines, options.separator) or []
    if len(names) > MAX_COLUMNS:
        raise Rejected("too_many_columns", f"it has {len(names):,} columns; {MAX_COLUMNS:,} are the limit")
    # Names keep their white space, as on Databricks (ignoreLeadingWhiteSpace is false there).
    named = [name if name.strip() else f"_c{place}" for place, name in enumerate(names)]
    seen = [name if options.case_sensitive else name.lower() for name in named]
    repeated = sorted({name for name in seen if seen.count(name) > 1}) if len(set(seen)) < len(seen) else []
    if repeated:
        raise Rejected("duplicate_column", f"its header names {', '.join(repeated)} twice")
    return named


def stage(file: FoundFile, layout: Layout, target: Path) -> int:
    """Writes the file's rows to `target` (Parquet) and returns their number.

    Raises Rejected where the file can't be read to its end; then nothing of it counts.
    """
    rows = 0
    with open_lines(file.path) as lines, _writer(target, layout.arrow) as write:
        header = _header(lines, layout.options)
        records = layout.options.format.read_records(lines, len(header), layout.options.separator)
        convert = _Rows(header, layout, file)
        while batch := list(islice(records, BATCH)):
            if len(batch) == BATCH and all(isinstance(record, Malformed) for record in batch):
                raise Rejected("not_csv", f"{BATCH:,} lines in a row are no records of its header's columns")
            write(convert(batch))
            rows += len(batch)
    return rows


@contextmanager
def _writer(target: Path, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with pq.ParquetWriter(target, schema) as writer:
            yield writer.write_batch
    except Rejected:
        target.unlink()
        raise


class _Rows:
    """Turns records of one file into Arrow batches: columns by name, the rest rescued."""

    def __init__(self, header: Sequence[str], layout: Layout, file: FoundFile) -> None:
        self._layout = layout
        self._options = layout.options
        self._file = file
        place = {self._fold(name): index for index, name in enumerate(header)}
        self._places = {name: place.get(self._fold(name)) for name in layout.columns}
        known = {self._fold(name) for name in layout.columns}
        self._extra = [(name, index) for index, name in enumerate(header) if self._fold(name) not in known]

    def _fold(self, name: str) -> str:
        return name if self._options.case_sensitive else name.lower()

    def __call__(self, records: Sequence[Record]) -> pa.RecordBatch:
        good = [None if isinstance(record, Malformed) else record for record in records]
        rescued: list[dict[str, str]] = [self._extras(record) for record in good]
        arrays = [self._column(name, records, good, rescued) for name in self._layout.columns]
        if self._options.rescued:
            arrays.append(pa.array([self._rescued(found) for found in rescued], pa.string()))
        about = {
            "file_path": self._file.uri,
            "file_name": self._file.path.name,
            "file_size": self._file.size,
            "file_modification_time": self._file.modified_at,
        }
        return pa.record_batch(
            [*arrays, pa.repeat(pa.scalar(about, METADATA), len(records))], schema=self._layout.arrow
        )

    def _extras(self, record: list[str] | None) -> dict[str, str]:
        return {name: record[index] for name, index in self._extra if record[index]} if record else {}

    def _column(
        self,
        name: str,
        records: Sequence[Record],
        good: Sequence[list[str] | None],
        rescued: list[dict[str, str]],
    ) -> pa.Array:
        arrow_type, convert = _conversion(self._layout.columns[name])
        if name == self._options.corrupt:
            return pa.array([record.text if isinstance(record, Malformed) else None for record in records], pa.string())
        if any(record is None for record in good) and self._options.corrupt not in self._layout.columns:
            raise Rejected(
                "malformed_record", f"it has a malformed record, and the schema no column {self._options.corrupt}"
            )
        place = self._places[name]
        if place is None:
            return pa.nulls(len(good), arrow_type)
        texts = [record[place] or None if record else None for record in good]
        if convert is str:
            return pa.array(texts, arrow_type)
        return pa.array([self._typed(name, text, convert, rescued[row]) for row, text in enumerate(texts)], arrow_type)

    @staticmethod
    def _typed(name: str, text: str | None, convert: Callable[[str], Any], rescued: dict[str, str]) -> Any:
        if text is None:
            return None
        try:
            return convert(text.strip())
        except (ValueError, KeyError, InvalidOperation):
            rescued[name] = text
            return None

    def _rescued(self, found: dict[str, str]) -> str | None:
        return json.dumps({**found, "_file_path": self._file.uri}, ensure_ascii=False) if found else None
