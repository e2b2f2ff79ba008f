"""How often one client, and all of them together, may ask: beyond it, 429 with Retry-After."""

import math
import threading
import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from serving.limits import Limits
from serving.problems import Problem

MOST = 10_000
"""Clients and addresses that are remembered: clients choose their addresses, and memory isn't theirs to fill."""
ALL = "all"


class Rates:
    """Counts the requests of the last minute, in this process. A request that is refused isn't counted."""

    def __init__(self, limits: Limits, most: int = MOST) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._client = RateLimitItemPerMinute(limits.client_requests_a_minute)
        self._all = RateLimitItemPerMinute(limits.requests_a_minute)
        self._refused = RateLimitItemPerMinute(limits.refusals_a_minute)
        self._most, self._lock = most, threading.Lock()
        self._counted: OrderedDict[tuple[RateLimitItemPerMinute, str], None] = OrderedDict()

    def count(self, client: str) -> None:
        """Counts a request of a client. Raises Problem (429) where it, or all together, have had their share."""
        self._take(self._client, f"client {client}", "You have", self._client.amount)
        self._take(self._all, ALL, "All clients together have", self._all.amount)

    def refuse(self, address: str) -> None:
        """Counts a wrong token from an address. Raises Problem (429) where there were too many already."""
        self._take(self._refused, f"refused {network_of(address)}", "This address has sent too many wrong tokens:", 0)

    def _take(self, limit: RateLimitItemPerMinute, key: str, who: str, most: int) -> None:
        if key != ALL:
            self._remember(limit, key)
        if not self._limiter.hit(limit, key):
            self._raise(limit, key, who, most)

    def _remember(self, limit: RateLimitItemPerMinute, key: str) -> None:
        """Forgets whoever asked longest ago where there are too many: the storage itself never forgets a key."""
        with self._lock:
            self._counted[limit, key] = None
            self._counted.move_to_end((limit, key))
            if len(self._counted) > self._most:
                self._limiter.clear(*self._counted.popitem(last=False)[0])

    def _raise(self, limit: RateLimitItemPerMinute, key: str, who: str, most: int) -> None:
        reset = self._limiter.get_window_stats(limit, key).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        asked = f" asked {most:,} times within a minute, which is the most." if most else ""
        detail = f"{who}{asked} Try again in {seconds} seconds."
        raise Problem(429, "too-many-requests", detail, headers={"Retry-After": str(seconds)})


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 client has for itself."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
