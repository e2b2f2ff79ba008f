"""A page about each metric: what it means and how it is computed."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from serving.pages.rendering import rendered
from serving.parameters import LONGEST, check_names
from serving.problems import not_found
from serving.service import service_of

router = APIRouter()
ADDS_UP = {
    "everything": "over every dimension and over time",
    "not time": "over every dimension, but not over time",
    "nothing": "over nothing: ask for the total itself",
}


@router.get("/definitions/{name}")
async def definition(request: Request, name: str) -> Response:
    """A metric's meaning, unit and dimensions."""
    check_names(request)
    registry = service_of(request).registry
    measure = registry.metrics.get(name)
    if measure is None:
        raise not_found("unknown-metric", f"There is no metric {name[:LONGEST]}. The API lists all: /api/v1/metrics")
    terms = {
        "Definition": measure.definition,
        "Unit": measure.unit,
        "Adds up": ADDS_UP.get(measure.adds_up, measure.adds_up),
        "Also called": ", ".join(measure.synonyms),
        "By": ", ".join(registry.dimensions[one].label.lower() for one in registry.dimensions_of(name)),
    }
    return rendered(
        request,
        "definition.html",
        measure.label,
        lead=f"{measure.description[:1].upper()}{measure.description[1:]}",
        terms={label: text for label, text in terms.items() if text},
        api=f"/api/v1/metrics/{name}",
    )
