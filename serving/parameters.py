"""The refusal of parameters that a route doesn't have, or has once."""

import difflib
from collections.abc import Iterable

from fastapi import Request

from serving.problems import bad_request

LONGEST = 200


def check_names(request: Request, known: Iterable[str] = ()) -> None:
    """Raises Problem for a parameter that the route doesn't have: a misspelled filter would be left out."""
    names = {*known}
    request.state.parameters = names  # for the audit log
    for name in request.query_params:
        if name not in names:
            there = f"There are: {', '.join(sorted(names))}." if names else "There are none here."
            raise bad_request(
                "unknown-parameter", f"There is no parameter {name[:LONGEST]}{nearest_names(name, names)}. {there}"
            )


def once(request: Request, *names: str) -> None:
    """Raises Problem where one of the parameters is given several times."""
    for name in names:
        if len(request.query_params.getlist(name)) > 1:
            raise bad_request("repeated-parameter", f"The parameter {name} is given several times.")


def nearest_names(name: str, names: Iterable[str]) -> str:
    """The names that may be meant, as a sentence to add; empty where none is near."""
    near = difflib.get_close_matches(name, [*names], 3)
    return f". Nearest: {', '.join(near)}" if near else ""
