"""Files of lines (JSON, text, CSV without quotes) as Parquet.

DuckDB reads what is clean, Python what isn't (docs/decisions/0016).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.formats.json_lines import JsonRecord, records_of
from local_runtime.auto_loader.formats.json_sql import IS_LAX, IS_REWRITTEN, NOT_ONLY_SPACES
from local_runtime.auto_loader.formats.lines import Lines, open_as_lines
from local_runtime.auto_loader.formats.records import Malformed
from local_runtime.auto_loader.formats.text import Rejected
from local_runtime.auto_loader.header import FILE_PATH, Header
from local_runtime.auto_loader.layout import METADATA, Layout
from local_runtime.auto_loader.staged_file import StagedFile
from local_runtime.auto_loader.staging_sql import COMMITTED, StagedColumns, lines_sql, staging_duckdb
from local_runtime.delta.actions import rows_of_file
from local_runtime.delta.footers import count_nulls
from local_runtime.quoting import DOUBLE, quoted, text_literal

if TYPE_CHECKING:
    import duckdb

DIRTY = "__dirty"
RECORDS_PER_BATCH = 20_000  # records
# Spark skips lines that are empty after Java's trim.
NOT_BLANK = r"regexp_matches(l, '[^\x01-\x20]')"


def stage_line_file(file: FoundFile, layout: Layout, target: Path) -> StagedFile:
    """Writes the file's rows to `target`, and those of its dirty lines to a second file next to it.

    Raises Rejected if the file can't be read to its end; none of its rows are loaded then.
    """
    if file.problem:
        raise file.problem
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.with_suffix(".lines")
    with open_as_lines(file.path, folder, layout.before) as lines, staging_duckdb().cursor() as duck:
        staging = _Staging(duck, lines, replace(file, size=lines.size, modified_ns=lines.modified_ns), layout, target)
        match layout.options.format.name:
            case "text":
                return staging.text()
            case "csv":
                return staging.unquoted()
            case _:
                return staging.json()


def _cell_sql(place: int) -> str:
    """The cell at a place of a record, as SQL; null where it is empty, and for a line that is not a record."""
    return f"nullif(CASE WHEN is_record THEN cells[{place + 1}] END, '')"


class _Staging:
    """One file on its way to Parquet."""

    def __init__(
        self, duck: "duckdb.DuckDBPyConnection", lines: Lines, file: FoundFile, layout: Layout, target: Path
    ) -> None:
        self._duck, self._lines, self._file, self._layout, self._target = duck, lines, file, layout, target
        self._corrupt = layout.options.corrupt if layout.options.corrupt in layout.columns else None
        self._final = layout.final
        self._mark = self._final.named(self._corrupt) if self._final else self._corrupt
        """The staged column with the texts of malformed lines."""
        self._staged_columns = StagedColumns(duck, layout, file)

    def text(self) -> StagedFile:
        """A row for each line."""
        (column,) = self._layout.columns
        only = f" AND ({self._layout.only})" if self._layout.only else ""
        lines = f"SELECT l FROM {self._rows()} WHERE l IS NOT NULL{only}"
        # Lines differ and are read once, so neither compression nor a dictionary pays.
        options = COMMITTED if self._final else "COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1"
        rows = self._copy(self._query({column: "l"}, lines), options)
        odd, _ = self._write({column: line} for line in self._lines.odd)
        return replace(self._staged(rows, odd, ""), rows=self._lines.count + odd)

    def unquoted(self) -> StagedFile:
        """A row for each line behind the header that isn't blank: cells between separators, empty ones null."""
        options = self._layout.options
        through, names = self._header()
        header = Header.fitted(names, self._layout)
        if not names:
            return self._staged(0, 0, "")
        split = f"SELECT l, string_split(l, {text_literal(options.separator)}) AS cells FROM {self._rows(through)}"
        records = f"SELECT *, len(cells) = {len(names)} AS is_record FROM ({split}) WHERE {NOT_BLANK}"
        places = header.places
        columns = {name: _cell_sql(places[name]) if name in places else "NULL::VARCHAR" for name in self._layout.read}
        if self._corrupt:
            columns[self._corrupt] = "CASE WHEN NOT is_record THEN l END"
        elif self._count(f"({records}) WHERE NOT is_record"):
            raise self._has_malformed()
        columns = {name: columns[name] for name in self._layout.columns}
        if options.rescued:
            columns[options.rescued] = self._rescued(header)
        rows = self._copy(self._query(columns, records))
        odd, broken = self._write(self._row(Malformed(line)) for line in self._lines.odd)
        broken += self._count_values(self._mark) if self._mark and rows else 0
        is_none = bool(broken) and broken == rows + odd
        return self._staged(rows, odd, header.fits_none(broken) if is_none else "")

    def _header(self) -> tuple[int, list[str]]:
        """The number of lines up to the end of the header, and the header's cells; [] without a header."""
        options, read = self._layout.options, count()
        with self._lines.path.open(encoding="utf-8", newline="\n") as lines:
            names = options.format.read((line for line, _ in zip(lines, read, strict=False)), options.separator).names
        return next(read), names

    def _rescued(self, header: Header) -> str:
        """JSON of a record's cells that are not in a column, and of the file; null where all of them are empty."""
        if not header.rescued:
            return "NULL::VARCHAR"
        entries = [f"{{k: {text_literal(key)}, v: {_cell_sql(place)}}}" for key, place in header.rescued]
        not_null = f"list_filter([{', '.join(entries)}], lambda it: it.v IS NOT NULL)"
        path = f"{{k: {text_literal(FILE_PATH)}, v: {text_literal(self._file.uri)}}}"
        with_path = f"to_json(map_from_entries(list_append({not_null}, {path})))::VARCHAR"
        return f"CASE WHEN len({not_null}) > 0 THEN {with_path} END"

    def json(self) -> StagedFile:
        """A row for each object."""
        keys = " + ".join(f"list_contains(k, {text_literal(name)})::INT" for name in self._layout.read)
        types = json.dumps(dict.fromkeys(self._layout.read, "VARCHAR"), ensure_ascii=False)
        # A dirty line waits where the text of a malformed one would be, or else in a column of its own.
        columns = {
            name: "dirty" if name == self._corrupt else f"s.{quoted(name, DOUBLE)}" for name in self._layout.columns
        }
        if self._layout.options.rescued:
            columns[self._layout.options.rescued] = "NULL::VARCHAR"
        mark = self._mark or DIRTY
        if mark == DIRTY:
            columns[DIRTY] = "dirty"
        # Clean: an object of known keys, each of them once, and nothing that DuckDB accepts and Spark doesn't.
        clean = f"coalesce({keys} = len(k) AND len(k) > 0, false) AND NOT ({IS_LAX})"
        with_keys = f"SELECT l, TRY(json_keys(l)) AS k FROM {self._rows()} WHERE {NOT_ONLY_SPACES}"
        checked = f"SELECT l, {clean} AS is_clean FROM ({with_keys})"
        values = f"from_json(CASE WHEN is_clean THEN l END, {text_literal(types)}) AS s"
        parsed = f"SELECT l, is_clean, {values} FROM ({checked})"
        marked = f"SELECT s, CASE WHEN NOT is_clean OR {IS_REWRITTEN} THEN l END AS dirty FROM ({parsed})"
        rows = self._copy(self._query(columns, marked))
        dirty = self._count_values(mark) if rows else 0
        odd, broken = self._write(self._records(self._dirty_lines(mark) if dirty else ()))
        if dirty:
            self._leave_dirty_lines_out(mark)
        is_none = bool(broken) and broken == rows - dirty + odd
        return self._staged(rows - dirty, odd, f"of its {broken:,} lines none is a JSON object" if is_none else "")

    def _rows(self, skip: int = 0) -> str:
        """The lines, but the first `skip`, as a relation with one column, l; blank ones are null."""
        return lines_sql(self._lines, skip)

    def _query(self, columns: Mapping[str, str], rows: str) -> str:
        """The query of what is staged of the query `rows`, of which `columns` gives the source's columns as SQL."""
        return self._staged_columns.query(columns, f"({rows})")

    def _copy(self, query: str, options: str = "") -> int:
        """Writes the query's rows to the target; how many."""
        target = f"{text_literal(str(self._target))} (FORMAT parquet, {options or self._staged_columns.compression})"
        copied = self._duck.execute(f"COPY ({query}) TO {target}").fetchone()
        return int(copied[0]) if copied else 0

    @property
    def _parquet(self) -> str:
        """What was written to the target, as a relation."""
        return f"read_parquet({text_literal(str(self._target))}, hive_partitioning = false)"

    def _count_values(self, column: str) -> int:
        """How many values of a staged column aren't null."""
        return rows_of_file(self._target) - count_nulls(self._target, column)

    def _count(self, rows: str) -> int:
        ((count,),) = self._duck.execute(f"SELECT count(*) FROM {rows}").fetchall()
        return int(count)

    def _dirty_lines(self, mark: str) -> Iterator[str]:
        with pq.ParquetFile(self._target) as file:
            for batch in file.iter_batches(columns=[mark]):
                yield from batch.column(0).drop_null().to_pylist()

    def _leave_dirty_lines_out(self, mark: str) -> None:
        clean = self._target.with_suffix(".clean")
        columns = f"* EXCLUDE ({DIRTY})" if mark == DIRTY else "*"
        source = f"SELECT {columns} FROM {self._parquet} WHERE {quoted(mark, DOUBLE)} IS NULL"
        self._duck.execute(
            f"COPY ({source}) TO {text_literal(str(clean))} (FORMAT parquet, {self._staged_columns.compression})"
        )
        clean.replace(self._target)

    def _records(self, lines: Iterable[str]) -> Iterator[dict[str, str | None]]:
        """The rows of dirty lines, as columns."""
        options = self._layout.options
        fold = str if options.case_sensitive else str.lower
        columns = {fold(name): name for name in self._layout.read}
        for line in lines:
            for record in records_of(line, columns, options.case_sensitive):
                yield self._row(record)
        for line in self._lines.odd:
            yield self._row(Malformed(line))

    def _row(self, record: JsonRecord | Malformed) -> dict[str, str | None]:
        if isinstance(record, Malformed):
            if self._corrupt is None:
                raise self._has_malformed()
            return {self._corrupt: record.text}
        row: dict[str, str | None] = dict(record.values)
        if self._layout.options.rescued and record.rescued:
            values = {(f"{key}_" if key == FILE_PATH else key): value for key, value in record.rescued.items()}
            row[self._layout.options.rescued] = json.dumps({**values, FILE_PATH: self._file.uri}, ensure_ascii=False)
        return row

    def _has_malformed(self) -> Rejected:
        corrupt = self._layout.options.corrupt
        return Rejected("malformed_record", f"it has a malformed record, and the schema no column {corrupt}")

    def _write(self, rows: Iterable[dict[str, str | None]]) -> tuple[int, int]:
        """Writes rows to a file next to the target; returns their number, and how many of them are malformed."""
        schema, written, broken, waiting = self._layout.arrow, 0, 0, iter(rows)
        names = schema.names[:-1]
        writer: pq.ParquetWriter | None = None
        try:
            while batch := list(islice(waiting, RECORDS_PER_BATCH)):
                writer = writer or pq.ParquetWriter(self._odd, self._layout.staged, compression="zstd")
                arrays = {name: pa.array([row.get(name) for row in batch], pa.string()) for name in names}
                if self._final:
                    writer.write_batch(self._final.batch(arrays, self._file, len(batch)))
                else:
                    metadata = pa.repeat(pa.scalar(self._file.metadata, METADATA), len(batch))
                    writer.write_batch(pa.record_batch([*arrays.values(), metadata], schema=schema))
                written += len(batch)
                broken += sum(self._corrupt in row for row in batch)
        finally:
            if writer:
                writer.close()
        return written, broken

    @property
    def _odd(self) -> Path:
        return self._target.with_suffix(".odd.parquet")

    def _staged(self, rows: int, odd: int, remark: str) -> StagedFile:
        paths = ([self._target] if rows else []) + ([self._odd] if odd else [])
        return StagedFile(rows + odd, tuple(paths), self._file, self._lines.sha256, remark)
