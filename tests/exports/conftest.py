"""A lake of two tables with nasty cells, published."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from local_runtime.delta.lake import Lake
from local_runtime.state.publications import publish

SCHEMA = pa.schema(
    [
        pa.field("title_key", pa.int64(), metadata={"comment": "the title's key"}),
        ("date_key", pa.int32()),
        ("title", pa.string()),
        ("is_new", pa.bool_()),
        ("day", pa.date32()),
        ("seen_at", pa.timestamp("us", "UTC")),
        ("share", pa.decimal128(18, 6)),
        ("genres", pa.list_(pa.string())),
    ]
)
TIME = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
ROWS = [
    (2**63 - 1, 20240229, '=1+1;"two"\nlines', True, date(2024, 2, 29), TIME, Decimal("0.333333"), ["Drama", "It's"]),
    (-5, 1, "", False, date(1899, 12, 31), TIME.replace(microsecond=120), Decimal("123456789012.345678"), []),
    (None, None, None, None, None, None, None, None),
]


def commit(lake, name, rows=ROWS, schema=SCHEMA, **options):
    """Writes a table of gold anew."""
    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    table = pa.Table.from_arrays(columns, schema=schema)
    write_deltalake(str(lake.path(f"gold.{name}")), table, mode="overwrite", **options)


@pytest.fixture
def lake(tmp_path):
    """The lake."""
    made = Lake(tmp_path / "lake")
    for name in ("dim_title", "kpi_genre"):
        commit(made, name, description=f"All of {name}: it's complete.")
    publish(made, "an update", ["gold.dim_title", "gold.kpi_genre"])
    return made


@pytest.fixture
def run(lake, capsys):
    """Runs `export`: its code, and what it says."""
    from local_runtime.cli.arguments import main

    def export(*arguments):
        code = main(["export", "--lake", str(lake.root), *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return export
