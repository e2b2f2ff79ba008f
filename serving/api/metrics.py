"""What can be asked: metrics and their meaning."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from metrics.registry import Registry
from serving.api.documented import PREFIX, PROBLEMS
from serving.api.formats import json_response
from serving.api.parameters import unknown
from serving.parameters import check_names
from serving.service import service_of

router = APIRouter(prefix=PREFIX, tags=["metrics"])


class Metric(BaseModel):
    """A metric: what it means, how it is written, and what it can be grouped and filtered by."""

    name: str = Field(examples=["hours_viewed"])
    label: str = Field(examples=["Hours viewed"])
    description: str
    definition: str = Field(description="how it is computed")
    unit: str
    format: str
    adds_up: str = Field(description="over what its values may be added up")
    synonyms: list[str]
    dimensions: list[str]
    grains: list[str] = Field(description="of time, by which it can be shown; empty where a part of it has no dates")
    needs: list[str] = Field(description="dimensions without which it has no meaning")
    subject: str | None
    query: str = Field(description="its address in this API")


class Metrics(BaseModel):
    """All metrics."""

    data: list[Metric]


class OneMetric(BaseModel):
    """One metric."""

    data: Metric


def described(registry: Registry, name: str) -> dict[str, Any]:
    """What there is to say of a metric."""
    measure = registry.measure(name)
    needed = ",".join(registry.fewest_dimensions(name))
    return {
        "name": name,
        "label": measure.label,
        "description": measure.description,
        "definition": measure.definition,
        "unit": measure.unit,
        "format": measure.format,
        "adds_up": measure.adds_up,
        "synonyms": list(measure.synonyms),
        "dimensions": registry.dimensions_of(name),
        "grains": registry.grains_of(name),
        "needs": registry.needs_of(name),
        "subject": registry.subjects.get(name),
        "query": f"/api/v1/query?metrics={name}{f'&dimensions={needed}' if needed else ''}",
    }


@router.get("/metrics", summary="All metrics", responses={200: {"model": Metrics}, **PROBLEMS})
async def metrics(request: Request) -> Response:
    """Every metric of the registry."""
    check_names(request, ())
    registry = service_of(request).registry
    return json_response({"data": [described(registry, name) for name in registry.metrics]})


@router.get("/metrics/{name}", summary="One metric", responses={200: {"model": OneMetric}, **PROBLEMS})
async def metric(request: Request, name: str) -> Response:
    """A metric: its definition, and what it can be grouped by."""
    check_names(request, ())
    registry = service_of(request).registry
    if name not in registry.metrics:
        raise unknown("metric", name, registry.metrics, "/api/v1/metrics")
    return json_response({"data": described(registry, name)})
