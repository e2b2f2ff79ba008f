"""A session on an engine."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.engines import sail, spark

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

SAIL = "sail"


def set_process() -> None:
    """Makes PySpark in this process build plans for Spark Connect, and turn timestamps into datetimes of UTC.

    Before pipelines' code is read: it makes columns while it is imported.
    """
    os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
    os.environ["TZ"] = "UTC"
    time.tzset()


def settings_left_out(engine: str) -> list[str]:
    """Messages on ignored environment variables that would change how the engine runs."""
    names = sail.settings_from_outside() if engine == SAIL else []
    return [f"Left out: {', '.join(names)}. The runtime sets the engine up itself."] if names else []


@contextmanager
def open_session(
    engine: str, cache: Path, settings: Mapping[str, str] | None = None, apart: bool = False
) -> Iterator["SparkSession"]:
    """A Spark Connect session on a new server of `engine`; the server ends with the context.

    `cache` is a folder for the jars of the Spark engine, `settings` are Spark's own. `apart`: in a process of its
    own, as Spark's always is. Raises LakehouseError where the engine can't start, or can't be reached.
    """
    set_process()
    in_sail = sail.serve_sail_apart if apart else sail.serve_sail
    with in_sail() if engine == SAIL else spark.serve_spark(cache, settings or {}) as address:
        from local_runtime.engines.connection import connect

        connected = connect(engine, address)
        connected.conf.set("spark.sql.session.timeZone", "UTC")
        if engine == SAIL:
            # It ignores where in the code a column was made, which costs PySpark a walk of the stack.
            connected.conf.set("spark.python.sql.dataFrameDebugging.enabled", "false")
            # To come back to a query after a broken connection, which one within a machine isn't, takes a request and
            # some threads for each.
            connected.client.disable_reattachable_execute()
        try:
            yield connected
        finally:
            connected.client.close()
