"""The published states of a deployment on Databricks, by the rows that the job's task records.

src/tasks/publish_state.py copies the tables that are served to a schema of their own, and then adds the rows of one
state to `publications`, in one commit: so a state is there completely or not at all.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local_runtime.errors import LakehouseError
from local_runtime.quoting import quoted
from serving.backends.connections import Connections, Warehouse
from serving.backends.refusals import is_of_the_connector, problem_of
from serving.backends.settings import Settings
from serving.backends.warehouse import DIALECT, PublishedVersions, tables_of
from serving.limits import Limits
from serving.sources import HISTORY, Source, is_served

Rows = list[dict[str, Any]]


class WarehouseStore:
    """The publications in a catalog, read as the App's service principal."""

    dialect = DIALECT
    pause = 60.0
    only_when_asked = True  # a warehouse that is asked every minute never stops

    def __init__(self, settings: Settings, limits: Limits, connections: Connections | None = None) -> None:
        warehouse = Warehouse(host=settings.host, id=settings.warehouse_id, statement_seconds=limits.statement_seconds)
        self.settings = settings
        self.connections = connections or Connections(warehouse.connect)
        self.name = f"The schema {settings.catalog}.{settings.published_schema}"
        self._table = ".".join(map(quoted, (settings.catalog, settings.published_schema, "publications")))

    @property
    def way_out(self) -> str:
        """The job that publishes."""
        return "Run the medallion job: its task `publication` publishes the tables as they are"

    def state(self) -> object:
        """The newest update's id, and when it was recorded."""
        found = self._rows(
            f"SELECT update_id, published_at FROM {self._table} WHERE startswith(table_name, :prefix) "
            "ORDER BY published_at DESC, update_id DESC LIMIT 1"
        )
        return tuple(found[0].values()) if found else None

    def is_busy(self) -> bool:
        """Never: only what is recorded is read."""
        return False

    def publications(self) -> list[dict[str, Any]]:
        """The states in their order, oldest first; `id` is the place in it."""
        states = self._rows(
            "SELECT update_id, min(published_at) AS published_at, count(*) AS tables "
            f"FROM {self._table} WHERE startswith(table_name, :prefix) "
            "GROUP BY update_id ORDER BY min(published_at), update_id"
        )
        return [
            {**one, "id": place, "published_at": one["published_at"].isoformat()} for place, one in enumerate(states, 1)
        ]

    def newest(self) -> Source:
        """The newest state. Raises LakehouseError where there is none, or a table in it has no version."""
        states = self.publications()
        if not states:
            raise LakehouseError(f"{self.name} has nothing that was published yet. {self.way_out}.")
        last = states[-1]
        rows = self._rows(
            f"SELECT table_name, version, published_at FROM {self._table} "
            "WHERE startswith(table_name, :prefix) AND update_id = :update_id",
            {"update_id": last["update_id"]},
        )
        lacking = sorted(row["table_name"] for row in rows if row["version"] is None)
        if lacking:
            raise LakehouseError(
                f"Update {last['update_id']} recorded no version of {', '.join(lacking[:5])}, so these can't be read "
                f"as they were. The task's output says why. {self.way_out}."
            )
        versions = {self._served_as(row["table_name"]): int(row["version"]) for row in rows}
        versions = {name: version for name, version in versions.items() if is_served(name)}
        digest = hashlib.sha256(repr((last["update_id"], sorted(versions.items()))).encode()).hexdigest()[:12]
        return Source(
            tag=f"p{last['id']}-{digest}",
            versions=versions,
            publication=last["id"],
            published_at=rows[0]["published_at"],
        )

    def open(self, source: Source) -> PublishedVersions:
        """The publication, read at its versions."""
        tables = tables_of(source, self.settings.catalog, self.settings.published_schema)
        return PublishedVersions(self.connections, tables, self._columns, self.settings.reads_as_user)

    def _served_as(self, name: str) -> str:
        """What statements call a published table: gold's tables, and the versions of titles."""
        table = name.removeprefix(self._prefix)
        return HISTORY if table == HISTORY.partition(".")[2] else f"gold.{table}"

    @property
    def _prefix(self) -> str:
        return f"{self.settings.catalog}.{self.settings.published_schema}."

    def _columns(self) -> Mapping[str, set[str]]:
        information = f"{quoted(self.settings.catalog)}.information_schema.columns"
        rows = self._rows(
            f"SELECT table_name, column_name FROM {information} WHERE table_schema = :schema",
            {"schema": self.settings.published_schema},
        )
        found: dict[str, set[str]] = {}
        for row in rows:
            found.setdefault(row["table_name"], set()).add(row["column_name"])
        return found

    def _rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The rows of a statement. Raises LakehouseError where the warehouse refuses it, with what that means."""
        values = dict(parameters or {})
        if ":prefix" in sql:
            values["prefix"] = self._prefix
        with self._refusals(), self.connections.of() as connection:
            cursor = connection.cursor()
            try:
                cursor.execute(sql, values)
                rows: Rows = cursor.fetchall_arrow().to_pylist()
                return rows
            finally:
                cursor.close()

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if not is_of_the_connector(error):
                raise
            if "TABLE_OR_VIEW_NOT_FOUND" in str(error) or "SCHEMA_NOT_FOUND" in str(error):
                raise LakehouseError(f"{self.name} has nothing that was published yet. {self.way_out}.") from error
            raise LakehouseError(problem_of(error, own_rights=False).detail) from error
