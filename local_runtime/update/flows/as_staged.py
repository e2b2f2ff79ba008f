"""A flow over files that only picks columns: its rows are staged as the table's, and committed as they were staged.

What is the same for all rows of a file (its path, its release, the time of the update) the engine computes once for
each file. Whether a flow is of this kind follows from its plan and the table's rules (docs/decisions/0034); the engine
reads, checks and writes the rows of all others.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import (
    BooleanType,
    DataType,
    DateType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    StructType,
    TimestampType,
)

from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.final_columns import FinalColumns
from local_runtime.auto_loader.formats.lines import ReadBefore
from local_runtime.auto_loader.layout import METADATA_COLUMN, Layout
from local_runtime.auto_loader.source import FileSource
from local_runtime.graph.known_schemas import columns_of, no_rows
from local_runtime.graph.line_condition import line_condition
from local_runtime.graph.picked_columns import Origin, picked_columns, with_rows
from local_runtime.graph.plans import plan_id, plan_of
from local_runtime.pipelines.datasets import Dataset, OnViolation, QueryFlow
from local_runtime.pipelines.injected_spark import answered_by
from local_runtime.quoting import quoted
from local_runtime.update.expectations import null_test, schema_under_rules
from local_runtime.update.views import ReadsWithViews
from local_runtime.writing.writer import NO_VALUE

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

AS_STAGED = "committed as staged"
ARROW: Mapping[type[DataType], pa.DataType] = {
    StringType: pa.string(),
    TimestampType: pa.timestamp("us", tz="UTC"),
    DateType: pa.date32(),
    LongType: pa.int64(),
    IntegerType: pa.int32(),
    DoubleType: pa.float64(),
    BooleanType: pa.bool_(),
}
"""The types that a value of a file may have."""
KEY = "__file"


class _NotPicked(Exception):
    """Why the engine must compute a flow's rows."""


@dataclass(kw_only=True)
class _Rows(ReadsWithViews):
    """Answers a flow's read of files with the rows that it is given; refuses any other."""

    rows: DataFrame

    def files(self, source: FileSource) -> DataFrame:
        return self.rows

    def _rows_of_view(self, view: Dataset) -> DataFrame:
        if view.expectations:
            raise _NotPicked("it reads a view with rules")
        return super()._rows_of_view(view)

    def _table(self, name: str) -> NoReturn:
        raise _NotPicked("it reads a table too")

    _stream = _table


class Fit:
    """Fits the staged columns of a flow's micro-batches to what the flow makes of them.

    After a micro-batch, `way` says how its rows reach the table. `columns` are theirs where they are staged in
    the table's; None where the engine has yet to read them.
    """

    def __init__(
        self,
        engine: "SparkSession",
        datasets: Mapping[str, Dataset],
        dataset: Dataset,
        flow: QueryFlow,
        before: ReadBefore,
    ) -> None:
        self._engine, self._datasets, self._dataset, self._flow = engine, datasets, dataset, flow
        self._before = before
        self.way = ""
        self.columns: StructType | None = None

    def __call__(self, layout: Layout, files: Sequence[FoundFile]) -> Layout:
        """The layout with the table's columns, or with a condition for the lines that the flow's filter may keep."""
        layout = replace(layout, before=self._before)
        rows = no_rows(self._engine, layout.ddl)
        source = plan_id(plan_of(rows))
        assert source is not None
        only = ""
        try:
            frame = Context().run(self._frame, rows)  # a context of its own: this call is within one of the flow
            only = line_condition(frame, source, layout)
            final = self._final(frame, source, layout)
            final.ask(files)
        except _NotPicked as why:
            self.way, self.columns = f"through the engine: {why}", None
            return replace(layout, only=only)
        self.way, self.columns = AS_STAGED, final.columns
        schema = pa.schema([(name, final.types[name]) for name in final.columns.names])
        return replace(layout, final=FinalColumns(schema, final.sources, final.values))

    def _frame(self, rows: DataFrame) -> DataFrame:
        reads = _Rows(engine=self._engine, schema=self._dataset.pipeline.schema, datasets=self._datasets, rows=rows)
        with answered_by(reads):
            return self._flow.function()

    def _final(self, frame: DataFrame, source: int, layout: Layout) -> "_Final":
        """The columns of the table. Raises _NotPicked."""
        dataset, rules = self._dataset, self._dataset.expectations
        origins = picked_columns(frame, source, layout.arrow.names[:-1])
        if origins is None:
            raise _NotPicked("it does more than pick columns")
        corrupt, file_format = layout.options.corrupt, layout.options.format
        # Lines are told apart there while they are staged.
        if file_format.by_lines and corrupt in layout.columns and corrupt not in {it.source for it in origins}:
            raise _NotPicked(f"it leaves {corrupt} out")
        if file_format.name == "json" and corrupt not in layout.columns:
            raise _NotPicked("its schema has no column for malformed records")
        columns = schema_under_rules(dataset.name, frame.drop(METADATA_COLUMN), rules)
        dataset.check_schema(columns)
        for rule in rules:
            tested = null_test(rule, columns.names)
            if rule.action is OnViolation.DROP or tested is None or tested.column in dataset.partition_cols:
                raise _NotPicked(f"the rule {rule.name} isn't a test for null that keeps its rows")
        final = _Final(self._engine, frame, source, layout, columns, dict(zip(columns.names, origins, strict=True)))
        texts = [name for name in dataset.partition_cols if final.types.get(name) == pa.string()]
        if len(texts) < len(dataset.partition_cols) or final.sources.keys() & texts:
            raise _NotPicked("its partitions aren't texts that follow from the file")
        final.partition_by = dataset.partition_cols
        return final


