"""Queries: any metrics, by any dimensions that they have."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt
from starlette.responses import Response

from local_runtime.errors import LakehouseError
from metrics.query import Compare, Filter, Grain, Operator
from metrics.query import Query as MetricQuery
from metrics.where import parse_where
from serving.access.audit import asked_by
from serving.api.documented import PREFIX, tabular
from serving.api.formats import Format, format_of
from serving.api.parameters import FormatParameter
from serving.api.tables import Rows, Tabular, described, limit_of, rows_response
from serving.parameters import check_names, once
from serving.problems import bad_request
from serving.service import generation_of, service_of

router = APIRouter(prefix=PREFIX, tags=["metrics"])
PATH = "/api/v1/query"
LONGEST = 2000


def _day(value: Any) -> date:
    """A day that is written out. Raises ValueError for anything else, numbers of seconds included."""
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except (TypeError, ValueError):
        raise ValueError("a day is a text such as 2026-11-29") from None


Day = Annotated[date, BeforeValidator(_day)]
"""A day, written out."""


class FilterBody(BaseModel):
    """Rows whose dimension passes a comparison."""

    model_config = ConfigDict(extra="forbid")

    dimension: str = Field(max_length=200, examples=["genre"])
    operator: Operator = Field(default="=", examples=["in"])
    values: list[StrictBool | StrictInt | str] = Field(min_length=1, max_length=1000, examples=[["Dramas", "Comedies"]])


class QueryBody(BaseModel):
    """A query: the same as the parameters of GET, with filters of any values."""

    model_config = ConfigDict(extra="forbid")

    metrics: list[str] = Field(min_length=1, max_length=20, examples=[["hours_viewed", "plays"]])
    dimensions: list[str] = Field(default=[], max_length=10, examples=[["genre"]])
    where: list[FilterBody] = Field(default=[], max_length=50)
    grain: Grain | None = Field(default=None, examples=["month"])
    last: str | None = Field(default=None, examples=["12m"], description="a period up to the newest day: 30d, 12m, 2y")
    until: Day | None = Field(default=None, description="the period's last day, in place of the newest")
    compare: Compare | None = Field(default=None, description="with the period before, or with a year before")
    order: list[str] = Field(default=[], max_length=10, examples=[["-hours_viewed"]])
    limit: int | None = Field(default=None, ge=1)


@router.get("/query", summary="Query metrics", responses=tabular(Tabular))
async def get_query(
    request: Request,
    metrics: Annotated[str, Query(max_length=LONGEST, examples=["hours_viewed,plays"], description="names, by comma")],
    dimensions: Annotated[str, Query(max_length=LONGEST, examples=["genre"], description="names, by comma")] = "",
    where: Annotated[
        list[str] | None,
        Query(max_length=50, examples=[["genre = 'Dramas'"]], description="filters that all hold"),
    ] = None,
    grain: Annotated[Grain | None, Query(examples=["month"])] = None,
    last: Annotated[str | None, Query(description="a period up to the newest day: 30d, 12m", examples=["12m"])] = None,
    until: Annotated[Day | None, Query(description="the period's last day, in place of the newest")] = None,
    compare: Annotated[Compare | None, Query(description="with the period before, or with a year before")] = None,
    order: Annotated[str, Query(max_length=LONGEST, description="names, by comma; -name: largest first")] = "",
    limit: Annotated[int | None, Query(ge=1)] = None,
    form: FormatParameter = None,
) -> Response:
    """Metrics by dimensions, as in `./lakehouse metrics query`. The address is the query: it can be kept and sent."""
    known = ("metrics", "dimensions", "where", "grain", "last", "until", "compare", "order", "limit", "format")
    check_names(request, known)
    once(request, *(name for name in known if name != "where"))
    wanted = format_of(request, form)
    query = MetricQuery(
        metrics=_names(metrics),
        dimensions=_names(dimensions),
        where=_filters(where or []),
        grain=grain,
        last=last,
        until=until,
        compare=compare,
        order=_names(order),
        limit=limit_of(request, wanted, limit),
    )
    return await _answer(request, wanted, query, [*request.query_params.multi_items()])


@router.post("/query", summary="Query metrics by a body", responses=tabular(Tabular))
async def post_query(request: Request, body: Annotated[QueryBody, Body()], form: FormatParameter = None) -> Response:
    """The same, for queries that are too long for an address. GET can be kept by clients (ETag), this can't."""
    check_names(request, ("format",))
    once(request, "format")
    wanted = format_of(request, form)
    query = MetricQuery(
        metrics=tuple(body.metrics),
        dimensions=tuple(body.dimensions),
        where=tuple(Filter(part.dimension, part.operator, tuple(part.values)) for part in body.where),
        grain=body.grain,
        last=body.last,
        until=body.until,
        compare=body.compare,
        order=tuple(body.order),
        limit=limit_of(request, wanted, body.limit),
    )
    return await _answer(request, wanted, query, None)


async def _answer(
    request: Request, form: Format, query: MetricQuery, parameters: list[tuple[str, str]] | None
) -> Response:
    service = service_of(request)
    request.state.asked = asked_by(query, service.registry)
    answer = await service.answers.answer(generation_of(request), query)
    columns: list[dict[str, Any]] = [described(column) for column in answer.columns]
    rows = Rows(name="query", columns=columns, table=answer.table, complete=answer.complete, parameters=parameters)
    return await rows_response(request, form, rows, PATH)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _filters(texts: list[str]) -> tuple[Filter, ...]:
    """The filters of all parameters `where`. Raises Problem for one that isn't understood."""
    try:
        return tuple(part for text in texts for part in parse_where(text))
    except LakehouseError as error:
        raise bad_request("where", str(error)) from None
