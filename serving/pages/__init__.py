"""The pages: HTML that is made here, from the same answers as the API's.

A page is data: `dashboards/pages/` has one module for each, with its headlines, panels and filters (`model.py` there
says what they are). From there to the HTML: `routes.py` (the reader's parameters) -> `asking.py` (queries, side by
side) -> `building.py` and `drawings.py` (texts in the reader's locale, bars, specifications of charts) ->
`templates/page.html`.
A page that asks for something other than the registry's numbers has a module here with a `router`, and a template over
`base.html` that imports `parts.html` (cards, panels, tables, bars, states): `operations.py`, `titles.py`,
`definitions.py`, `api.py`.

Style sheet and scripts are files in `static/`; `vega.py` makes the library that draws charts from its Python package.
"""

from fastapi import FastAPI

from dashboards.pages import PAGES
from serving.pages import api, definitions, operations, titles, vega
from serving.pages.files import Files
from serving.pages.routes import page_router, warmer


def add_pages(app: FastAPI) -> None:
    """Adds the pages, and the files that they load, to the application."""
    app.mount("/static", Files(), name="static")
    app.state.service.warmers.append(warmer(PAGES))
    operations.prepare(app, app.state.service)
    for router in (page_router(PAGES), operations.router, titles.router, definitions.router, api.router, vega.router):
        app.include_router(router, include_in_schema=False)
