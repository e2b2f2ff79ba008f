"""Parameters that several routes have, and the refusal of those that a route doesn't have."""

import difflib
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Query, Request

from serving.api.formats import Format
from serving.problems import Problem, bad_request

FormatParameter = Annotated[
    Format | None, Query(alias="format", description="instead of an Accept header: json, csv or arrow")
]


def check_names(request: Request, known: Iterable[str]) -> None:
    """Raises Problem for a parameter that the route doesn't have: a misspelled filter would be left out."""
    names = {*known}
    for name in request.query_params:
        if name not in names:
            raise bad_request(
                "unknown-parameter", f"There is no parameter {name}{_meant(name, names)}. There are: {_listed(names)}."
            )


def once(request: Request, *names: str) -> None:
    """Raises Problem where one of the parameters is given several times."""
    for name in names:
        if len(request.query_params.getlist(name)) > 1:
            raise bad_request("repeated-parameter", f"The parameter {name} is given several times.")


def unknown(kind: str, name: str, known: Iterable[str], where: str, status: int = 404) -> Problem:
    """A name that isn't in the registry, with the nearest ones."""
    names = [*known]
    meant = _meant(name, names)
    return Problem(
        status,
        f"unknown-{kind.lower().replace(' ', '-')}",
        f"There is no {kind} {name[:200]}{meant}. All of them: {where}",
    )


def _meant(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, [*names], 3)
    return f". Nearest: {', '.join(near)}" if near else ""


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(sorted(names)) or "none"
