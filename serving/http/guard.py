"""Who may ask, and how much: the Host header, the token, the size of a request."""

import hmac
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from local_runtime.errors import UsageError
from local_runtime.printable import on_one_line
from serving.limits import Limits
from serving.problems import Problem

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
SHORTEST_TOKEN = 16
OPEN_PATHS = frozenset({"/api/v1/ready"})
"""What a load balancer asks, without a token: it says nothing about the data."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who is answered.

    `token` is what requests must have as `Authorization: Bearer …`; None: nothing. `hosts` are the names, without a
    port, that a Host header may have; None: any. `behind_proxy`: a proxy logs people in, and says in headers who asks.
    """

    token: str | None = None
    hosts: frozenset[str] | None = LOOPBACK_NAMES
    limits: Limits = field(default_factory=Limits)
    behind_proxy: bool = False

    def check(self, path: str, headers: dict[bytes, bytes]) -> None:
        """Raises Problem where the request isn't to be answered."""
        self._check_host(headers.get(b"host", b"").decode("latin-1"))
        if self.token is not None and path not in OPEN_PATHS:
            self._check_token(headers.get(b"authorization", b"").decode("latin-1"))
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self.limits.request_bytes:
            raise too_large(self.limits)

    def _check_host(self, host: str) -> None:
        """A page elsewhere may let its own name point to this machine, to read what is served here."""
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        if self.hosts is not None and name.lower() not in self.hosts:
            raise Problem(421, "wrong-host", "This address answers only as localhost, 127.0.0.1 or [::1].")

    def _check_token(self, authorization: str) -> None:
        scheme, _, given = authorization.partition(" ")
        right = (self.token or "").encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), right):
            raise Problem(
                401,
                "token-needed",
                "Send the token that this server was started with: Authorization: Bearer TOKEN.",
                headers={"WWW-Authenticate": 'Bearer realm="lakehouse"'},
            )


def too_large(limits: Limits) -> Problem:
    """A request with too long a body, or address."""
    return Problem(413, "request-too-large", f"A request may have {limits.request_bytes // 1024} KB.")


def too_late(limits: Limits) -> Problem:
    """A request whose body doesn't come. What is left of it would be taken for the next request."""
    return Problem(
        408,
        "request-timeout",
        f"The body of the request didn't come within {limits.request_seconds:g} seconds. Send it at once.",
        headers={"Connection": "close"},
    )


def is_loopback(address: str) -> bool:
    """Whether only this machine can connect to the address."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def read_token(path: Path) -> str:
    """The token in a file. Raises UsageError where there is none, or one that can be guessed."""
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--token-file {path}: it can't be read: {getattr(error, 'strerror', error)}.") from None
    if len(token) < SHORTEST_TOKEN or not token.isprintable() or " " in token:
        raise UsageError(
            f"--token-file {path}: a token is one word of at least {SHORTEST_TOKEN} characters. "
            f"This makes one: `openssl rand -hex 32 > {on_one_line(path)}`"
        )
    return token
