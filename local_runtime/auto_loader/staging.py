"""Rows of source files as typed Parquet, which both engines read alike."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from json.encoder import encode_basestring as json_quoted
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_runtime.auto_loader import staging_lines
from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.formats.records import Malformed, Record
from local_runtime.auto_loader.formats.text import Rejected, open_lines
from local_runtime.auto_loader.header import FILE_PATH, Header
from local_runtime.auto_loader.layout import METADATA, Layout
from local_runtime.auto_loader.staged_file import StagedFile
from local_runtime.auto_loader.staging_csv import stage_clean_csv
from local_runtime.auto_loader.values import Conversion, NoValue

ROWS_PER_BATCH = 50_000  # rows


def stage_file(file: FoundFile, layout: Layout, target: Path) -> StagedFile:
    """Writes the file's rows to `target` (Parquet).

    Raises Rejected where the file can't be read to its end; then nothing of it counts.
    """
    if layout.options.format.by_lines:
        return staging_lines.stage_line_file(file, layout, target)
    return stage_clean_csv(file, layout, target) or stage_records(file, layout, target)


def stage_records(file: FoundFile, layout: Layout, target: Path) -> StagedFile:
    """Writes the file's rows to `target`, read as CSV of any kind. Raises Rejected."""
    if file.problem:
        raise file.problem
    options, rows, malformed = layout.options, 0, 0
    with open_lines(file.path) as text, _writer(target, layout.staged) as write:
        as_read = replace(file, size=text.size, modified_ns=text.modified_ns)
        content = options.format.read(iter(text), options.separator)
        header = Header.fitted(content.names, layout)
        convert = _Rows(header, layout, as_read)
        while batch := list(islice(content.records, ROWS_PER_BATCH)):
            broken = sum(isinstance(record, Malformed) for record in batch)
            if broken == ROWS_PER_BATCH:
                raise Rejected("not_csv", f"{ROWS_PER_BATCH:,} lines in a row are not records of its header's columns")
            write(convert(batch))
            rows += len(batch)
            malformed += broken
        remark = content.remark or (header.fits_none(rows) if rows and malformed == rows else "")
        return StagedFile(rows, (target,) if rows else (), as_read, text.sha256(), remark)


@contextmanager
def _writer(target: Path, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with pq.ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
            yield writer.write_batch
    except Rejected:
        target.unlink()
        raise


class _Rows:
    """Turns records of one file into Arrow batches: columns by name, the rest rescued."""

    def __init__(self, header: Header, layout: Layout, file: FoundFile) -> None:
        self._header, self._layout, self._file = header, layout, file
        self._keeps_corrupt = layout.options.corrupt in layout.columns
        self._path = f"{json_quoted(FILE_PATH)}: {json_quoted(file.uri)}"

    def __call__(self, records: Sequence[Record]) -> pa.RecordBatch:
        good = [None if isinstance(record, Malformed) else record for record in records]
        if None in good and not self._keeps_corrupt:
            corrupt = self._layout.options.corrupt
            raise Rejected("malformed_record", f"it has a malformed record, and the schema no column {corrupt}")
        rescued: list[dict[str, str]] = [self._extras(record) for record in good]
        arrays = {name: self._column(name, good, rescued) for name in self._layout.read}
        if self._keeps_corrupt:
            arrays[self._layout.options.corrupt] = self._corrupt(records, rescued)
        if self._layout.options.rescued:
            arrays[self._layout.options.rescued] = pa.array([self._rescued(values) for values in rescued], pa.string())
        if self._layout.final:
            return self._layout.final.batch(arrays, self._file, len(records))
        metadata = pa.repeat(pa.scalar(self._file.metadata, METADATA), len(records))
        schema = self._layout.arrow
        return pa.record_batch([*(arrays[name] for name in schema.names[:-1]), metadata], schema=schema)

    def _extras(self, record: list[str] | None) -> dict[str, str]:
        return {key: record[place] for key, place in self._header.rescued if record[place]} if record else {}

    def _column(self, name: str, good: Sequence[list[str] | None], rescued: list[dict[str, str]]) -> pa.Array:
        arrow_type, convert = self._layout.conversion(name)
        place = self._header.places.get(name)
        if place is None:
            return pa.nulls(len(good), arrow_type)
        texts = [record[place] or None if record else None for record in good]
        if convert is str:
            return pa.array(texts, arrow_type)
        key = self._header.key(name)
        return pa.array([_typed(key, text, convert, rescued[row]) for row, text in enumerate(texts)], arrow_type)

    def _corrupt(self, records: Sequence[Record], rescued: Sequence[dict[str, str]]) -> pa.Array:
        """The texts of malformed records; where nothing is rescued, also of those with a value not of its type."""
        texts = [record.text if isinstance(record, Malformed) else None for record in records]
        if not self._layout.options.rescued:
            for row, record in enumerate(records):
                if rescued[row] and not isinstance(record, Malformed):
                    texts[row] = _line(record, self._layout.options.separator)
        return pa.array(texts, pa.string())

    def _rescued(self, values: dict[str, str]) -> str | None:
        """As `json.dumps(…, ensure_ascii=False)` would write it, in a third of the time."""
        entries = ", ".join([f"{json_quoted(key)}: {json_quoted(value)}" for key, value in values.items()])
        return f"{{{entries}, {self._path}}}" if values else None


def _typed(key: str, text: str | None, convert: Conversion, rescued: dict[str, str]) -> Any:
    if text is None:
        return None
    try:
        return convert(text)
    except NoValue:
        rescued[key] = text
        return None


def _line(record: list[str], separator: str) -> str:
    """The record as a line, quoted where it must be."""
    line = io.StringIO()
    csv.writer(line, delimiter=separator, lineterminator="").writerow(record)
    return line.getvalue()
