"""KPI tables of gold."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from metrics.kpis import kpi_columns, kpi_query, kpi_tables
from serving.api.documented import PREFIX, PROBLEMS, tabular
from serving.api.formats import format_of, json_response
from serving.api.parameters import FormatParameter, unknown
from serving.api.tables import Rows, Tabular, described, kinds_of, limit_of, rows_response
from serving.kpis import columns_of, is_personal, stored_rows
from serving.parameters import check_names, once
from serving.service import Service, generation_of, service_of

router = APIRouter(prefix=PREFIX, tags=["KPI tables"])


class ListedKpi(BaseModel):
    """A KPI table."""

    name: str = Field(examples=["kpi_genre"])
    question: str | None
    dimensions: list[str]
    measures: list[str]
    personal: bool = Field(description="has attributes of people: groups under five are added to Other")
    rows: str = Field(description="its address in this API")


class Kpis(BaseModel):
    """All KPI tables."""

    data: list[ListedKpi]


@router.get("/kpis", summary="All KPI tables", responses={200: {"model": Kpis}, **PROBLEMS})
async def kpis(request: Request) -> Response:
    """Every KPI table, with its question."""
    check_names(request, ())
    registry = service_of(request).registry
    data = [
        {
            "name": name,
            "question": table.question,
            "dimensions": list(table.dimensions),
            "measures": list(table.columns),
            "personal": is_personal(registry, table),
            "rows": f"/api/v1/kpis/{name}",
        }
        for name, table in ((name, registry.tables[name]) for name in kpi_tables(registry))
    ]
    return json_response({"data": data})


@router.get("/kpis/{name}", summary="One KPI table", responses=tabular(Tabular))
async def kpi(
    request: Request, name: str, limit: Annotated[int | None, Query(ge=1)] = None, form: FormatParameter = None
) -> Response:
    """The rows of a KPI table, in the order of its columns."""
    check_names(request, ("limit", "format"))
    once(request, "limit", "format")
    service, wanted = service_of(request), format_of(request, form)
    tables = kpi_tables(service.registry)
    if name not in tables:
        raise unknown("KPI table", name, tables, "/api/v1/kpis")
    most = limit_of(request, wanted, limit)
    rows = await _rows(request, service, name, most)
    return await rows_response(request, wanted, rows, f"/api/v1/kpis/{name}")


async def _rows(request: Request, service: Service, name: str, most: int) -> Rows:
    generation, registry = generation_of(request), service.registry
    parameters = [*request.query_params.multi_items()]
    if is_personal(registry, registry.tables[name]):
        answer = await service.answers.answer(generation, replace(kpi_query(registry, name), limit=most))
        own = {source: column for column, source in kpi_columns(registry, name).items()}
        columns = [{**described(column), "name": own[column.source]} for column in answer.columns]
        table = answer.table.rename_columns([column["name"] for column in columns])
        return Rows(name=name, columns=columns, table=table, complete=answer.complete, parameters=parameters)
    key = ("kpi", name, most)
    found = await service.statements.once(generation, key, lambda cursor: stored_rows(cursor, name, most))
    columns = columns_of(registry, registry.tables[name], found.names, kinds_of(found.table))
    complete = found.table.num_rows <= most
    return Rows(name=name, columns=columns, table=found.table.slice(0, most), complete=complete, parameters=parameters)
