"""The first and the last of a request: its id, its checks, 304, headers of safety, a line of the log.

Plain ASGI, because it runs for every request, and most are answered from memory.
"""

import asyncio
import re
import time
import traceback
import uuid
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving import problems
from serving.access.audit import asked_in, is_of_interest
from serving.http.access_log import LONGEST, AccessLog
from serving.http.conditional import etag_of, is_any_known, is_known, is_versioned, varies_by
from serving.http.guard import Access, too_large, too_late
from serving.http.identity import reader_of
from serving.http.kept import Headers, KeptAnswer, KeptAnswers
from serving.problems import Problem, mistake
from serving.service import Service

FRAMES = 6  # of a traceback in the log
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FRESH = "private, no-cache"
"""A copy may be kept, but is used only after this server has said that it is current (304)."""


class Middleware:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, service: Service, access: Access, log: AccessLog) -> None:
        self.app, self.service, self.access, self.log = app, service, access, log
        self.kept = KeptAnswers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = _Request(scope, self, receive, send)
        try:
            await request.answer()
        finally:
            try:
                self._audit(scope, request)
            finally:
                self.service.requests.ended(request.scope, request.status, request.seconds)
                self.log.request(scope, request)

    def _audit(self, scope: Scope, request: "_Request") -> None:
        """Records who asked for what; files that pages load say nothing about that."""
        if not (self.log.audit.is_on and is_of_interest(scope["path"])):
            return
        state = request.scope["state"]
        parameters = None if request.is_repeated else state.get("parameters", ())
        asked = asked_in(scope["query_string"], self.service.registry, parameters)
        asked |= state.get("asked", {})  # of a body
        self.log.audit.write(
            {
                "who": request.who,
                "request_id": request.id,
                "method": scope["method"],
                "path": scope["path"][:LONGEST],
                **asked,
                "status": request.status,
                "ms": round(request.seconds * 1000, 2),
                "publication": request.generation.source.tag,
            }
        )


class _Request:
    """One request on its way."""

    def __init__(self, scope: Scope, middleware: Middleware, receive: Receive, send: Send) -> None:
        self.middleware, self._receive, self._send = middleware, receive, send
        self.is_head = scope["method"] == "HEAD"
        # HEAD is answered as GET, without the body.
        self.scope: Scope = {**scope, "method": "GET"} if self.is_head else scope
        self.headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:  # several headers of a name are one, by comma
            self.headers[name] = self.headers[name] + b"," + value if name in self.headers else value
        given = self.headers.get(b"x-request-id", b"")
        self.id = given.decode() if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        self.began = time.perf_counter()
        self.status, self.sent, self.received = 0, 0, 0
        self._body_due: float | None = None
        self._has_body = False
        self.etag: str | None = None
        self._head: Headers = []
        self._body: list[bytes] = []
        self.error: str | None = None
        self.who: str | None = None
        self.is_repeated = False  # an answer that was given before, so that all parameters are known to be the route's
        self.generation = middleware.service.generations.acquire()
        if middleware.access.behind_proxy and self.generation.backend.own_rights:
            self.generation = self.generation.read_by(reader_of(self.headers))
        self.scope.setdefault("state", {}).update(generation=self.generation, request_id=self.id)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    async def answer(self) -> None:
        """Sends the answer, or the problem with it."""
        try:
            address = (self.scope.get("client") or ("",))[0]
            access, path = self.middleware.access, self.scope["path"]
            caller = access.identify(path, self.headers, address)
            self.who = caller.name
            access.allow(caller, path, self.scope["query_string"], self.headers)
            if is_versioned(self.scope):
                service = self.middleware.service
                salt = f"{service.etag_salt} {service.trouble or ''}"  # pages show what is wrong
                self.etag = etag_of(self.scope, self.headers, salt, self.generation.tag)
                if is_known(self.etag, self.headers):
                    await self._not_modified()
                    return
                if (kept := self.middleware.kept.get(self.etag)) is not None:
                    await self._send_kept(kept)
                    return
            await self.middleware.app(self.scope, self.receive, self.send)
        except Problem as problem:
            await self._tell(problem)
        except Exception as error:
            self.error = "".join(traceback.format_exception(error, limit=-FRAMES))
            await self._tell(mistake())
        finally:
            self.middleware.service.generations.release(self.generation)

    async def _tell(self, problem: Problem) -> None:
        self.etag = None
        if not self.status:
            path = self.scope["path"]
            await problems.response(problem, self.id, path)(self.scope, self._receive, self.send)

    async def _not_modified(self) -> None:
        self.is_repeated = True
        headers = [(b"cache-control", FRESH.encode()), (b"vary", ", ".join(varies_by(self.scope)).encode())]
        await self.send({"type": "http.response.start", "status": 304, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})

    async def _send_kept(self, kept: KeptAnswer) -> None:
        self.is_repeated = True
        self.scope["route"] = kept.route
        await self.send({"type": "http.response.start", "status": 200, "headers": [*kept.headers]})
        await self.send({"type": "http.response.body", "body": kept.body})

    def _keep(self, part: bytes, more: bool) -> None:
        """Keeps the answer, once it is complete, if others may be given it."""
        kept = self.middleware.kept
        if self.etag is None or self.status != 200 or self.sent > kept.largest:
            self._body.clear()
            return
        self._body.append(part)
        if not more:
            kept.keep(self.etag, KeptAnswer(self._head, b"".join(self._body), self.scope.get("route")))

    async def receive(self) -> Message:
        """The next part of the request. Raises Problem where it is longer, or takes longer, than it may."""
        limits = self.middleware.access.limits
        if self._has_body:
            return await self._receive()  # comes when the client goes away, however long the answer takes
        if self._body_due is None:
            self._body_due = asyncio.get_running_loop().time() + limits.request_seconds
        try:
            async with asyncio.timeout_at(self._body_due):
                message = await self._receive()
        except TimeoutError:
            raise too_late(limits) from None
        self._has_body = not message.get("more_body", False)
        self.received += len(message.get("body", b""))
        if self.received > limits.request_bytes:
            raise too_large(limits)
        return message

    async def send(self, message: Message) -> None:
        """Sends a part of the answer, its head with the headers that every answer has."""
        if message["type"] == "http.response.start":
            if message["status"] == 200 and is_any_known(self.scope, self.headers):
                left_out = (b"content-length", b"content-type")
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in left_out]
                message = {**message, "status": 304, "headers": kept}
            self.status = int(message["status"])
            self._head = [*message["headers"]]
            self._add_headers(MutableHeaders(scope=message))
        else:
            part = message.get("body", b"")
            self.sent += len(part)
            self._keep(part, message.get("more_body", False))
            message = {**message, "body": b""} if self.is_head or self.status == 304 else message
        await self._send(message)

    def _add_headers(self, headers: Any) -> None:
        for name, value in SAFE.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = self.id
        if self.etag is not None and self.status in (200, 304):
            headers["ETag"] = self.etag
            headers.setdefault("Cache-Control", FRESH)
            for name in varies_by(self.scope):
                headers.add_vary_header(name)
        headers.setdefault("Cache-Control", FRESH if "ETag" in headers else "no-store")
