"""Numbers of requests, for Prometheus."""

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


class RequestMetrics:
    """Counts requests by route, method and status. Labels are the routes' templates: clients choose none of them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.count = 0
        labels = ("route", "method", "status")
        self._requests = Counter("lakehouse_requests", "Requests", labels, registry=self.registry)
        self._seconds = Histogram(
            "lakehouse_request_seconds", "Time to answer", ("route",), buckets=SECONDS, registry=self.registry
        )

    def ended(self, scope: Mapping[str, Any], status: int, seconds: float) -> None:
        """Counts a request that has been answered."""
        route = getattr(scope.get("route"), "path", "other")
        self.count += 1
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
