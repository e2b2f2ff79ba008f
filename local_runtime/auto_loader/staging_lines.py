"""Files of lines (JSON, text, CSV without quotes) as Parquet.

DuckDB reads what is clean, Python what isn't (docs/decisions/0016).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.formats.json_lines import JsonRecord, records_of
from local_runtime.auto_loader.formats.lines import Lines, open_as_lines
from local_runtime.auto_loader.formats.records import Malformed
from local_runtime.auto_loader.formats.text import Rejected
from local_runtime.auto_loader.header import FILE_PATH, Header
from local_runtime.auto_loader.layout import METADATA, METADATA_COLUMN, Layout
from local_runtime.auto_loader.staged_file import StagedFile
from local_runtime.quoting import DOUBLE, quoted, text_literal

if TYPE_CHECKING:
    import duckdb

MEMORY = "1GB"
DIRTY = "__dirty"
RECORDS_PER_BATCH = 20_000  # records
LONG_DECIMALS = "|".join(rf"[0-9]{{{digits},}}[.][0-9]{{{16 - digits},}}" for digits in range(1, 16))
REWRITTEN = rf"[:\[,][ \t]*-?([0-9]+[.][0-9]+([eE]|0[^0-9])|0[.]0{{4}}|{LONG_DECIMALS})"
"""Where a line may hold a number with a point that DuckDB would write otherwise: 1.50, 1.5e3, 0.0000001, long ones.

To look for numbers without a point too (1e3, -0) would take as long as to read the lines.
"""
# What DuckDB accepts and Spark doesn't: a comma before an end, and NaN and infinity as C's printf writes them. One
# expression: a second search, even for a few letters, takes a third longer.
NO_JSON = r",[ \t]*[}\]]|[:\[,][ \t]*-?(nan|inf)"
# Spark skips lines that are empty after Java's trim.
NOT_BLANK = r"regexp_matches(l, '[^\x01-\x20]')"


def stage_line_file(file: FoundFile, layout: Layout, target: Path) -> StagedFile:
    """Writes the file's rows to `target`, and those of its dirty lines to a second file next to it.

    Raises Rejected if the file can't be read to its end; none of its rows are loaded then.
    """
    if file.problem:
        raise file.problem
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_as_lines(file.path, target.with_suffix(".lines")) as lines, staging_duckdb().cursor() as duck:
        staging = _Staging(duck, lines, replace(file, size=lines.size, modified_ns=lines.modified_ns), layout, target)
        match layout.options.format.name:
            case "text":
                return staging.text()
            case "csv":
                return staging.unquoted()
            case _:
                return staging.json()


@cache
def staging_duckdb() -> "duckdb.DuckDBPyConnection":
    """The process's own DuckDB for staging; each file has a cursor of it."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = 2; SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = false")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def lines_sql(lines: Lines, skip: int = 0) -> str:
    """The lines, but the first `skip`, as a relation with one column, l; blank ones are null."""
    options = (
        f"delim = {text_literal(lines.separator)}, quote = '', escape = '', header = false, "
        f"auto_detect = false, skip = {skip}, max_line_size = {lines.longest}, buffer_size = {2 * lines.longest}"
    )
    return f"read_csv({text_literal(str(lines.path))}, columns = {{'l': 'VARCHAR'}}, {options})"


