"""The connection to an engine's server on this machine: past every proxy, and within a time."""

import grpc
from pyspark.sql.connect.client import DefaultChannelBuilder
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.session import SparkSession

from local_runtime.errors import LakehouseError

CONNECT_TIMEOUT = 30.0
"""Seconds until a server that listens has to have answered."""


def connect(engine: str, address: str) -> SparkSession:
    """A session on the server of `engine` at `address`. Raises LakehouseError where it isn't reached in PATIENCE."""
    session = SparkSession.builder.channelBuilder(_Loopback(engine, address)).create()
    # A server on this machine that can't be reached has ended. PySpark would try for ten minutes.
    session.client.set_retry_policies([DefaultPolicy(max_retries=8, max_backoff=2000)])
    return session


class _Loopback(DefaultChannelBuilder):
    """Channels that no variable such as `https_proxy` turns to a proxy, and that are open once they are there."""

    def __init__(self, engine: str, address: str) -> None:
        super().__init__(address, [("grpc.enable_http_proxy", 0)])
        self._engine = engine

    def toChannel(self) -> grpc.Channel:
        channel = super().toChannel()
        try:
            grpc.channel_ready_future(channel).result(timeout=CONNECT_TIMEOUT)
        except grpc.FutureTimeoutError:
            raise LakehouseError(
                f"The engine {self._engine} has started, and could not be reached at {self.endpoint} for "
                f"{CONNECT_TIMEOUT:.0f} s. Programs on this machine have to be able to talk to each other at "
                "127.0.0.1: check its firewall, VPN and security software, or the container's network, and run again."
            ) from None
        return channel
