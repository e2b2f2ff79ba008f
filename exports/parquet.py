"""A table as one Parquet file, in types that every reader has: microseconds in UTC, Snappy, lists of three levels."""

from pathlib import Path
from typing import TYPE_CHECKING

from exports.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa


def write_parquet(table: Table, path: Path) -> int:
    """Writes the table; returns its number of rows. Raises LakehouseError as `Table.relation`, and OSError."""
    import pyarrow.parquet as pq

    batches, rows = table.batches(), 0
    schema = _in_utc(batches.schema)
    with pq.ParquetWriter(path, schema, compression="snappy", coerce_timestamps="us") as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows


def _in_utc(schema: "pa.Schema") -> "pa.Schema":
    """The schema with the name of UTC that all programs know."""
    import pyarrow as pa

    fields = [
        field.with_type(pa.timestamp("us", "UTC")) if pa.types.is_timestamp(field.type) and field.type.tz else field
        for field in schema
    ]
    return pa.schema(fields)
