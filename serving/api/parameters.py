"""A parameter that several routes have, and the problem with a name that the registry doesn't have."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Query

from serving.api.formats import Format
from serving.parameters import LONGEST, nearest_names
from serving.problems import Problem

FormatParameter = Annotated[
    Format | None, Query(alias="format", description="instead of an Accept header: json, csv or arrow")
]


def unknown(kind: str, name: str, known: Iterable[str], where: str, status: int = 404) -> Problem:
    """A name that isn't in the registry, with the nearest ones."""
    return Problem(
        status,
        f"unknown-{kind.lower().replace(' ', '-')}",
        f"There is no {kind} {name[:LONGEST]}{nearest_names(name, known)}. All of them: {where}",
    )
