"""Analyzes every flow on empty tables, so that a wrong rule, column or type is refused before any data is touched."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

from local_runtime.auto_loader.layout import METADATA_COLUMN
from local_runtime.delta.ddl import nullable_columns
from local_runtime.delta.lake import Lake
from local_runtime.engines.paths import engine_path
from local_runtime.errors import LakehouseError, first_line
from local_runtime.graph.dataset_graph import Graph, check_foreign_keys
from local_runtime.graph.kept_schemas import KeptSchemas, key_of
from local_runtime.pipelines.bundle import Pipeline
from local_runtime.pipelines.bundle_config import LANDING
from local_runtime.pipelines.code_errors import errors_as_sentences
from local_runtime.pipelines.datasets import AutoCdcFlow, Dataset, Flow, Kind, QueryFlow, SnapshotFlow
from local_runtime.pipelines.external_files import path_exists
from local_runtime.pipelines.injected_spark import answered_by
from local_runtime.state.file_ledger import FileLedger
from local_runtime.state.last_run import build_again_commands
from local_runtime.state.progress import progress_of
from local_runtime.update.expectations import schema_under_rules
from local_runtime.update.flows.change_rows import changes_of, merged_changes
from local_runtime.update.flows.snapshots import state_after_first
from local_runtime.update.reads import EmptyReads, UnknownSchema

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession


def validate(
    engine: "SparkSession",
    graph: Graph,
    lake: Lake,
    pipelines: Sequence[Pipeline],
    code: Mapping[str, str],
    kept: KeptSchemas | None = None,
) -> None:
    """Analyzes the flows of `pipelines` in the graph's order, unless every table was last written by the same code.

    A table's columns come from its flow, or else from its declared schema, or else from the existing table; flows that
    read a table of unknown columns are left to the run. `code` is the hash of each table's code. A table whose columns
    are `kept` was valid with the same code, and tables of the same columns to read.

    Raises LakehouseError for the first error found.
    """
    if all(_was_written_by(lake, name, code[name]) for pipeline in pipelines for name in graph.stored(pipeline)):
        return
    foreign = {read.name for reads in graph.reads.values() for read in reads} - graph.datasets.keys()
    schemas = {name: _schema_of(engine, lake, name) for name in foreign}
    for name in graph.in_order():
        dataset = graph.datasets[name]
        check_foreign_keys(graph, name)
        analyzed = None
        if dataset.pipeline in pipelines:
            key = _key_of(graph, name, code.get(name), schemas) if kept else None
            analyzed = _kept_or_analyzed(key, kept, partial(_analyze, engine, dataset, graph, lake, schemas))
        if analyzed is None and dataset.declared is not None:
            analyzed = engine.createDataFrame([], dataset.declared.rows).schema
        if analyzed is None and dataset.is_stored and lake.log(name).exists():
            analyzed = _schema_of(engine, lake, name)
        if analyzed is not None:
            schemas[name] = analyzed


def _kept_or_analyzed(
    key: str | None, kept: KeptSchemas | None, analyze: Callable[[], StructType | None]
) -> StructType | None:
    if kept is None or key is None:
        return analyze()
    schema = kept.get(key)
    if schema is None and (schema := analyze()) is not None:
        kept.keep(key, schema)
    return schema


def _key_of(graph: Graph, name: str, code: str | None, schemas: Mapping[str, StructType]) -> str | None:
    """What the columns of a table follow from: its code, and the columns of what it reads. None where more matters.

    That is what has landed, files that the code reads, or the lake, for flows that aren't queries of tables.
    """
    dataset, views = graph.datasets[name], graph.views_read(name)
    reads = graph.tables_read(name)
    reads_files = dataset.paths or any(graph.sources[one] or graph.datasets[one].paths for one in (name, *views))
    is_query = all(isinstance(flow, QueryFlow) for flow in dataset.flows)
    if code is None or reads_files or not is_query or not reads <= schemas.keys():
        return None
    return key_of(name, code, *(text for read in sorted(reads) for text in (read, schemas[read].json())))


def check_folders(graph: Graph, pipelines: Sequence[Pipeline]) -> None:
    """Makes sure that the folders which `pipelines` stream from are there, as Auto Loader needs them to be.

    One below the landing folder may be missing where a job makes the folders first: it is empty until files land.
    Raises LakehouseError for another one.
    """
    for name, dataset in graph.datasets.items():
        pipeline = dataset.pipeline
        for path in graph.sources[name] if pipeline in pipelines else ():
            landing = pipeline.configuration.get(LANDING)
            is_below = landing and Path(os.path.abspath(path)).is_relative_to(os.path.abspath(landing))
            if not Path(path).is_dir() and not (pipeline.landing_is_prepared and is_below):
                raise LakehouseError(
                    f"{name} streams from {path}, which is not a folder that exists: Auto Loader fails on it. Make it, "
                    "or let the job that runs the pipeline make it first (a spark_python_task that gets "
                    f"{LANDING} as a parameter)."
                )


def check_partitions(graph: Graph, lake: Lake, full_refresh: Collection[str]) -> None:
    """Makes sure that the lake's streaming tables are partitioned as they are declared: their rows can't be moved.

    Tables of `full_refresh` are written again. Raises LakehouseError for the first other one.
    """
    for name, dataset in graph.datasets.items():
        details = lake.log(name).details() if dataset.kind is Kind.STREAMING_TABLE else None
        if details is None or name in full_refresh:
            continue
        before = details.metadata.get("partitionColumns") or []
        if list(before) != list(dataset.partition_cols):
            elsewhere, in_place = build_again_commands(lake)
            raise LakehouseError(
                f"The lake {lake.root} was filled by other code, which this code can't continue: {name} is partitioned "
                f"by {', '.join(before) or 'nothing'} in it, and by {', '.join(dataset.partition_cols) or 'nothing'} "
                f"now. Build the lake again from its landing folder: in a new folder, `{elsewhere}`, or where it is, "
                f"`{in_place}`."
            )


def _schema_of(engine: "SparkSession", lake: Lake, table: str) -> StructType:
    return nullable_columns(engine.read.format("delta").load(engine_path(lake.root, lake.path(table))).schema)


def _was_written_by(lake: Lake, name: str, code: str) -> bool:
    """Whether the newest commit of each of the table's flows was made by this code."""
    progress = progress_of(lake.log(name))
    return progress is not None and all(flow.code == code for flow in progress.flows.values())


