"""`/metrics`: numbers about this process, as Prometheus reads them."""

import time
from collections.abc import Iterator

from fastapi import APIRouter, Request
from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from serving.service import Service, service_of

router = APIRouter()
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class ServiceCollector(Collector):
    """What the service counts itself."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """The numbers now."""
        service = self._service
        counters, source = service.statements.counters, service.generations.current.source
        totals = {
            "statements": ("Statements that ran", counters.ran),
            "statement_seconds": ("Seconds that statements took", counters.seconds),
            "answers_from_cache": ("Answers from the cache", counters.from_cache),
            "answers_shared": ("Requests that waited for an equal one", counters.joined),
            "statements_refused": ("Requests answered 503", counters.refused),
            "statements_interrupted": ("Statements stopped after their time", counters.interrupted),
        }
        for name, (meaning, value) in totals.items():
            yield CounterMetricFamily(f"lakehouse_{name}", meaning, value)
        yield GaugeMetricFamily(
            "lakehouse_statements_waiting", "Statements not answered yet", service.statements.waiting
        )
        yield GaugeMetricFamily("lakehouse_generations", "Publications in memory", service.generations.kept)
        yield GaugeMetricFamily("lakehouse_stale", "1 where the newest publication isn't served", bool(service.trouble))
        if source.publication is not None and source.published_at is not None:
            yield GaugeMetricFamily("lakehouse_publication", "The publication that is served", source.publication)
            age = time.time() - source.published_at.timestamp()
            yield GaugeMetricFamily("lakehouse_publication_age_seconds", "Its age", age)


@router.get("/metrics", include_in_schema=False)
async def prometheus(request: Request) -> Response:
    """All numbers."""
    return Response(generate_latest(service_of(request).requests.registry), media_type=MEDIA_TYPE)
