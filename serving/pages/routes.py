"""The routes of the declared pages: the reader's parameters in, the page out."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.pages.model import Page
from serving.generations import Generation
from serving.locales import locale_of
from serving.pages import vega
from serving.pages.asking import Answered, Asker, Chosen
from serving.pages.building import PERIODS, Builder, choices_of, extent_of
from serving.pages.rendering import rendered
from serving.parameters import LONGEST, check_names, once
from serving.problems import bad_request
from serving.service import Service, generation_of, service_of


def chosen_in(request: Request, page: Page) -> Chosen:
    """What the address chooses. Raises Problem for a parameter or period that the page has not, or a repeated one."""
    given = request.query_params
    known = [*(["period"] if page.periods else []), *(choice.name for choice in page.choices)]
    check_names(request, known)
    once(request, *known)
    period = given.get("period") or (page.periods[0] if page.periods else None)
    if period is not None and period not in page.periods:
        there = ", ".join(page.periods)
        raise bad_request("period", f"This page has no period {period[:LONGEST]!r}. It has: {there}.")
    members = {choice.name: given.get(choice.name, "") for choice in page.choices}
    return Chosen(period=period, members={name: member for name, member in members.items() if member})


def status_of(answered: Answered) -> int:
    """200, or the status of what went wrong with a part of the page: such a page is shown, and isn't kept."""
    return max((problem.status_code for problem in answered.problems), default=200)


def page_router(pages: Iterable[Page]) -> APIRouter:
    """A route for each page."""
    router = APIRouter()
    for page in pages:
        router.add_api_route(page.path, _endpoint(page), methods=["GET"], name=page.title)
    return router


def _endpoint(page: Page):  # type: ignore[no-untyped-def]
    async def show(request: Request) -> Response:
        service = service_of(request)
        chosen = chosen_in(request, page)
        answered = await Asker(service, generation_of(request)).page(page, chosen)
        builder = Builder(service.registry, locale_of(request.headers.get("accept-language", "")), chosen.period)
        response = rendered(
            request,
            "page.html",
            page.title,
            lead=page.lead + extent_of(page, answered),
            page=page,
            periods=[(name, PERIODS[name]) for name in page.periods],
            chosen=chosen,
            choices=choices_of(page, answered, chosen.members),
            headlines=builder.headlines(answered),
            panels=builder.panels(answered),
        )
        response.status_code = status_of(answered)
        return response

    return show


def warmer(pages: Iterable[Page]):  # type: ignore[no-untyped-def]
    """What asks the questions of the pages, as they are first opened, of a generation that isn't served yet.

    At the first start it makes the library of charts, too.
    """

    async def warm(service: Service, generation: Generation) -> None:
        with suppress(OSError):  # Charts say that they can't be drawn, and the request for the script says why.
            await asyncio.to_thread(vega.script)
        for page in pages:
            chosen = Chosen(period=page.periods[0] if page.periods else None, members={})
            await Asker(service, generation).page(page, chosen)

    return warm
