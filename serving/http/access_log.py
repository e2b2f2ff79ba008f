"""One line of JSON per request on standard error, and for what happens between them."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from local_runtime.errors import redacted
from serving.access.audit import AuditLog
from serving.access.tokens import without_tokens

LONGEST = 2000  # characters of a path, which a client chooses


class AccessLog:
    """Writes lines of the log. Query strings are left out: filters and searches may be personal."""

    def __init__(self, stream: TextIO | None = None, quiet: bool = False, audit: AuditLog | None = None) -> None:
        self._stream, self._quiet = stream, quiet
        self.audit = audit or AuditLog()

    def event(self, event: str, **details: Any) -> None:
        """Writes what happened, with the time (UTC)."""
        if self._quiet:
            return
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **details}
        print(without_tokens(redacted(json.dumps(line, default=str))), file=self._stream or sys.stderr, flush=True)

    def request(self, scope: Mapping[str, Any], request: Any) -> None:
        """Writes that a request was answered."""
        details = {"error": request.error} if request.error else {}
        self.event(
            "request",
            request_id=request.id,
            **({"who": request.who} if request.who else {}),
            method=scope["method"],
            path=scope["path"][:LONGEST],
            status=request.status,
            bytes=request.sent,
            ms=round(request.seconds * 1000, 2),
            publication=request.generation.tag,
            **details,
        )
