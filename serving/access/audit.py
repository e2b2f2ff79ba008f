"""The audit log: a line of JSON for each request says who asked for what. It has names, never values of filters."""

import json
import logging
import os
import stat
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO, cast
from urllib.parse import parse_qsl

from local_runtime.errors import LakehouseError, UsageError, redacted
from metrics.query import Query
from metrics.registry import Registry
from metrics.where import parse_where
from serving.access.tokens import without_tokens

BYTES, FILES = 10 * 1024 * 1024, 10
"""A file of this size is renamed to `NAME.1`, and so on; what is older than the last `FILES` is deleted."""
MOST = 50  # names of a line
NAMES = ("metrics", "dimensions")


class AuditLog:
    """Writes to a file that only its owner reads, or to a stream, whose reader keeps it; without both nowhere."""

    def __init__(
        self, path: Path | None = None, stream: TextIO | None = None, most_bytes: int = BYTES, files: int = FILES
    ) -> None:
        self._handler: logging.Handler | None = None
        if path is None:
            self._handler = logging.StreamHandler(stream) if stream is not None else None
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handler = _OwnersFile(path, maxBytes=most_bytes, backupCount=files, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--audit-log {path}: it can't be written: {error.strerror}.") from None

    @property
    def is_on(self) -> bool:
        """Whether lines are written anywhere."""
        return self._handler is not None

    def write(self, line: Mapping[str, Any]) -> None:
        """Writes a line, with the time (UTC)."""
        if self._handler is None:
            return
        full = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": "audit", **line}
        text = without_tokens(redacted(json.dumps(full, default=str)))
        self._handler.emit(logging.LogRecord("audit", logging.INFO, "", 0, "%s", (text,), None))

    def close(self) -> None:
        """Closes the file."""
        if self._handler is not None:
            self._handler.close()


class _OwnersFile(RotatingFileHandler):
    """A file that is renamed at a size; the next one, too, is for its owner only."""

    def _open(self) -> TextIOWrapper:
        return cast(TextIOWrapper, open(self.baseFilename, self.mode, encoding=self.encoding, opener=_owners))


def _owners(path: str, flags: int) -> int:
    opened = os.open(path, flags, 0o600)
    if stat.S_ISREG(os.fstat(opened).st_mode):  # one that was there before; /dev/stderr stays as it is
        os.fchmod(opened, 0o600)
    return opened


def is_of_interest(path: str) -> bool:
    """Whether a request asks for anything: not for a style sheet, a script or a load balancer's question."""
    return not path.startswith(("/static/", "/charts/")) and path != "/api/v1/ready"


def asked_in(query_string: bytes, registry: Registry, parameters: Collection[str] | None) -> dict[str, Any]:
    """What a GET request asks for: metrics, dimensions and filters that there are, and names of other parameters.

    `parameters` are those that the route has; None: all that were sent. Others may be anything that somebody typed.
    """
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    known = {"metrics": registry.metrics, "dimensions": registry.dimensions}
    found: dict[str, Any] = {
        part: _known((name for key, text in pairs if key == part for name in text.split(",")), known[part])
        for part in NAMES
    }
    filters = [one for key, text in pairs if key == "where" for one in _filters(text)]
    filters += [key for key, _ in pairs if key in registry.dimensions]
    found["filters"] = _known(filters, registry.dimensions)
    rest = {key for key, _ in pairs if key not in (*NAMES, "where", *registry.dimensions)}
    rest &= rest if parameters is None else {*parameters}
    return {name: names for name, names in {**found, "parameters": sorted(rest)[:MOST]}.items() if names}


def asked_by(query: Query, registry: Registry) -> dict[str, Any]:
    """The same of a query that came as a body."""
    found = {
        "metrics": _known(query.metrics, registry.metrics),
        "dimensions": _known(query.dimensions, registry.dimensions),
        "filters": _known((one.dimension for one in query.where), registry.dimensions),
    }
    return {name: names for name, names in found.items() if names}


def _filters(text: str) -> list[str]:
    try:
        return [one.dimension for one in parse_where(text)]
    except LakehouseError:
        return []


def _known(names: Iterable[str], known: Iterable[str]) -> list[str]:
    there = {*known}
    return [name for name in dict.fromkeys(one.strip() for one in names) if name in there][:MOST]
