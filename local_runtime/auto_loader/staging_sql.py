"""What staging by DuckDB is made of: the process's connection, a file's lines as a relation, and the staged columns."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa

from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.formats.lines import Lines
from local_runtime.auto_loader.layout import METADATA_COLUMN, Layout
from local_runtime.quoting import DOUBLE, quoted, text_literal

if TYPE_CHECKING:
    import duckdb

MEMORY = "1GB"
OF_FILE = "of_file"
# What is committed is read often. Row groups as the engine's writer has them (writing/writer.py).
COMMITTED = "COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 100000"


@cache
def staging_duckdb() -> "duckdb.DuckDBPyConnection":
    """The process's own DuckDB for staging; each file has a cursor of it."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = 2; SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = false")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    # It would write columns in which it knows of no null as NOT NULL, which those of tables never are.
    connection.execute("SET GLOBAL disabled_optimizers = 'statistics_propagation'")
    return connection


def lines_sql(lines: Lines, skip: int = 0) -> str:
    """The lines, but the first `skip`, as a relation with one column, l; blank ones are null."""
    options = (
        f"delim = {text_literal(lines.separator)}, quote = '', escape = '', header = false, "
        f"auto_detect = false, skip = {skip}, max_line_size = {lines.longest}, buffer_size = {2 * lines.longest}, "
        "hive_partitioning = false"  # else a folder of the lake's path, such as country=DE, is taken for a column
    )
    return f"read_csv({text_literal(str(lines.path))}, columns = {{'l': 'VARCHAR'}}, {options})"


class StagedColumns:
    """The columns in which the rows of one file are staged: the source's, or those of the table (`layout.final`)."""

    def __init__(self, duck: "duckdb.DuckDBPyConnection", layout: Layout, file: FoundFile) -> None:
        self._final, self._file = layout.final, file
        if self._final:
            values = self._final.values(file)
            one_row = {f"v{place}": [values[name]] for place, name in enumerate(values)}
            self._values = {name: f"{OF_FILE}.v{place}" for place, name in enumerate(values)}
            duck.register(OF_FILE, pa.table({"is_one": [True], **one_row}))

    def query(self, columns: Mapping[str, str], rows: str) -> str:
        """The query of what is staged of `rows`, a relation, of which `columns` gives the source's columns as SQL."""
        if self._final is None:
            listed = [f"{value} AS {quoted(name, DOUBLE)}" for name, value in columns.items()]
            return f"SELECT {', '.join([*listed, _metadata(self._file)])} FROM {rows}"
        values = self._values | {name: columns[source] for name, source in self._final.sources.items()}
        listed = [f"{values[name]} AS {quoted(name, DOUBLE)}" for name in self._final.schema.names]
        return f"SELECT {', '.join(listed)} FROM {rows} CROSS JOIN {OF_FILE}"

    @property
    def compression(self) -> str:
        """The options of COPY by which the file is compressed."""
        return COMMITTED if self._final else "COMPRESSION snappy"


def _metadata(file: FoundFile) -> str:
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
