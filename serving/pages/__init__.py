"""The pages: HTML that is made here, from the same answers as the API's.

A page is a function in a module of this folder, with a route on `router`, that asks `service.answers` and renders a
template over `base.html` (`rendered`). Its `warm` asks the page's questions of a generation that isn't served yet.
Style sheets and scripts are files in `static/`.
"""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from serving.pages import api, operations, overview, titles

STATIC = Path(__file__).parent / "static"


def add_pages(app: FastAPI) -> None:
    """Adds the pages, and the files that they load, to the application."""
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.state.service.warmers.append(overview.warm)
    operations.prepare(app, app.state.service)
    for page in (overview, titles, operations, api):
        app.include_router(page.router, include_in_schema=False)
