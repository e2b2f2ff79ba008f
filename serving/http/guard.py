"""Who may ask, how much and how often: the Host header, the token and its scopes, rates, the size of a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address

from serving.access.current import CurrentTokens
from serving.access.rates import Rates
from serving.access.scopes import has_control_characters, scopes_of
from serving.access.tokens import Token
from serving.http.identity import name_of
from serving.limits import Limits
from serving.problems import Problem, bad_request, not_found

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
OPEN_PATHS = frozenset({"/api/v1/ready"})
"""What a load balancer asks, without a token: it says nothing about the data."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks: the name of a token or user, if that is known. `scopes` are the token's; None: nothing is closed."""

    name: str | None
    address: str
    scopes: tuple[str, ...] | None = None

    def check_scope(self, path: str) -> None:
        """Raises Problem where the token lacks the scope of the path: 403, and 404 for a path that nobody knows."""
        needed = scopes_of(path)
        if self.scopes is None or {*needed} <= {*self.scopes}:
            return
        if len(needed) > 1:
            raise nothing_there()
        (scope,) = needed
        raise Problem(
            403,
            "scope-needed",
            f"The token {self.name} doesn't have the scope {scope}. It has: {', '.join(self.scopes)}.",
            headers={"WWW-Authenticate": f'Bearer realm="lakehouse", error="insufficient_scope", scope="{scope}"'},
        )


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

    def identify(self, path: str, headers: Mapping[bytes, bytes], address: str = "") -> Caller:
        """Who asks. Raises Problem for a wrong host, and for a request without a valid token where one is needed."""
        self._check_host(headers.get(b"host", b"").decode("latin-1"))
        if self.tokens is not None and path not in OPEN_PATHS:
            token = self._token(self.tokens, headers, address)
            return Caller(name=token.name, address=address, scopes=token.scopes)
        return Caller(name=name_of(headers) if self.behind_proxy else None, address=address)

    def allow(self, caller: Caller, path: str, query: bytes, headers: Mapping[bytes, bytes]) -> None:
        """Raises Problem where the caller may not ask for the path, asks too often, or sends too much."""
        if self.rates is not None and path not in OPEN_PATHS:
            self.rates.count(caller.name or caller.address)
        if has_control_characters(path):
            raise nothing_there()
        caller.check_scope(path)
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self.limits.request_bytes:
            raise too_large(self.limits)
        if query.count(b"&") >= self.limits.parameters:
            raise bad_request("too-many-parameters", f"An address may have {self.limits.parameters} parameters.")

    def _check_host(self, host: str) -> None:
        """A page elsewhere may let its own name point to this machine, to read what is served here."""
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        if self.hosts is not None and name.lower() not in self.hosts:
            raise Problem(421, "wrong-host", "This address answers only as localhost, 127.0.0.1 or [::1].")

    def _token(self, tokens: CurrentTokens, headers: Mapping[bytes, bytes], address: str) -> Token:
        assert self.rates is not None
        scheme, _, given = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        token = tokens.find(given.strip()) if scheme.lower() == "bearer" else None
        if token is not None:  # whoever sends wrong ones from the same address takes nothing from it
            return token
        if given:
            self.rates.refuse(address)
        raise Problem(
            401,
            "token-needed",
            "Send a valid token of this server: Authorization: Bearer TOKEN. One that has ended is none.",
            headers={"WWW-Authenticate": 'Bearer realm="lakehouse"'},
        )


def nothing_there() -> Problem:
    """An address that nothing is at."""
    return not_found("not-found", "There is nothing at this address.")


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
