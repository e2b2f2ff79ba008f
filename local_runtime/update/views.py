"""Reads of temporary views, whose rows are computed by each reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame

from local_runtime.auto_loader.layout import METADATA_COLUMN
from local_runtime.auto_loader.source import FileSource
from local_runtime.pipelines.datasets import Dataset, QueryFlow, qualified
from local_runtime.pipelines.injected_spark import answered_by
from local_runtime.update.expectations import drop_failing_rows

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession


@dataclass(kw_only=True)
class ReadsWithViews:
    """Reads of temporary views: their functions, answered by the same reads, under their own rules."""

    engine: "SparkSession"
    schema: str
    datasets: Mapping[str, Dataset]

    def local(self, *arguments: Any, **named: Any) -> DataFrame:
        """Rows given in the code."""
        return self.engine.createDataFrame(*arguments, **named)

    def table(self, name: str) -> DataFrame:
        """All rows of the table or view."""
        return self._view(name) or self._table(qualified(name, self.schema))

    def stream(self, name: str) -> DataFrame:
        """What the table or view gained."""
        return self._view(name) or self._stream(qualified(name, self.schema))

    def _view(self, name: str) -> DataFrame | None:
        dataset = self.datasets.get(qualified(name, self.schema))
        return None if dataset is None or dataset.is_stored else self._rows_of_view(dataset)

    def _rows_of_view(self, view: Dataset) -> DataFrame:
        return drop_failing_rows(self._given_by(view), view.expectations)

    def _given_by(self, view: Dataset) -> DataFrame:
        """What the view's function returns."""
        (flow,) = view.flows
        assert isinstance(flow, QueryFlow)
        with answered_by(self):
            return flow.function().drop(METADATA_COLUMN)  # hidden, so a view doesn't pass it on

    def files(self, source: FileSource) -> DataFrame:
        """The rows of the source's new files."""
        raise NotImplementedError

    def _table(self, name: str) -> DataFrame:
        raise NotImplementedError

    def _stream(self, name: str) -> DataFrame:
        raise NotImplementedError
