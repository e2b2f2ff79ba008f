"""How often one client, and all of them together, may ask: beyond it, 429 with Retry-After."""

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from serving.limits import Limits
from serving.problems import Problem


class Rates:
    """Counts the requests of the last minute, in this process. A request that is refused isn't counted."""

    def __init__(self, limits: Limits) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._client = RateLimitItemPerMinute(limits.client_requests_a_minute)
        self._all = RateLimitItemPerMinute(limits.requests_a_minute)
        self._refused = RateLimitItemPerMinute(limits.refusals_a_minute)

    def count(self, client: str) -> None:
        """Counts a request of a client. Raises Problem (429) where it, or all together, have had their share."""
        self._take(self._client, f"client {client}", "You have", self._client.amount)
        self._take(self._all, "all", "All clients together have", self._all.amount)

    def check_refusals(self, address: str) -> None:
        """Raises Problem (429) where too many wrong tokens came from an address: nobody tries them all."""
        if not self._limiter.test(self._refused, f"refused {address}"):
            self._raise(self._refused, f"refused {address}", "This address has sent too many wrong tokens:", 0)

    def refuse(self, address: str) -> None:
        """Counts a wrong token from an address."""
        self._limiter.hit(self._refused, f"refused {address}")

    def _take(self, limit: RateLimitItemPerMinute, key: str, who: str, most: int) -> None:
        if not self._limiter.hit(limit, key):
            self._raise(limit, key, who, most)

    def _raise(self, limit: RateLimitItemPerMinute, key: str, who: str, most: int) -> None:
        reset = self._limiter.get_window_stats(limit, key).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        asked = f" asked {most:,} times within a minute, which is the most." if most else ""
        detail = f"{who}{asked} Try again in {seconds} seconds."
        raise Problem(429, "too-many-requests", detail, headers={"Retry-After": str(seconds)})
