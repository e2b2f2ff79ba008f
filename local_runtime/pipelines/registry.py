"""Collects what pipeline files define, through Spark's own registry and the genuine decorators."""

import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyspark.pipelines.flow import AutoCdcFlow as SparkAutoCdcFlow
from pyspark.pipelines.flow import Flow as SparkFlow
from pyspark.pipelines.graph_element_registry import GraphElementRegistry, graph_element_registration_context
from pyspark.pipelines.output import MaterializedView, Output, Sink, StreamingTable, Table, TemporaryView

from local_runtime.delta.ddl import ddl_of
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.pipelines.bundle import Pipeline
from local_runtime.pipelines.code_errors import errors_as_sentences
from local_runtime.pipelines.datasets import Dataset, Expectation, Flow, Kind, QueryFlow, qualified, refuse
from local_runtime.pipelines.external_files import recording_opened_files
from local_runtime.pipelines.injected_spark import InjectedSpark
from local_runtime.pipelines.lakeflow_names import EXPECTATIONS, lakeflow_names
from local_runtime.pipelines.secrets import InjectedDbutils
from local_runtime.state.progress import PROPERTY
from local_runtime.state.roles import PROPERTY_PREFIX


class Registry(GraphElementRegistry):
    """The datasets and flows that pipelines define, and the files that their code opens while it is read."""

    def __init__(self) -> None:
        self.datasets: dict[str, Dataset] = {}
        self.opened: set[str] = set()
        self._pipeline: Pipeline | None = None
        self._flows: list[tuple[str, Flow, Pipeline]] = []
        self._flow_names: dict[tuple[str, str], str] = {}

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline whose files are being read."""
        assert self._pipeline is not None
        return self._pipeline

    def add(self, pipeline: Pipeline, spark: InjectedSpark, dbutils: InjectedDbutils) -> None:
        """Reads the pipeline's files, with `spark` and `dbutils` as the names that Databricks injects.

        Raises LakehouseError where a file or a definition is wrong.
        """
        self._pipeline = pipeline
        if str(pipeline.root_path) not in sys.path:
            sys.path.insert(0, str(pipeline.root_path))
        with graph_element_registration_context(self), lakeflow_names(self), recording_opened_files() as opened:
            for source in pipeline.sources:
                _execute(source, pipeline, {"spark": spark, "dbutils": dbutils})
        self.opened |= opened
        self._attach_flows()

    def _attach_flows(self) -> None:
        for target, flow, pipeline in self._flows:
            if target not in self.datasets:
                raise LakehouseError(
                    f"Pipeline {pipeline.name}: flow {flow.name} writes to {target}, which is not defined."
                )
            dataset = self.datasets[target]
            if dataset.pipeline is not pipeline:
                raise LakehouseError(
                    f"Pipeline {pipeline.name}: flow {flow.name} writes to {target}, which the pipeline "
                    f"{dataset.pipeline.name} defines. A table belongs to one pipeline: define the flow there."
                )
            self._name_flow(flow.name, dataset)
            dataset.flows.append(flow)
        self._flows.clear()

    def _name_flow(self, name: str, target: Dataset) -> None:
        """Raises LakehouseError where the pipeline has a flow of this name, whatever its case, as Databricks does."""
        pipeline = target.pipeline
        folded = (pipeline.key, qualified(name, pipeline.schema).lower())
        if folded in self._flow_names:
            targets = " and ".join(dict.fromkeys((self._flow_names[folded], target.name)))
            raise LakehouseError(
                f"Pipeline {pipeline.name} has two flows of the name {name} (into {targets}; a table's own flow is "
                "called as the table is): give each a name of its own."
            )
        self._flow_names[folded] = target.name

    def register_output(self, output: Output) -> None:
        """Adds a table or view."""
        if isinstance(output, Sink):
            raise UnsupportedError(f"create_sink({output.name!r}): the local runtime has no sinks.")
        kinds = {
            MaterializedView: Kind.MATERIALIZED_VIEW,
            StreamingTable: Kind.STREAMING_TABLE,
            TemporaryView: Kind.TEMPORARY_VIEW,
        }
        name = qualified(output.name, self.pipeline.schema)
        known = next((known for known in self.datasets if known.lower() == name.lower()), None)
        if known is not None:
            others = "" if known == name else f", once as {known}: names that differ in case only are one"
            raise LakehouseError(f"{name} is defined twice{others}.")
        schema = None
        if isinstance(output, Table):
            refuse(f"table {name}", format=output.format)
            schema = None if output.schema is None else ddl_of(output.schema)
        self.datasets[name] = Dataset(name, kinds[type(output)], self.pipeline, output.comment, schema)
        if isinstance(output, Table):
            self.datasets[name].partition_cols = tuple(output.partition_cols or ())
            self.datasets[name].properties = _own_properties(name, output.table_properties)

    def register_flow(self, flow: SparkFlow) -> None:
        """Adds a flow of a decorated function, and the expectations of the function to its dataset."""
        target = qualified(flow.target, self.pipeline.schema)
        refuse(f"flow {flow.name}", spark_conf=flow.spark_conf)
        expectations = getattr(flow.func, EXPECTATIONS, [])
        if expectations and flow.name != flow.target:
            raise UnsupportedError(f"append_flow {flow.name}: expectations belong to create_streaming_table.")
        self.expect(target, expectations)
        self.add_flow(target, QueryFlow(flow.name, flow.func))

    def register_auto_cdc_flow(self, flow: SparkAutoCdcFlow) -> None:
        """Never called: create_auto_cdc_flow is replaced while definitions are collected."""
        raise NotImplementedError

    def register_sql(self, sql_text: str, file_path: Path) -> None:
        """Refuses SQL definitions."""
        raise UnsupportedError(f"{file_path}: the local runtime reads pipelines written in Python, not in SQL.")

    def add_flow(self, target: str, flow: Flow) -> None:
        """Adds a flow into `target` (schema.table)."""
        self._flows.append((target, flow, self.pipeline))

    def expect(self, target: str, expectations: Sequence[Expectation]) -> None:
        """Holds the rows of `target` (schema.table) to `expectations`."""
        if not expectations:
            return
        dataset = self.datasets[target]
        for expectation in expectations:
            if expectation.name in {known.name for known in dataset.expectations}:
                raise LakehouseError(f"{target} has two expectations of the name {expectation.name}.")
            dataset.expectations.append(expectation)


def _own_properties(table: str, properties: Mapping[str, str]) -> dict[str, str]:
    """Those of a table's declared properties that mean something to the local runtime.

    Raises LakehouseError for the one that the runtime sets itself.
    """
    if PROPERTY in properties:
        raise LakehouseError(f"table {table}: the property {PROPERTY} is set by the local runtime alone.")
    return {key: str(value) for key, value in properties.items() if key.startswith(PROPERTY_PREFIX)}


def _execute(source: Path, pipeline: Pipeline, injected: dict[str, Any]) -> None:
    with errors_as_sentences(pipeline, f"Pipeline {pipeline.name}", source):
        runpy.run_path(str(source), init_globals=injected)
