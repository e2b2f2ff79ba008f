"""The API's description in OpenAPI 3.1: what FastAPI knows of the routes, and what only we know."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from metrics.registry import Registry
from serving.api.documented import ProblemDetails

TITLE, VERSION = "Lakehouse", "1"
ABOUT = """Metrics, KPI tables and titles of one lake, as one publication has them: every answer says which.

Decimals and 64-bit keys are texts in JSON, so that no digit is lost. Send an answer's `ETag` as `If-None-Match`: 304
means that nothing has changed. Problems are `application/problem+json`, and say what to do."""


def describe(app: FastAPI, registry: Registry) -> dict[str, Any]:
    """The description, with the names that the registry has."""
    document: dict[str, Any] = get_openapi(title=TITLE, version=VERSION, description=ABOUT, routes=app.routes)
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["ProblemDetails"] = ProblemDetails.model_json_schema()
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)  # wrong requests are answered 400
    names = {"metrics": sorted(registry.metrics), "dimensions": sorted(registry.dimensions)}
    for part, known in names.items():
        schemas["QueryBody"]["properties"][part]["description"] = f"names: {', '.join(known)}"
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "only where the server was started with a token"}
    }
    document["security"] = [{}, {"token": []}]
    return document