def metadata_sql(file: FoundFile) -> str:
    """The column `_metadata` of a file's rows."""
    modified = file.modified_at.strftime("%Y-%m-%d %H:%M:%S.%f+00")
    fields = {
        # Enumerations are the fastest way to write constants, and are read as texts.
        "file_path": f"{text_literal(file.uri)}::ENUM({text_literal(file.uri)})",
        "file_name": f"{text_literal(file.path.name)}::ENUM({text_literal(file.path.name)})",
        "file_size": f"{file.size}::BIGINT",
        "file_modification_time": f"{text_literal(modified)}::TIMESTAMPTZ",
    }
    return f"struct_pack({', '.join(f'{key} := {value}' for key, value in fields.items())}) AS {METADATA_COLUMN}"


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

    def text(self) -> StagedFile:
        """A row for each line."""
        (column,) = self._layout.columns
        query = f"SELECT l AS {quoted(column, DOUBLE)}, {self._metadata()} FROM {self._rows()} WHERE l IS NOT NULL"
        # Lines differ and are read once, so neither compression nor a dictionary pays.
        rows = self._copy(query, "COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1")
        odd, _ = self._write({column: line} for line in self._lines.odd)
        return self._staged(rows, odd, "")

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
        selected = [f"{columns[name]} AS {quoted(name, DOUBLE)}" for name in self._layout.columns]
        if options.rescued:
            selected.append(f"{self._rescued(header)} AS {quoted(options.rescued, DOUBLE)}")
        rows = self._copy(f"SELECT {', '.join([*selected, self._metadata()])} FROM ({records})")
        odd, broken = self._write(self._row(Malformed(line)) for line in self._lines.odd)
        broken += (
            self._count(f"{self._parquet} WHERE {quoted(self._corrupt, DOUBLE)} IS NOT NULL") if self._corrupt else 0
        )
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
        columns = [
            f"NULL::VARCHAR AS {quoted(name, DOUBLE)}" if name == self._corrupt else f"s.{quoted(name, DOUBLE)}"
            for name in self._layout.columns
        ]
        rescued_name = self._layout.options.rescued
        rescued = [f"NULL::VARCHAR AS {quoted(rescued_name, DOUBLE)}"] if rescued_name else []
        # Clean: an object of known keys, each of them once, and nothing that DuckDB accepts and Spark doesn't.
        is_strict = f"NOT regexp_matches(l, {text_literal(NO_JSON)})"
        clean = f"coalesce({keys} = len(k) AND len(k) > 0, false) AND {is_strict}"
        with_keys = f"SELECT l, TRY(json_keys(l)) AS k FROM {self._rows()} WHERE trim(l) <> ''"
        checked = f"SELECT l AS line, {clean} AS is_clean FROM ({with_keys})"
        values = f"from_json(CASE WHEN is_clean THEN line END, {text_literal(types)}) AS s"
        parsed = f"SELECT line, is_clean, {values} FROM ({checked})"
        is_rewritten = f"(contains(line, '.') AND regexp_matches(line, {text_literal(REWRITTEN)}))"
        marked = f"SELECT s, CASE WHEN NOT is_clean OR {is_rewritten} THEN line END AS {DIRTY} FROM ({parsed})"
        rows = self._copy(f"SELECT {', '.join([*columns, *rescued, self._metadata(), DIRTY])} FROM ({marked})")
        dirty = self._count(f"{self._parquet} WHERE {DIRTY} IS NOT NULL") if rows else 0
        odd, broken = self._write(self._records(self._dirty_lines() if dirty else ()))
        if dirty:
            self._leave_dirty_lines_out()
        is_none = bool(broken) and broken == rows - dirty + odd
        return self._staged(rows - dirty, odd, f"of its {broken:,} lines none is a JSON object" if is_none else "")

    def _rows(self, skip: int = 0) -> str:
        """The lines, but the first `skip`, as a relation with one column, l; blank ones are null."""
        return lines_sql(self._lines, skip)

    def _metadata(self) -> str:
        return metadata_sql(self._file)

    def _copy(self, query: str, options: str = "COMPRESSION snappy") -> int:
        """Writes the query's rows to the target; how many."""
        target = f"{text_literal(str(self._target))} (FORMAT parquet, {options})"
        copied = self._duck.execute(f"COPY ({query}) TO {target}").fetchone()
        return int(copied[0]) if copied else 0

    @property
    def _parquet(self) -> str:
        """What was written to the target, as a relation."""
        return f"read_parquet({text_literal(str(self._target))})"

    def _count(self, rows: str) -> int:
        ((count,),) = self._duck.execute(f"SELECT count(*) FROM {rows}").fetchall()
        return int(count)

    def _dirty_lines(self) -> Iterator[str]:
        with pq.ParquetFile(self._target) as file:
            for batch in file.iter_batches(columns=[DIRTY]):
                yield from batch.column(0).drop_null().to_pylist()

    def _leave_dirty_lines_out(self) -> None:
        clean = self._target.with_suffix(".clean")
        source = f"SELECT * EXCLUDE ({DIRTY}) FROM {self._parquet} WHERE {DIRTY} IS NULL"
        self._duck.execute(f"COPY ({source}) TO {text_literal(str(clean))} (FORMAT parquet)")
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
        writer: pq.ParquetWriter | None = None
        try:
            while batch := list(islice(waiting, RECORDS_PER_BATCH)):
                writer = writer or pq.ParquetWriter(self._odd, schema)
                arrays = [pa.array([row.get(name) for row in batch], pa.string()) for name in schema.names[:-1]]
                metadata = pa.repeat(pa.scalar(self._file.metadata, METADATA), len(batch))
                writer.write_batch(pa.record_batch([*arrays, metadata], schema=schema))
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
