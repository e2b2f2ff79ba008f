"""Renders templates: what every page is given, and how values are written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from serving.service import generation_of, service_of

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Page:
    """A page in the navigation."""

    path: str
    title: str


PAGES = (
    Page("/", "Overview"),
    Page("/catalogue", "Catalogue"),
    Page("/growth", "Growth"),
    Page("/viewing", "Viewing"),
    Page("/audience", "Audience and revenue"),
    Page("/taste", "Taste and regions"),
    Page("/operations", "Operations"),
)

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def rendered(request: Request, template: str, title: str, **values: Any) -> HTMLResponse:
    """The page of a template, which gets `pages`, `here` (its path), `title`, `source` and `trouble` too."""
    shared = {
        "pages": PAGES,
        "here": request.url.path,
        "title": title,
        "source": generation_of(request).source,
        "trouble": service_of(request).trouble,
    }
    return HTMLResponse(_environment.get_template(template).render(**shared, **values))
