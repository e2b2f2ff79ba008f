"""Sail: a Spark Connect server in this process, without a JVM."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


def settings_from_outside() -> list[str]:
    """The names of variables in the environment that would change how Sail runs; `serve` takes them away."""
    return sorted(name for name in os.environ if name.startswith("SAIL_"))


@contextmanager
def serve() -> Iterator[str]:
    """The address of a server, which ends with the context."""
    os.environ.setdefault("RUST_LOG", "error")
    for name in settings_from_outside():
        del os.environ[name]
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    address = server.listening_address
    assert address is not None
    try:
        yield f"sc://127.0.0.1:{address[1]}"
    finally:
        server.stop()
