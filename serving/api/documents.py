"""The API's description."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from serving.api.documented import PREFIX
from serving.api.formats import json_response

router = APIRouter(prefix=PREFIX)


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> Response:
    """The API in OpenAPI 3.1."""
    return json_response(request.app.state.description())
