"""The columns that a source's rows are staged with: given, or inferred from headers and evolved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

import pyarrow as pa

from local_runtime.auto_loader.final_columns import FinalColumns
from local_runtime.auto_loader.formats.lines import ReadBefore
from local_runtime.auto_loader.options import DEFAULT_RESCUED, Options
from local_runtime.auto_loader.values import Conversion, conversion
from local_runtime.delta.ddl import parse_ddl
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.quoting import quoted

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


@dataclass(frozen=True)
class Layout:
    """The columns that a source's rows are staged with, and their types.

    `final`: the columns of the table that they are staged with instead. `only` is a condition in DuckDB's SQL for a
    line `l`: lines that don't meet it needn't be staged. `before` are files that flows of the same update have read.
    """

    columns: Mapping[str, str]
    options: Options
    final: FinalColumns | None = None
    only: str = ""
    before: ReadBefore = field(default_factory=ReadBefore, compare=False)

    def __post_init__(self) -> None:
        """Raises LakehouseError for columns that can't be: of types that aren't read, or of names that are taken."""
        names = [name.lower() for name in self.arrow.names]
        taken = sorted({name for name in names if names.count(name) > 1})
        if taken:
            raise LakehouseError(
                f"A cloudFiles source would have the columns {', '.join(taken)} twice: column names are "
                f"case-insensitive, and {METADATA_COLUMN} and the rescued data column are added by Auto Loader. Leave "
                "one out of the schema."
            )
        if self.columns.get(self.options.corrupt, "string") != "string":
            raise LakehouseError(f"The column {self.options.corrupt} of a cloudFiles source must be of type STRING.")
        if self.options.format.by_lines:
            self._check_texts()

    def _check_texts(self) -> None:
        name = self.options.format.name
        others = [column for column, data_type in self.columns.items() if data_type != "string"]
        if others:
            raise UnsupportedError(
                f"{name} files: the columns {', '.join(others)} must be of type STRING for the local runtime: cast "
                "them in the query."
            )
        if name == "text" and (len(self.columns) != 1 or self.options.rescued):
            raise UnsupportedError("text files have one column, a line (value STRING), and nothing is rescued of them.")

    @property
    def inferred(self) -> Mapping[str, str]:
        """The columns, where they were inferred; else empty."""
        return {} if self.options.schema else self.columns

    @property
    def read(self) -> list[str]:
        """The columns that are read from files: all but the one for malformed records."""
        return [name for name in self.columns if name != self.options.corrupt]

    @property
    def ddl(self) -> str:
        """The staged rows' schema."""
        columns = [f"{quoted(name)} {data_type}" for name, data_type in self.columns.items()]
        rescued = [f"{quoted(self.options.rescued)} STRING"] if self.options.rescued else []
        return ", ".join([*columns, *rescued, f"{METADATA_COLUMN} {METADATA_DDL}"])

    @property
    def staged(self) -> pa.Schema:
        """The columns of staged files."""
        return self.arrow if self.final is None else self.final.schema

    @property
    def arrow(self) -> pa.Schema:
        """The source's columns for Arrow; `_metadata` is the last."""
        columns = [(name, self.conversion(name)[0]) for name in self.columns]
        rescued = [(self.options.rescued, pa.string())] if self.options.rescued else []
        return pa.schema([*columns, *rescued, (METADATA_COLUMN, METADATA)])

    def conversion(self, name: str) -> tuple[pa.DataType, Conversion]:
        """How texts become values of a column."""
        return conversion(self.columns[name])

    @property
    def reserved(self) -> set[str]:
        """Names, in lower case, that no column of a file has here: a file's column of that name is rescued."""
        own = (METADATA_COLUMN, self.options.rescued or DEFAULT_RESCUED, self.options.corrupt)
        return {name.lower() for name in own}

    def evolved(self, headers: Iterable[Iterable[str]]) -> "Layout":
        """The layout after files with these headers, by Auto Loader's rules of inference and evolution.

        Column names are case-insensitive in Delta, so names that differ in case are one column, spelled as first seen
        or as the schema hints spell it; other spellings are rescued, or read too where `readerCaseSensitive` is false.
        Raises LakehouseError where the mode is failOnNewColumns and there is a new one.
        """
        hints = parse_ddl(self.options.hints).types if self.options.hints else {}
        spelled = {name.lower(): name for name in hints}
        known = {name.lower() for name in self.columns} | self.reserved
        new: dict[str, str] = {}
        for name in chain.from_iterable(headers):
            if name.lower() not in known:
                known.add(name.lower())
                name = spelled.get(name.lower(), name)
                new[name] = hints.get(name, "string")
        if not self.columns:
            return Layout({**new, **hints}, self.options)
        if new and self.options.evolution == "failOnNewColumns":
            raise LakehouseError(
                f"New columns {', '.join(new)}, and cloudFiles.schemaEvolutionMode is failOnNewColumns: "
                "add them to the schema hints, or remove the file that has them."
            )
        return Layout({**self.columns, **new}, self.options) if self.options.evolution == "addNewColumns" else self
