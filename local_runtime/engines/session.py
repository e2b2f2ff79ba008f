"""A session on an engine."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.engines import sail, spark
from local_runtime.engines.deferred_pandas import without_pandas

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

SAIL = "sail"
SPARK = "spark"


def use_utc() -> None:
    """Makes UTC this process' time zone: PySpark turns timestamps into local datetimes."""
    os.environ["TZ"] = "UTC"
    time.tzset()


@contextmanager
def session(engine: str, cache: Path) -> Iterator["SparkSession"]:
    """A Spark Connect session on a new server of `engine`; the server ends with the context.

    `cache` is a folder for the jars of the Spark engine. Raises LakehouseError where the engine can't start.
    """
    use_utc()
    os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
    with sail.serve() if engine == SAIL else spark.serve(cache) as address:
        with without_pandas():
            from pyspark.sql.connect.session import SparkSession

        connected = SparkSession.builder.remote(address).create()
        connected.conf.set("spark.sql.session.timeZone", "UTC")
        try:
            yield connected
        finally:
            connected.client.close()
