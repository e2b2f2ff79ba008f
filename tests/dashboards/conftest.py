"""What tests of dashboards share: the registry, and gold's tables of the sample in DuckDB."""

import duckdb
import pytest

from tests.metrics.conftest import registry  # noqa: F401
from tests.serving.conftest import made_lake  # noqa: F401


@pytest.fixture(scope="session")
def sample_gold(made_lake):  # noqa: F811
    """A connection with gold's tables of the sample."""
    from deltalake import DeltaTable

    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA gold")
    for path in sorted((made_lake.root / "gold").iterdir()):
        rows = DeltaTable(str(path)).to_pyarrow_table()
        connection.register("rows", rows)
        connection.execute(f'CREATE TABLE gold."{path.name}" AS SELECT * FROM rows')
        connection.unregister("rows")
    return connection
