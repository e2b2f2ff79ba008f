"""Connections to a SQL warehouse: as the App's service principal, or as whoever asks, by the token of theirs."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from serving.backends import EVERYBODY, Reader

if TYPE_CHECKING:
    import pyarrow as pa
    from databricks.sdk.core import Config


class Cursor(Protocol):
    """What is used of the connector's cursor."""

    def execute(self, operation: str, parameters: Mapping[str, Any] | None = None) -> object:
        """Runs a statement with named parameters."""
        ...

    def fetchall_arrow(self) -> "pa.Table":
        """The rows."""
        ...

    def cancel(self) -> None:
        """Stops what runs; from another thread."""
        ...

    def close(self) -> None:
        """Frees what the warehouse keeps for it."""
        ...


class Connection(Protocol):
    """What is used of the connector's connection."""

    def cursor(self) -> Cursor:
        """A new cursor."""
        ...

    def close(self) -> None:
        """Ends the session."""
        ...


LONGEST_IDLE = 300.0  # seconds; a warehouse that stops ends its sessions, at the earliest after five minutes
Connect = Callable[[str | None], Connection]
"""Opens a connection: with a user's token, or, for None, as the App."""


@dataclass(frozen=True, kw_only=True)
class Warehouse:
    """A SQL warehouse: the workspace's host and the warehouse's id. Times in seconds."""

    host: str
    id: str
    statement_seconds: float
    waiting_seconds: float = 20.0

    def connect(self, token: str | None) -> Connection:
        """A session: in UTC, with the server's own limit of time. A stopped warehouse starts by it."""
        from databricks import sql

        who: dict[str, Any] = {"access_token": token}
        if token is None:
            who = {"credentials_provider": lambda: self._app.authenticate}
        connection: Connection = sql.connect(
            server_hostname=self.host,
            http_path=f"/sql/1.0/warehouses/{self.id}",
            session_configuration={"TIMEZONE": "UTC", "STATEMENT_TIMEOUT": str(int(self.statement_seconds))},
            user_agent_entry="lakehouse-serving",
            enable_telemetry=False,
            _socket_timeout=self.statement_seconds,
            _retry_stop_after_attempts_duration=self.waiting_seconds,
            **who,
        )
        return connection

    @cached_property
    def _app(self) -> "Config":
        """The login of the App's service principal, whose id and secret the environment has; it renews its tokens."""
        from databricks.sdk.core import Config

        # It asks the host about itself at once, and would try for five minutes.
        return Config(http_timeout_seconds=10, retry_timeout_seconds=int(self.waiting_seconds))


class Connections:
    """Open connections that wait for the next statement: opening one takes longer than most statements.

    They are kept by reader, so nobody reads with the rights of somebody else; at most `most` wait.
    """

    def __init__(self, connect: Connect, most: int = 20) -> None:
        self._connect, self._most = connect, most
        self._idle: list[tuple[str, float, Connection]] = []
        self._lock = threading.Lock()

    @contextmanager
    def of(self, reader: Reader = EVERYBODY) -> Iterator[Connection]:
        """A connection with the reader's rights. One that had an error is closed: its session may be gone."""
        connection = self._waiting(reader.key) or self._connect(reader.token)
        try:
            yield connection
        except BaseException:
            _end(connection)
            raise
        with self._lock:
            self._idle.append((reader.key, time.monotonic(), connection))
            ended = [self._idle.pop(0)[2] for _ in range(len(self._idle) - self._most)]
        for one in ended:
            _end(one)

    def _waiting(self, key: str) -> Connection | None:
        with self._lock:
            old = [one for one in self._idle if time.monotonic() - one[1] > LONGEST_IDLE]
            self._idle = [one for one in self._idle if one not in old]
            place = next((place for place, one in reversed([*enumerate(self._idle)]) if one[0] == key), None)
            found = None if place is None else self._idle.pop(place)[2]
        for _, _, connection in old:
            _end(connection)
        return found

    def close(self) -> None:
        """Closes all that wait."""
        with self._lock:
            ended, self._idle = self._idle, []
        for _, _, connection in ended:
            _end(connection)


def _end(connection: Connection) -> None:
    try:
        connection.close()
    except Exception:  # it is gone already, and nobody waits for it
        return
