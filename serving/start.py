"""`./lakehouse serve`: takes a port, loads the newest publication, and serves until it is stopped."""

import errno
import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, UsageError
from serving.access.audit import AuditLog
from serving.access.current import CurrentTokens
from serving.build import build_service
from serving.http.access_log import AccessLog
from serving.http.guard import LOOPBACK_NAMES, Access, is_loopback
from serving.service import Service
from serving.watching import Watcher

USUAL_PORT = 8642
GRACE = 10  # seconds for running requests after a signal
PATIENCE = 10  # seconds more for everything else; then the process ends, and says where it was


def serve(
    lake: Lake, host: str, port: int | None, token_file: Path | None, browser: bool, audit_log: Path | None = None
) -> int:
    """Serves the lake until SIGINT or SIGTERM; returns 128 + the signal's number, as shells do.

    Without `port` it is USUAL_PORT, or a free one where that is taken. Raises UsageError for an address that others can
    reach without a token, LakehouseError for a port that can't be had and for a lake that can't be served.
    """
    access, audit = access_for(host, token_file), AuditLog(audit_log)
    with bound(host, port) as listening:
        # Loading is DuckDB's work and importing is Python's: side by side they take half a second less.
        with ThreadPoolExecutor(1) as aside:
            building = aside.submit(build_service, lake, tell=_tell)
            from serving.app import create_app

            service = building.result()
        log = AccessLog(audit=audit)
        address = _address(host, listening.getsockname()[1])
        print(f"Serving {lake.root} at {address} (Ctrl-C stops it)", flush=True)
        log.event("serving", lake=str(lake.root), address=address, publication=service.generations.current.tag)
        if browser and _has_browser():
            threading.Timer(0.3, webbrowser.open, (address,)).start()
        return run(create_app(service, access, log), service, log, listening)


def run(app: ASGIApp, service: Service, log: AccessLog, listening: socket.socket) -> int:
    """Answers at the socket until SIGINT or SIGTERM; returns 128 + the signal's number."""
    for name in ("uvicorn", "serving"):
        logging.getLogger(name).addHandler(_ToLog(log))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # X-Forwarded-For is the client's to choose: with it, wrong tokens could be tried for ever
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(config)
    with Watcher(service, log):
        server.run(sockets=[listening])
    service.statements.close()
    log.event("stopped", signal=server.stopped_by)
    return 128 + server.stopped_by if server.stopped_by else 1


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class _ToLog(logging.Handler):
    """Has what uvicorn and this package warn of written as a line of the log."""

    def __init__(self, log: AccessLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a warning."""
        self._log.event("server", level=record.levelname.lower(), message=record.getMessage())


class _Server(uvicorn.Server):
    """uvicorn's server, which remembers what stopped it; the command decides how the process ends."""

    stopped_by: int = 0

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ends running requests and takes no more at the first signal; a second one ends at once."""
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._stop) for number in handled}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, handled)  # whoever started it may have blocked them
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, _: object) -> None:
        if self.stopped_by:
            os._exit(128 + number)
        self.stopped_by = number
        self.should_exit = True
        faulthandler.dump_traceback_later(GRACE + PATIENCE, exit=True)


def access_for(host: str, token_file: Path | None) -> Access:
    """Who is answered at the address. Raises UsageError where everybody would be."""
    tokens = CurrentTokens(token_file) if token_file is not None else None
    if is_loopback(host):
        return Access(tokens=tokens, hosts=LOOPBACK_NAMES | {host.lower()})
    if tokens is None:
        raise UsageError(
            f"--host {host}: other machines could read the lake without a login. Give a file with the tokens that they "
            "must send: --token-file FILE (`./lakehouse token add NAME` makes it). Or leave --host out: then only this "
            "machine is answered."
        )
    return Access(tokens=tokens, hosts=None)


def bound(host: str, port: int | None) -> socket.socket:
    """A socket that is bound to the address. Raises LakehouseError where that can't be."""
    try:
        return _socket(host, USUAL_PORT if port is None else port)
    except OSError as error:
        if port is None and error.errno == errno.EADDRINUSE:
            return _socket(host, 0)
        raise LakehouseError(_why_not(host, USUAL_PORT if port is None else port, error)) from None


def _socket(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(2048)
    except OSError:
        made.close()
        raise
    return made


def _why_not(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"--host {host} is no address of this machine: 127.0.0.1 is answered from this machine only."
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken: another program listens there, perhaps another `./lakehouse serve`. Stop it, or "
            "choose another port: --port PORT; without --port a free one is taken."
        )
    return f"Port {port} of {host} can't be had: {error.strerror}. Choose another: --port PORT."


def _address(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


def _has_browser() -> bool:
    """Whether a browser would open in a window: without a display one would take over the terminal."""
    if sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
