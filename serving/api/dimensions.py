"""What metrics can be grouped and filtered by, and the values that there are."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from metrics.query import Query as MetricQuery
from metrics.registry import Registry
from serving.api.documented import PREFIX, PROBLEMS
from serving.api.formats import json_response, plain
from serving.api.operations import Publication, publication_of
from serving.api.parameters import unknown
from serving.parameters import check_names, once
from serving.service import generation_of, service_of

router = APIRouter(prefix=PREFIX, tags=["dimensions"])
MOST = 10_000


class DimensionInfo(BaseModel):
    """A dimension."""

    name: str = Field(examples=["genre"])
    label: str
    description: str
    kind: str = Field(description="text, integer, decimal, date, boolean or key")
    personal: bool = Field(description="an attribute of people: groups under five are added to Other")
    synonyms: list[str]
    metrics: list[str] = Field(description="the metrics that can be grouped and filtered by it")
    values: str = Field(description="its values' address in this API")


class Dimensions(BaseModel):
    """All dimensions."""

    data: list[DimensionInfo]


class Values(BaseModel):
    """The values of a dimension, sorted."""

    data: list[str | int | bool | None]
    complete: bool = Field(description="false where the limit left values out")
    publication: Publication


def metrics_by(registry: Registry, dimension: str) -> list[str]:
    """The metrics that have a dimension."""
    return [name for name in registry.metrics if dimension in registry.dimensions_of(name)]


@router.get("/dimensions", summary="All dimensions", responses={200: {"model": Dimensions}, **PROBLEMS})
async def dimensions(request: Request) -> Response:
    """Every dimension of the registry, with the metrics that have it."""
    check_names(request, ())
    registry = service_of(request).registry
    data = [
        {
            "name": name,
            "label": dimension.label,
            "description": dimension.description,
            "kind": dimension.kind,
            "personal": dimension.personal,
            "synonyms": list(dimension.synonyms),
            "metrics": metrics_by(registry, name),
            "values": f"/api/v1/dimensions/{name}/values",
        }
        for name, dimension in registry.dimensions.items()
    ]
    return json_response({"data": data})


@router.get(
    "/dimensions/{name}/values", summary="Values of a dimension", responses={200: {"model": Values}, **PROBLEMS}
)
async def values(
    request: Request,
    name: str,
    metric: Annotated[str | None, Query(description="only values that this metric has", examples=["plays"])] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 1000,
) -> Response:
    """The values that a dimension has, for menus of filters. Of people, those that at least five people have."""
    check_names(request, ("metric", "limit"))
    once(request, "metric", "limit")
    service, generation = service_of(request), generation_of(request)
    having = metrics_by(service.registry, name)
    if name not in service.registry.dimensions or not having:
        raise unknown("dimension", name, service.registry.dimensions, "/api/v1/dimensions")
    if metric is not None and metric not in having:
        raise unknown("metric", metric, having, "/api/v1/dimensions", status=400)
    found: list[Any] = []
    for one in [metric] if metric else _covering(service.registry, name, having):
        query = MetricQuery(metrics=(one,), dimensions=(name, *_needed(service.registry, one, name)))
        answer = await service.answers.answer(generation, query)
        place = [column.source for column in answer.columns].index(name)
        found += [row[place] for row in answer.rows if row[place] != service.answers.other]
    distinct = sorted({*found}, key=lambda value: (value is None, value))
    is_key = service.registry.dimensions[name].kind == "key"
    body = {
        "data": [plain(value, is_key) for value in distinct[:limit]],
        "complete": len(distinct) <= limit,
        "publication": publication_of(generation.source),
    }
    return json_response(body)


def _covering(registry: Registry, dimension: str, having: list[str]) -> list[str]:
    """A metric for each kind of rows that has the dimension: a title that nobody watches is in the catalogue only."""
    by_rows: dict[str, str] = {}
    for name in having:
        if registry.measures[name].how in ("count", "sum", "count_distinct"):
            by_rows.setdefault(registry.entities_of(name)[0], name)
    return list(by_rows.values()) or having[:1]


def _needed(registry: Registry, metric: str, dimension: str) -> tuple[str, ...]:
    return tuple(name for name in registry.needs_of(metric) if name != dimension)