def _analyze(
    engine: "SparkSession", dataset: Dataset, graph: Graph, lake: Lake, schemas: Mapping[str, StructType]
) -> StructType | None:
    """The columns that the dataset's flows produce; None where they can't be known before the run."""
    schema = None
    missing = sorted(path for path in dataset.paths if not path_exists(path))
    if missing:  # the default engine reads a missing path as no rows
        raise LakehouseError(f"{dataset.name} reads {missing[0]}, which doesn't exist (PATH_NOT_FOUND).")
    log = lake.log(dataset.name)
    progress = progress_of(log)
    for flow in dataset.flows:
        last = progress.flows.get(flow.name) if progress else None
        ledger = FileLedger(log.path, last.intake.files if last else ())
        try:
            reads = EmptyReads(
                engine=engine,
                schema=dataset.pipeline.schema,
                datasets=graph.datasets,
                schemas=schemas,
                last=last,
                ledger=ledger,
            )
            rows = _rows_of(dataset, flow, reads)
            if rows is None:
                continue
            rules = dataset.expectations if isinstance(flow, QueryFlow) else ()
            schema = nullable_columns(schema_under_rules(dataset.name, rows, rules))
        except UnknownSchema:
            continue
        except PySparkException as error:
            raise LakehouseError(f"{dataset.name}: its query is wrong: {first_line(error)}") from error
        if dataset.is_stored:
            dataset.check_schema(schema)
    return schema


def _rows_of(dataset: Dataset, flow: Flow, reads: EmptyReads) -> DataFrame | None:
    """What the flow returns for empty tables; None for a snapshot function, which may need rows.

    Raises RuleError for a rule of an AUTO CDC table that can't be applied to its changes, or to a snapshot.
    """
    match flow:
        case QueryFlow():
            with answered_by(reads), errors_as_sentences(dataset.pipeline, dataset.name):
                rows = flow.function()
                return rows if dataset.kind is Kind.MATERIALIZED_VIEW else rows.drop(METADATA_COLUMN)
        case AutoCdcFlow():
            changes = merged_changes(dataset, lambda one: changes_of(dataset.name, one, reads.stream(one.source)))
            _check_rules(dataset, changes.rows())
            return changes.state()
        case SnapshotFlow(source=str() as source):
            snapshot = reads.table(source)
            _check_rules(dataset, snapshot)
            return state_after_first(dataset.name, flow, snapshot)
    return None


def _check_rules(dataset: Dataset, rows: DataFrame) -> None:
    if dataset.expectations:
        schema_under_rules(dataset.name, rows, dataset.expectations)
