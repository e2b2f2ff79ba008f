"""What tests of dashboards share: the registry, and gold's tables of the sample in DuckDB."""

import duckdb
import pytest

from tests.metrics.conftest import registry  # noqa: F401
from tests.serving.conftest import made_lake  # noqa: F401


@pytest.fixture(scope="session")
def sample_gold(made_lake):  # noqa: F811
    """A connection with gold's tables of the sample."""
    return gold_of(made_lake)


@pytest.fixture(scope="session")
def gold_of_one_name(made_lake):  # noqa: F811
    """The sample's gold, in which all titles have one name, as two may have: their keys tell them apart."""
    connection = gold_of(made_lake)
    for table in ("dim_title", "kpi_top_titles", "kpi_underwatched_titles"):
        connection.execute(f"UPDATE gold.{table} SET title = 'One name' WHERE title_key <> -1")
    return connection


def gold_of(made_lake):  # noqa: F811
    """A connection of its own with gold's tables of a lake."""
    from deltalake import DeltaTable

    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA gold")
    for path in sorted((made_lake.root / "gold").iterdir()):
        rows = DeltaTable(str(path)).to_pyarrow_table()
        connection.register("rows", rows)
        connection.execute(f'CREATE TABLE gold."{path.name}" AS SELECT * FROM rows')
        connection.unregister("rows")
    return connection
