"""BigQuery: a schema per table, and a script of `bq load`. Decimals are NUMERIC, which has up to nine decimals."""

import json
from collections.abc import Mapping, Sequence

from exports.load_scripts.types import type_in
from exports.tables import Column, Table

FOLDER = "load/bigquery"
NAMES = {
    "string": "STRING",
    "long": "INT64",
    "integer": "INT64",
    "boolean": "BOOL",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "double": "FLOAT64",
    "decimal": "NUMERIC",
}
SCRIPT = """\
#!/bin/sh
# Loads the files into a data set: BUCKET=gs://bucket/folder DATASET=project:dataset sh load/bigquery/load.sh
# The files must be there: gcloud storage cp --recursive . "$BUCKET"
set -eu
cd "$(dirname "$0")"
"""


def scripts(tables: Sequence[Table]) -> Mapping[str, str]:
    """The script, and each table's schema."""
    lines = [
        f"bq load --replace --source_format=PARQUET --parquet_enable_list_inference --decimal_target_types=NUMERIC "
        f'"$DATASET.{table.name}" "$BUCKET/{table.name}/{table.name}.parquet" {table.name}.schema.json\n'
        for table in tables
    ]
    schemas = {
        f"{FOLDER}/{table.name}.schema.json": json.dumps(schema(table), indent=2, ensure_ascii=False) + "\n"
        for table in tables
    }
    return {f"{FOLDER}/load.sh": SCRIPT + "".join(lines), **schemas}


def schema(table: Table) -> list[dict[str, str]]:
    """The table's schema as `bq` takes it."""
    return [_field(column) for column in table.columns]


def _field(column: Column) -> dict[str, str]:
    kind = type_in("BigQuery", NAMES, column.element or column.type)
    name, _, size = kind.partition("(")
    field = {"name": column.name, "type": name, "mode": "REPEATED" if column.element else "NULLABLE"}
    if size:
        field["precision"], field["scale"] = (part.strip() for part in size.rstrip(")").split(","))
    return {**field, "description": column.comment}
