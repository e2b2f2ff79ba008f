"""Sail: a Spark Connect server without a JVM, in this process, or in one of its own."""

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from local_runtime.engines import MAX_IDLE_SECONDS
from local_runtime.engines.child import start
from local_runtime.errors import LakehouseError, redacted
from local_runtime.root import ROOT

TIMEOUT = "SAIL_SPARK__SESSION_TIMEOUT_SECS"
OF_FILES = {
    # A fifth less work than by its default, zstd(3), for files of the same size.
    "SAIL_PARQUET__COMPRESSION": "zstd(1)",
    # Nothing here reads statistics of pages.
    "SAIL_PARQUET__STATISTICS_ENABLED": "chunk",
}


def settings_from_outside() -> list[str]:
    """The names of variables in the environment that would change how Sail runs; `serve` takes them away."""
    return sorted(name for name in os.environ if name.startswith("SAIL_"))


@contextmanager
def serve_sail() -> Iterator[str]:
    """The address of a server, which ends with the context."""
    os.environ.setdefault("RUST_LOG", "error")
    for name in settings_from_outside():
        del os.environ[name]
    settings = {TIMEOUT: str(MAX_IDLE_SECONDS), **OF_FILES}
    os.environ.update(settings)
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    for name in settings:
        del os.environ[name]
    address = server.listening_address
    assert address is not None
    try:
        yield f"sc://127.0.0.1:{address[1]}"
    finally:
        server.stop()


TO_START = 60.0  # seconds
OF_MEMORY = {
    # What its queries have freed is given back at once, and is taken in small pages.
    "MIMALLOC_PURGE_DELAY": "0",
    "MIMALLOC_ALLOW_THP": "0",
}


@contextmanager
def serve_sail_apart() -> Iterator[str]:
    """The address of a server in a process of its own: the memory that it has taken is free once it has ended.

    Raises LakehouseError where it doesn't start.
    """
    command = [sys.executable, "-P", "-m", "local_runtime.engines.sail"]
    with tempfile.TemporaryFile("w+", errors="replace") as errors:
        server = start(command, {**os.environ, **OF_MEMORY, "PYTHONPATH": str(ROOT)}, subprocess.PIPE, errors)
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            is_up, _, _ = select.select([server.stdout], [], [], TO_START)
            address = server.stdout.readline().strip() if is_up else ""
            if not address.startswith("sc://"):
                errors.seek(0)
                last_output = redacted(f"{address}\n{errors.read()[-2000:]}".strip())
                raise LakehouseError(f"The engine sail did not start. Its last output:\n{last_output}")
            yield address
        finally:
            server.stdin.close()
            server.wait()
            server.stdout.close()


if __name__ == "__main__":
    with serve_sail() as served:
        print(served, flush=True)
        signal.pause()
