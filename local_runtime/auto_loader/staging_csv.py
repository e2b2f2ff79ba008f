"""Clean CSV files as Parquet: DuckDB reads those of which it makes the same rows as the reader in Python.

Clean is a file of texts whose header is its first line, and whose lines are records of as many cells: without a quote,
or with quotes around whole cells only, which end in their line (docs/decisions/0038). Any other file isn't looked at
further: what a broken quote means depends on the lines behind it.
"""

import re
from dataclasses import replace
from json.encoder import encode_basestring as json_quoted
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.formats.csv_records import read_records
from local_runtime.auto_loader.formats.lines import Lines, open_as_lines
from local_runtime.auto_loader.formats.text import Rejected
from local_runtime.auto_loader.header import FILE_PATH, Header
from local_runtime.auto_loader.layout import Layout
from local_runtime.auto_loader.staged_file import StagedFile
from local_runtime.auto_loader.staging_sql import StagedColumns, lines_sql, staging_duckdb
from local_runtime.quoting import text_literal

if TYPE_CHECKING:
    import duckdb

QUOTE = '"'
SEPARATOR = re.compile(r"[\t!-~]")
# What JSON escapes with a number, whose digits DuckDB writes in capitals.
CONTROL = r"[\x01-\x08\x0b-\x1f]"


def stage_clean_csv(file: FoundFile, layout: Layout, target: Path) -> StagedFile | None:
    """Writes the rows of a clean file to `target`, in any order; None, and nothing written, where it isn't clean.

    Whether it can be read, and what is wrong with it, is for the reader in Python to say.
    """
    separator = layout.options.separator
    is_of_texts = all(data_type == "string" for data_type in layout.columns.values())
    if file.problem or not is_of_texts or separator == QUOTE or not SEPARATOR.fullmatch(separator):
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            open_as_lines(file.path, target.with_suffix(".lines"), layout.before) as lines,
            staging_duckdb().cursor() as duck,
        ):
            as_read = replace(file, size=lines.size, modified_ns=lines.modified_ns)
            rows = _CleanCsv(duck, lines, as_read, layout).written_to(target)
        return None if rows is None else StagedFile(rows, (target,) if rows else (), as_read, lines.sha256, "")
    except (Rejected, OSError):
        target.unlink(missing_ok=True)
        return None


class _CleanCsv:
    """A file of lines that may be clean CSV, on its way to Parquet."""

    def __init__(self, duck: "duckdb.DuckDBPyConnection", lines: Lines, file: FoundFile, layout: Layout) -> None:
        self._duck, self._lines, self._file, self._layout = duck, lines, file, layout
        self._separator = layout.options.separator

    def written_to(self, target: Path) -> int | None:
        """How many rows were written; None where the file isn't clean. Raises Rejected for a header that isn't read."""
        names = self._names()
        if self._lines.odd or len(names) < 2:
            return None
        header = Header.fitted(names, self._layout)
        import duckdb

        try:
            records = self._records(header)
            rows = self._duck.execute(self._copy(header, target)).fetchall() if records is not None else []
        except duckdb.Error:  # also a header of more names than a regular expression can count
            records, rows = None, []
        if not records:
            target.unlink(missing_ok=True)
        return records if rows == [(records,)] else None

    def _names(self) -> list[str]:
        """The header's cells, where it is the file's first line and its rows are as wide; else []."""
        with self._lines.path.open(encoding="utf-8", newline="\n") as lines:
            first = lines.readline()
            lines.seek(0)
            content = read_records(iter(lines), self._separator)
        return content.names if first.strip() and not content.remark else []

    def _records(self, header: Header) -> int | None:
        """How many records the file has if each line is one of as many cells as the header; else None.

        Only whole cells may be quoted, so the quotes of a line are balanced, and no cell goes on in the next line.
        Without this check DuckDB would take a line that has an empty cell too many.
        """
        separator = re.escape(self._separator)
        cell = f'(?:[^"{separator}]*|"(?:[^"]|"")*")'
        record = text_literal(f"{cell}(?:{separator}{cell}){{{len(header.names) - 1}}}")
        irregular = f"NOT regexp_full_match(l, {record})"
        if header.rescued:
            irregular += f" OR regexp_matches(l, '{CONTROL}')"
        counts = f"SELECT count(l), count_if(l IS NOT NULL AND ({irregular})) FROM {lines_sql(self._lines)}"
        ((lines, others),) = self._duck.execute(counts).fetchall()
        return None if others else int(lines) - 1

    def _copy(self, header: Header, target: Path) -> str:
        """The statement that writes the rows. An empty cell is null, and so is one of two quotes."""
        layout, quote = self._layout, text_literal(QUOTE)
        columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(header.names)))
        options = (
            f"columns = {{{columns}}}, delim = {text_literal(self._separator)}, quote = {quote}, escape = {quote}, "
            "header = false, skip = 1, auto_detect = false, strict_mode = true, null_padding = false, "
            f"max_line_size = {self._lines.longest}, buffer_size = {2 * self._lines.longest}, hive_partitioning = false"
        )
        places = header.places
        selected = {name: _cell(places[name]) if name in places else "NULL::VARCHAR" for name in layout.columns}
        if layout.options.rescued:
            selected[layout.options.rescued] = self._rescued(header)
        records = f"read_csv({text_literal(str(self._lines.path))}, {options})"
        staged = StagedColumns(self._duck, layout, self._file)
        to = f"{text_literal(str(target))} (FORMAT parquet, {staged.compression})"
        return f"COPY ({staged.query(selected, records)}) TO {to}"

    def _rescued(self, header: Header) -> str:
        """A record's cells that are not in a column, and its file, as the reader in Python writes them in JSON."""
        if not header.rescued:
            return "NULL::VARCHAR"
        entries = [f"{text_literal(f'{json_quoted(key)}: ')} || to_json({_cell(at)})" for key, at in header.rescued]
        path = f"{json_quoted(FILE_PATH)}: {json_quoted(self._file.uri)}"
        is_any = " OR ".join(f"{_cell(at)} IS NOT NULL" for _, at in header.rescued)
        return (
            f"CASE WHEN {is_any} THEN '{{' || concat_ws(', ', {', '.join([*entries, text_literal(path)])}) || '}}' END"
        )


def _cell(place: int) -> str:
    return f"nullif(c{place}, '')"
