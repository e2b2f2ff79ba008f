"""What is wrong with a request, and what to do, as RFC 9457 (`application/problem+json`) writes it."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
NO_STORE = {"Cache-Control": "no-store"}
ABOUT = "urn:lakehouse:problem:"


class Problem(HTTPException):
    """A request that isn't answered: `kind` is for programs, `detail` says what is wrong and what to do.

    `members` are further members of the problem's JSON.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.kind, self.members = kind, members


def bad_request(kind: str, detail: str, **members: Any) -> Problem:
    """A request with a wrong parameter or body."""
    return Problem(400, kind, detail, **members)


def not_found(kind: str, detail: str, **members: Any) -> Problem:
    """Something that doesn't exist."""
    return Problem(404, kind, detail, **members)


def busy(retry_after: int) -> Problem:
    """Too many statements wait already."""
    return Problem(
        503,
        "busy",
        f"Too many queries are waiting. Try again in {retry_after} seconds.",
        headers={"Retry-After": str(retry_after)},
    )


def mistake() -> Problem:
    """An error of the server's own."""
    return Problem(500, "internal", "The server made a mistake. Its log says more, at this request's id.")


def too_slow(seconds: float) -> Problem:
    """A statement was interrupted."""
    return Problem(
        504,
        "query-timeout",
        f"The query was stopped after {seconds:g} seconds. Ask for fewer dimensions, or filter by time.",
    )


def response(problem: Problem, request_id: str, instance: str) -> Response:
    """The problem as a response to the request of that id and path."""
    body = {
        "type": f"{ABOUT}{problem.kind}",
        "title": HTTPStatus(problem.status_code).phrase,
        "status": problem.status_code,
        "detail": problem.detail,
        "instance": instance,
        "request_id": request_id,
        **problem.members,
    }
    text = json.dumps(body, ensure_ascii=False, default=str)
    return Response(text, problem.status_code, {**NO_STORE, **(problem.headers or {})}, MEDIA_TYPE)
