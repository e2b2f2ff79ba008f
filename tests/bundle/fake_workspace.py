"""A Databricks workspace in memory, and the server that answers for it; fake_api.py has the routes.

Everybody may do everything. A token is its owner's name: a person's address, or a service principal's application id.
"""

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Json = dict[str, Any]
Route = tuple[str, str, Callable[..., Json | bytes]]


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    sender: str
    method: str
    path: str
    query: dict[str, str]
    content: bytes

    @property
    def body(self) -> Json:
        return json.loads(self.content)


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error_code": code, "message": message}


class Workspace:
    """What exists, and the requests in their order; `unknown` are those that no route answers."""

    def __init__(self, routes: list[Route]) -> None:
        self.routes = routes
        self.things: dict[str, Json] = {}  # by kind and key: "jobs/1001"
        self.files: dict[str, bytes | None] = {}  # None: a folder
        self.requests: list[Request] = []
        self.unknown: list[str] = []
        self.ids = itertools.count(1001)
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Json | bytes:
        """A route is a method, a path (a regular expression) and a function, which is given the path's groups."""
        with self._lock:
            self.requests.append(request)
            for method, path, handler in self.routes:
                if method == request.method and (found := re.fullmatch(path, request.path)):
                    return handler(self, request, *found.groups())
            self.unknown.append(f"{request.method} {request.path}")
            raise Refused(404, "ENDPOINT_NOT_FOUND", f"The fake workspace has no {self.unknown[-1]}.")

    def sent(self, method: str, path: str) -> list[Json]:
        """The bodies of the requests to a path (a regular expression)."""
        return [one.body for one in self.requests if one.method == method and re.fullmatch(path, one.path)]

    def get(self, name: str) -> Json:
        if name not in self.things:
            raise Refused(404, "RESOURCE_DOES_NOT_EXIST", f"{name} does not exist.")
        return self.things[name]

    def keep(self, name: str, thing: Json) -> Json:
        self.things[name] = thing
        return thing

    def drop(self, name: str) -> Json:
        self.get(name)
        del self.things[name]
        return {}

    def all(self, kind: str) -> list[Json]:
        return [thing for name, thing in self.things.items() if name.startswith(f"{kind}/")]


class Handler(BaseHTTPRequestHandler):
    """Requests and answers as HTTP."""

    protocol_version, wbufsize, disable_nagle_algorithm = "HTTP/1.1", -1, True
    workspace: Workspace

    def answer(self) -> None:
        url = urlsplit(self.path)
        sender = self.headers.get("Authorization", "").removeprefix("Bearer ")
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(sender, self.command, unquote(url.path), dict(parse_qsl(url.query)), content)
        try:
            status, answer = 200, self.workspace.answer(request)
        except Refused as refused:
            status, answer = refused.status, refused.body
        except Exception as error:  # a route that doesn't understand what it was sent: an answer that isn't retried
            status, answer = 400, {"error_code": "BAD_REQUEST", "message": f"{request.path}: {error!r}"}
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("X-Databricks-Org-Id", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(workspace: Workspace) -> Iterator[str]:
    """Answers for a workspace during the block, at the address that the block is given."""
    handler = type("WorkspaceHandler", (Handler,), {"workspace": workspace})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
