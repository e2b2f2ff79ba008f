"""What loads the files elsewhere parses there, and names the types that the files have."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp

IN_BIGQUERY = {"int64": "INT64", "int32": "INT64", "string": "STRING", "bool": "BOOL", "date32[day]": "DATE"}
IN_ATHENA = {"int64": "BIGINT", "int32": "INT", "string": "STRING", "bool": "BOOLEAN", "date32[day]": "DATE"}
IN_SYNAPSE = {"int64": "BIGINT", "int32": "INTEGER", "string": "VARCHAR(8000)", "bool": "BIT", "date32[day]": "DATE"}


@pytest.fixture
def out(run, tmp_path):
    assert run(tmp_path / "out")[0] == 0
    return tmp_path / "out"


@pytest.fixture
def stored(out):
    """The columns of a Parquet file: its names and types."""
    schema = pq.read_schema(out / "dim_title" / "dim_title.parquet")
    return {field.name: field.type for field in schema}


def expected(kind, names, timestamp, number, array):
    if pa.types.is_list(kind):
        return array
    if pa.types.is_timestamp(kind):
        return timestamp
    return number if pa.types.is_decimal(kind) else names[str(kind)]


def created(out, system, dialect):
    """The columns of the tables that a script makes: name to type, by table."""
    tables = {}
    for statement in sqlglot.parse((out / "load" / system / "tables.sql").read_text(), dialect=dialect):
        if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
            columns = statement.this.find_all(exp.ColumnDef)
            tables[statement.this.this.name] = {it.name: it.kind.sql(dialect) for it in columns}
    return tables


def test_bigquery_has_a_schema_and_a_line_for_each_table(out, stored):
    fields = json.loads((out / "load" / "bigquery" / "dim_title.schema.json").read_text())
    assert {field["name"]: field["type"] for field in fields} == {
        name: expected(kind, IN_BIGQUERY, "TIMESTAMP", "NUMERIC", "STRING") for name, kind in stored.items()
    }
    assert {field["name"]: field["mode"] for field in fields if field["mode"] != "NULLABLE"} == {"genres": "REPEATED"}
    assert [(f["precision"], f["scale"]) for f in fields if "scale" in f] == [("18", "6")]
    script = (out / "load" / "bigquery" / "load.sh").read_text()
    assert '"$DATASET.dim_title" "$BUCKET/dim_title/dim_title.parquet" dim_title.schema.json' in script


def test_athena_has_a_table_over_each_folder(out, stored):
    found = created(out, "athena", "hive")
    assert found.keys() == {"dim_title", "kpi_genre"}
    assert found["dim_title"] == {
        name: expected(kind, IN_ATHENA, "TIMESTAMP", "DECIMAL(18, 6)", "ARRAY<STRING>") for name, kind in stored.items()
    }


def test_synapse_has_a_table_over_each_folder(out, stored):
    found = created(out, "synapse", "tsql")
    assert found.keys() == {"dim_title", "kpi_genre"}
    assert found["dim_title"] == {
        name: expected(kind, IN_SYNAPSE, "DATETIME2(6)", "NUMERIC(18, 6)", "VARCHAR(8000)")
        for name, kind in stored.items()
    }
