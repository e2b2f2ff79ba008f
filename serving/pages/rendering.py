"""Renders templates: what every page is given, and how values are written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from serving.locales import locale_of
from serving.pages import vega
from serving.service import generation_of, service_of

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Link:
    """A page in the navigation; `icon` is one of templates/icons.html."""

    path: str
    title: str
    icon: str


LINKS = (
    Link("/", "Overview", "overview"),
    Link("/catalogue", "Catalogue", "catalogue"),
    Link("/growth", "Growth", "growth"),
    Link("/viewing", "Viewing", "viewing"),
    Link("/audience", "Audience and revenue", "audience"),
    Link("/taste", "Taste and regions", "taste"),
    Link("/titles", "Titles", "titles"),
    Link("/operations", "Operations", "operations"),
)

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def rendered(request: Request, template: str, title: str, *, lead: str = "", **values: Any) -> HTMLResponse:
    """The page of a template; `lead` is the line under its title.

    Every template gets `links`, `here` (its path), `title`, `lead`, `source`, `trouble`, `locale` (its methods write
    numbers as the reader does) and `vega`, the address of the library of charts, too.
    """
    shared = {
        "links": LINKS,
        "here": request.url.path,
        "title": title,
        "lead": lead,
        "source": generation_of(request).source,
        "trouble": service_of(request).trouble,
        "locale": locale_of(request.headers.get("accept-language", "")),
        "vega": vega.address(),
    }
    return HTMLResponse(_environment.get_template(template).render(**shared, **values))