class _Final:
    """The columns of a table whose rows are staged as they are committed, and what the engine makes of each file."""

    def __init__(
        self,
        engine: "SparkSession",
        frame: DataFrame,
        source: int,
        layout: Layout,
        columns: StructType,
        origins: Mapping[str, Origin],
    ) -> None:
        self._engine, self._frame, self._source, self._layout = engine, frame, source, layout
        self.columns, self._origins = columns, origins
        self.partition_by: Sequence[str] = ()
        self.sources = {name: origin.source for name, origin in origins.items() if origin.source}
        self._of_file = [name for name in origins if name not in self.sources]
        self._known: dict[FoundFile, dict[str, pa.Scalar]] = {}

    @cached_property
    def types(self) -> Mapping[str, pa.DataType]:
        """The columns' types. Raises _NotPicked for one that a value of a file can't have."""
        types: dict[str, pa.DataType] = {}
        for column in self.columns.fields:
            if column.name in self.sources:
                types[column.name] = self._layout.arrow.field(self.sources[column.name]).type
            elif type(column.dataType) in ARROW:
                types[column.name] = ARROW[type(column.dataType)]
            else:
                raise _NotPicked(f"{column.name} is a value of the file of type {column.dataType.simpleString()}")
        return types

    def ask(self, files: Iterable[FoundFile]) -> None:
        """Has the engine compute the values of these files. Raises _NotPicked where it can't."""
        rows = [(*[None] * (len(self._layout.arrow.names) - 1), file.metadata) for file in files]
        columns = columns_of(self._engine, self._layout.ddl)
        frame = with_rows(self._frame, self._source, self._engine.createDataFrame(rows, columns))
        key = F.col(f"{METADATA_COLUMN}.file_path").alias(KEY)
        try:
            table = frame.select(key, *[F.col(quoted(name)) for name in self._of_file]).toArrow()
        except PySparkException as error:  # the flow's way through the engine gives the error, if it is one of rows
            raise _NotPicked("the engine can't compute its values of files") from error
        values = [table.column(name).cast(self.types[name]) for name in self._of_file]
        by_uri = {uri: place for place, uri in enumerate(table.column(KEY).to_pylist())}
        for file in files:
            row = by_uri[file.uri]
            self._known[file] = {name: column[row] for name, column in zip(self._of_file, values, strict=True)}
            for name in self.partition_by:
                if self._known[file][name].as_py() in ("", NO_VALUE):  # texts that Delta has no partition of
                    self._known[file][name] = pa.scalar(None, pa.string())

    def values(self, file: FoundFile) -> Mapping[str, pa.Scalar]:
        """The values of a file as it was read. One that has changed since it was listed has the time of all others."""
        if file not in self._known:
            of_clock = {name for name, origin in self._origins.items() if origin.of_clock}
            times = {name: value for name, value in next(iter(self._known.values())).items() if name in of_clock}
            self.ask([file])
            self._known[file] |= times
        return self._known[file]
