"""What a generation runs its statements on: tables in this process's memory, or a SQL warehouse of Databricks.

Everything above asks through two small protocols and knows neither. A `Backend` holds one publication and opens
sessions on it; a `Store` knows which publication is the newest, and makes the backend that holds it.

| | `memory.py`, `local.py` | `warehouse.py`, `publications.py` |
|---|---|---|
| dialect | duckdb | databricks |
| one publication | its versions, loaded into DuckDB | its versions, by `VERSION AS OF` in every statement |
| whose rights | the process's | the App's service principal, or those of whoever asks (`Reader.token`) |
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from serving.sources import Source

Parameters = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """Who reads. `key` keeps answers of readers with rights of their own apart; `token` is the reader's, if any."""

    key: str = ""
    token: str | None = field(default=None, repr=False)


EVERYBODY = Reader()
"""Those who read with the rights of the process."""


class Session(Protocol):
    """Runs statements one after another, in the thread that has it."""

    dialect: str

    def table(self, sql: str, parameters: Parameters = ()) -> "pa.Table":
        """The rows of one statement, whose tables are `schema.table`. Raises Problem where it can't be answered."""
        ...

    def has(self, table: str) -> bool:
        """Whether the publication has the table (`schema.table`)."""
        ...


class Backend(Protocol):
    """One publication, never changed."""

    dialect: str
    own_rights: bool
    """Whether readers may have rights of their own here."""

    def session(self, reader: Reader, seconds: float) -> AbstractContextManager[Session]:
        """A session that is interrupted after `seconds`: the context then raises TimeoutError."""
        ...

    def columns(self) -> Mapping[str, Collection[str]]:
        """The columns of each table of gold, by the table's name without its schema."""
        ...

    def interrupt(self) -> None:
        """Stops what runs in all sessions."""
        ...

    def close(self) -> None:
        """Frees what it holds. Nothing reads it any more."""
        ...


class Store(Protocol):
    """Where publications are. `name` is what messages call it, `way_out` the command that builds it again."""

    name: str
    dialect: str
    pause: float
    """Seconds between two looks for a newer publication."""
    only_when_asked: bool
    """Whether a look costs so much that there is none as long as nobody asks for anything."""

    @property
    def way_out(self) -> str:
        """What makes a publication that can be served, as a sentence's end."""
        ...

    def state(self) -> object:
        """What changes with every publication, cheaply; None where that isn't known."""
        ...

    def is_busy(self) -> bool:
        """Whether versions don't fit together just now, because a run is between its commits."""
        ...

    def newest(self) -> "Source":
        """The newest publication. Raises LakehouseError where there is none, with what makes one."""
        ...

    def open(self, source: "Source") -> Backend:
        """A backend that holds the publication. Raises LakehouseError where it can't be had as it was."""
        ...

    def publications(self) -> list[dict[str, Any]]:
        """All publications that are kept, oldest first: `id`, `published_at`, `update_id` and number of `tables`."""
        ...
