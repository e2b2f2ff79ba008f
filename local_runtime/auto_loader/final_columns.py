"""The columns of a table whose rows are staged as they are to be committed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from local_runtime.auto_loader.discovery import FoundFile


@dataclass(frozen=True)
class FinalColumns:
    """A table's columns, of which each is one of the source's (`sources`, by its name), or one value for a file.

    `values` gives the latter by their names, of a file as it was read.
    """

    schema: pa.Schema
    sources: Mapping[str, str]
    values: Callable[[FoundFile], Mapping[str, pa.Scalar]]

    def named(self, source: str | None) -> str | None:
        """The first column that is the source's column `source`; None where none is."""
        return next((name for name, origin in self.sources.items() if origin == source), None)

    def batch(self, arrays: Mapping[str, pa.Array], file: FoundFile, rows: int) -> pa.RecordBatch:
        """Rows of a file, from its columns as the source has them."""
        values = self.values(file)
        columns = [
            arrays[self.sources[name]] if name in self.sources else pa.repeat(values[name], rows)
            for name in self.schema.names
        ]
        return pa.record_batch(columns, schema=self.schema)
