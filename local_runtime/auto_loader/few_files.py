"""Small files of one partition as one: many small files landed, and a table of as many would be slow to read."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.final_columns import FinalColumns

SMALL = 4 * 2**20  # bytes
ROWS_PER_GROUP, BYTES_PER_GROUP = 100_000, 64 * 2**20

Partition = Mapping[str, str | None]


def with_few_files(
    final: FinalColumns, files: Mapping[Path, FoundFile], partition_by: Sequence[str]
) -> dict[Path, Partition]:
    """Staged files, each with the values of its partition; several small ones of a partition are made one."""
    by_partition: dict[tuple[str | None, ...], list[Path]] = {}
    for path, file in files.items():
        values = final.values(file) if partition_by else {}
        by_partition.setdefault(tuple(values[name].as_py() for name in partition_by), []).append(path)
    few: dict[Path, Partition] = {}
    for values_of, paths in by_partition.items():
        partition = dict(zip(partition_by, values_of, strict=True))
        small = [path for path in paths if path.stat().st_size < SMALL]
        large = [path for path in paths if path not in {*small}]
        merged = [_merged(final, small)] if len(small) > 1 else small
        few |= dict.fromkeys([*large, *merged], partition)
    return few


def _merged(final: FinalColumns, paths: Sequence[Path]) -> Path:
    """The rows of files in one, in their stead."""
    target = paths[0].with_name(f"{uuid.uuid4()}.parquet")
    with pq.ParquetWriter(target, final.schema, compression="zstd", compression_level=1) as writer:
        for group in _groups(paths):
            writer.write_table(pa.Table.from_batches(group).cast(final.schema))
    for path in paths:
        path.unlink()
    return target


def _groups(paths: Iterable[Path]) -> Iterator[list[pa.RecordBatch]]:
    """The rows of files, as many together as a row group has: each file may have only a few."""
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS_PER_GROUP):
                group.append(batch)
                rows, size = rows + batch.num_rows, size + batch.nbytes
                if rows >= ROWS_PER_GROUP or size >= BYTES_PER_GROUP:
                    yield group
                    group, rows, size = [], 0, 0
    if group:
        yield group
