"""Whether gold has what the registry's definitions name: a lake of another version of the project may not."""

from typing import TYPE_CHECKING

from local_runtime.delta.lake import DEFAULT_SCHEMA, Lake
from local_runtime.errors import LakehouseError
from local_runtime.state.last_run import run_command
from metrics.gold import missing_in
from metrics.registry import Registry

if TYPE_CHECKING:
    import duckdb

SHOWN = 5  # of what is missing


def check_fit(connection: "duckdb.DuckDBPyConnection", registry: Registry, lake: Lake) -> None:
    """Raises LakehouseError where the loaded gold lacks a table or a column that the registry names."""
    columns: dict[str, set[str]] = {}
    found = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = $1", [DEFAULT_SCHEMA]
    ).fetchall()
    for table, column in found:
        columns.setdefault(table, set()).add(column)
    missing = {(table, column or "") for _, table, column in missing_in(registry, columns)}
    if not missing:
        return
    names = [".".join(filter(None, (DEFAULT_SCHEMA, *one))) for one in sorted(missing)]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise LakehouseError(
        f"The lake {lake.root} lacks what the metrics are made from: {', '.join(names[:SHOWN])}{more}. It is of "
        f"another version of this project, or only some of its layers ran. Build it again: `{run_command(lake)}`."
    )
