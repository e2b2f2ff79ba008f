"""Who may ask, how much and how often: the Host header, the token and its scopes, rates, the size of a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address

from serving.access.current import CurrentTokens
from serving.access.rates import Rates
from serving.access.scopes import scope_of
from serving.access.tokens import Token
from serving.http.identity import name_of
from serving.limits import Limits
from serving.problems import Problem

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
OPEN_PATHS = frozenset({"/api/v1/ready"})
"""What a load balancer asks, without a token: it says nothing about the data."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who is answered.

    `tokens` are those of which requests must have one as `Authorization: Bearer …`; None: nothing. `hosts` are the
    names, without a port, that a Host header may have; None: any. `behind_proxy`: a proxy logs people in, and says in
    headers who asks. Rates hold where others than this machine's user can ask.
    """

    tokens: CurrentTokens | None = None
    hosts: frozenset[str] | None = LOOPBACK_NAMES
    limits: Limits = field(default_factory=Limits)
    behind_proxy: bool = False

    @cached_property
    def rates(self) -> Rates | None:
        """What counts requests; None where only this machine's user asks."""
        return Rates(self.limits) if self.tokens is not None or self.behind_proxy else None

    def check(self, path: str, headers: Mapping[bytes, bytes], address: str = "") -> str | None:
        """The name of who asks, None where that isn't known. Raises Problem where the request isn't to be answered."""
        self._check_host(headers.get(b"host", b"").decode("latin-1"))
        name = name_of(headers) if self.behind_proxy else None
        if path not in OPEN_PATHS:
            if self.tokens is not None:
                name = self._check_token(self.tokens, path, headers, address)
            if self.rates is not None:
                self.rates.count(name or address)
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self.limits.request_bytes:
            raise too_large(self.limits)
        return name

    def _check_host(self, host: str) -> None:
        """A page elsewhere may let its own name point to this machine, to read what is served here."""
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        if self.hosts is not None and name.lower() not in self.hosts:
            raise Problem(421, "wrong-host", "This address answers only as localhost, 127.0.0.1 or [::1].")

    def _check_token(self, tokens: CurrentTokens, path: str, headers: Mapping[bytes, bytes], address: str) -> str:
        assert self.rates is not None
        self.rates.check_refusals(address)
        scheme, _, given = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        token = tokens.find(given.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            if given:
                self.rates.refuse(address)
            raise Problem(
                401,
                "token-needed",
                "Send a valid token of this server: Authorization: Bearer TOKEN. One that has ended is none.",
                headers={"WWW-Authenticate": 'Bearer realm="lakehouse"'},
            )
        _check_scope(token, path)
        return token.name


def _check_scope(token: Token, path: str) -> None:
    scope = scope_of(path)
    if scope and scope not in token.scopes:
        raise Problem(
            403,
            "scope-needed",
            f"The token {token.name} doesn't have the scope {scope}. It has: {', '.join(token.scopes)}.",
            headers={"WWW-Authenticate": f'Bearer realm="lakehouse", error="insufficient_scope", scope="{scope}"'},
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
