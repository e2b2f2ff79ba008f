"""The application: routes of the API and of the pages, behind one middleware."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from serving.api import api_router
from serving.api.description import describe
from serving.http.access_log import AccessLog
from serving.http.guard import Access
from serving.http.middleware import Middleware
from serving.http.prometheus import ServiceCollector
from serving.http.prometheus import router as prometheus_router
from serving.pages import add_pages
from serving.pages.errors import problem_response
from serving.problems import Problem, mistake
from serving.service import Service

KINDS = {404: "not-found", 405: "method-not-allowed", 400: "bad-request"}


def create_app(service: Service, access: Access | None = None, log: AccessLog | None = None) -> ASGIApp:
    """The ASGI application that answers with `service`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.loop = asyncio.get_running_loop()
        warming = asyncio.create_task(service.warm(service.generations.current))
        yield
        warming.cancel()

    # The documents of FastAPI load scripts from elsewhere.
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service
    app.state.description = cache(lambda: describe(app, service.registry))
    app.include_router(api_router())
    app.include_router(prometheus_router)
    add_pages(app)
    service.requests.registry.register(ServiceCollector(service))
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _mistake)
    return Middleware(app, service, access or Access(), log or AccessLog())


async def _http_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        assert isinstance(error, HTTPException)
        kind = KINDS.get(error.status_code, "error")
        detail = "There is nothing at this address." if error.status_code == 404 else str(error.detail)
        error = Problem(error.status_code, kind, detail, headers=error.headers)
    return problem_response(error, request)


async def _mistake(request: Request, _: Exception) -> Response:
    return problem_response(mistake(), request)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [{"parameter": _parameter(part), "message": part["msg"]} for part in error.errors()]
    detail = "; ".join(f"{part['parameter']}: {part['message']}" for part in errors)
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and not sent_as.endswith("json"):
        detail = f"{detail}. Send the body as JSON, with the header Content-Type: application/json."
    problem = Problem(400, "invalid-request", detail, errors=errors)
    return problem_response(problem, request)


def _parameter(error: Mapping[str, Any]) -> str:
    """What an error is in. Of a body that is no JSON, that is `body`: the rest is a position."""
    kind, *inside = error["loc"]
    is_position = error["type"] == "json_invalid"
    return str(kind) if is_position or not inside else ".".join(map(str, inside))
