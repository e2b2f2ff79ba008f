"""Health, readiness, publications."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from local_runtime.errors import LakehouseError
from serving.api.documented import PREFIX, PROBLEMS
from serving.api.formats import json_response
from serving.problems import Problem
from serving.service import generation_of, service_of
from serving.sources import Source

router = APIRouter(prefix=PREFIX, tags=["operations"])


class Publication(BaseModel):
    """What an answer was made from; `id` and `published_at` are null for a lake without publications."""

    id: int | None = Field(examples=[12])
    published_at: str | None = Field(examples=["2026-11-29T20:31:52+00:00"])
    tag: str = Field(examples=["p12-3f2a9c1b7d60"], description="names the versions of all tables")


class Health(BaseModel):
    """Whether the newest publication is served; `trouble` says why not, and what to do."""

    status: str = Field(examples=["ok"], description="ok, or stale: an older publication is served")
    publication: Publication
    loaded_at: str
    started_at: str
    trouble: str | None


class Ready(BaseModel):
    """Whether requests are answered."""

    ready: bool


class ListedPublication(BaseModel):
    """A publication of the lake."""

    id: int
    published_at: str
    update_id: str
    tables: int
    served: bool


class Publications(BaseModel):
    """The publications that are kept, newest first."""

    data: list[ListedPublication]


def publication_of(source: Source) -> dict[str, Any]:
    """What an answer says of its source."""
    published = source.published_at.isoformat() if source.published_at else None
    return {"id": source.publication, "published_at": published, "tag": source.tag}


@router.get("/health", summary="Health", responses={200: {"model": Health}, **PROBLEMS})
async def health(request: Request) -> Response:
    """Whether the process answers, and whether it serves the newest publication."""
    service = service_of(request)
    generation = service.generations.current
    body = {
        "status": "stale" if service.trouble else "ok",
        "publication": publication_of(generation.source),
        "loaded_at": generation.loaded_at.isoformat(timespec="seconds"),
        "started_at": service.started_at.isoformat(timespec="seconds"),
        "trouble": service.trouble,
    }
    return json_response(body)


@router.get("/ready", summary="Readiness", responses={200: {"model": Ready}, **PROBLEMS})
async def ready(request: Request) -> Response:
    """Whether a new request would be answered: 503 where as many wait as may."""
    statements = service_of(request).statements
    if statements.is_full:
        raise Problem(503, "busy", "Too many queries are waiting.", headers={"Retry-After": "2"})
    return json_response({"ready": True})


@router.get("/publications", summary="Publications", responses={200: {"model": Publications}, **PROBLEMS})
async def list_publications(request: Request) -> Response:
    """The publications of the lake, newest first, and which one is served."""
    served = generation_of(request).source.publication
    try:
        found = await asyncio.to_thread(service_of(request).store.publications)
    except LakehouseError as error:
        raise Problem(500, "damaged-publication", str(error)) from None
    data = [{**publication, "served": publication["id"] == served} for publication in reversed(found)]
    return json_response({"data": data})
