"""The overview: how the service does, in six numbers."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from metrics.query import Query
from serving.generations import Generation
from serving.pages.rendering import rendered
from serving.service import Service, generation_of, service_of

router = APIRouter()


@dataclass(frozen=True)
class Headline:
    """A number at the top of the page."""

    metric: str
    query: Query


HEADLINES = tuple(
    Headline(name, Query(metrics=(name,)))
    for name in ("titles", "production_countries", "hours_viewed", "plays", "subscribers", "monthly_revenue")
)


async def warm(service: Service, generation: Generation) -> None:
    """Answers the page's questions before they are asked."""
    await service.answers.answer_all(generation, [headline.query for headline in HEADLINES])


@router.get("/")
async def overview(request: Request) -> Response:
    """The page."""
    service = service_of(request)
    answers = await service.answers.answer_all(generation_of(request), [headline.query for headline in HEADLINES])
    numbers: list[dict[str, Any]] = []
    for headline, answer in zip(HEADLINES, answers, strict=True):
        measure = service.registry.measure(headline.metric)
        numbers.append({"name": headline.metric, "measure": measure, "value": answer.value(headline.metric)})
    return rendered(request, "overview.html", "Overview", numbers=numbers)
