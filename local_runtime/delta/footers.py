"""What footers of Parquet files say of their columns."""

from pathlib import Path


def count_nulls(path: Path, column: str) -> int:
    """How many values of a column are null, by the file's footer; where that doesn't say it, the column is read."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        footer = file.metadata
        place = file.schema_arrow.get_field_index(column)
        chunks = [footer.row_group(group).column(place).statistics for group in range(footer.num_row_groups)]
        is_flat = footer.num_columns == len(file.schema_arrow)  # else columns of the footer are fields
        if is_flat and all(chunk is not None and chunk.has_null_count for chunk in chunks):
            return sum(chunk.null_count for chunk in chunks)
        return int(file.read(columns=[column]).column(0).null_count)
