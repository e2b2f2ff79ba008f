"""A page about the API: its addresses, and where its description is."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from serving.pages.rendering import rendered
from serving.parameters import check_names

router = APIRouter()


@router.get("/api")
async def api(request: Request) -> Response:
    """The API's addresses, from its own description."""
    check_names(request)
    operations = [
        (method.upper(), path, operation["summary"], operation.get("description", ""))
        for path, methods in request.app.state.description()["paths"].items()
        for method, operation in methods.items()
    ]
    return rendered(
        request, "api.html", "API", lead="For programs: the same numbers as these pages.", operations=operations
    )
