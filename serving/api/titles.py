"""Titles: a search, and one title."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from serving.api.documented import PREFIX, PROBLEMS
from serving.api.formats import json_response, plain
from serving.api.operations import Publication, publication_of
from serving.parameters import check_names, once
from serving.problems import Problem, bad_request, not_found
from serving.service import generation_of, service_of
from serving.titles import Search, after_cursor, cursor_after, one_title, search_titles

router = APIRouter(prefix=PREFIX, tags=["titles"])
MOST = 1000


class ListedTitle(BaseModel):
    """A title."""

    title_key: str = Field(examples=["1234567890123456789"], description="64 bits, as text")
    title: str | None
    type: str | None
    release_year: int | None
    date_added: str | None
    rating: str | None
    in_catalogue: bool | None


class Titles(BaseModel):
    """A page of titles by name."""

    data: list[ListedTitle]
    next_cursor: str | None = Field(description="the next page: send it as `cursor`; null on the last page")
    publication: Publication


class TitleDetails(ListedTitle):
    """All that is known of a title."""

    model_config = ConfigDict(extra="allow")

    genres: list[str | None]
    countries: list[str | None]
    people: list[dict[str, Any]]
    rating_at_imdb: dict[str, Any] | None
    viewing: dict[str, Any] | None
    viewing_by_day: list[dict[str, Any]]
    history: list[dict[str, Any]] = Field(description="its versions, oldest first; the current one has no valid_to")


class OneTitle(BaseModel):
    """One title."""

    data: TitleDetails
    publication: Publication


def plain_record(record: dict[str, Any]) -> dict[str, Any]:
    """A record as JSON has it; keys are texts."""
    return {name: plain_part(name, value) for name, value in record.items()}


def plain_part(name: str, value: Any) -> Any:
    """A value of a record, which may be a record, as JSON has it."""
    if isinstance(value, dict):
        return plain_record(value)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [plain_record(part) for part in value]
    return plain(value, is_key=name.endswith("_key"))


@router.get("/titles", summary="Search titles", responses={200: {"model": Titles}, **PROBLEMS})
async def titles(
    request: Request,
    search: Annotated[str | None, Query(max_length=200, examples=["love"], description="a part of the name")] = None,
    type: Annotated[str | None, Query(max_length=100, examples=["Movie"], description="Movie or TV Show")] = None,
    in_catalogue: Annotated[bool | None, Query(description="in the latest release of the catalogue, or not")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before")] = None,
) -> Response:
    """Titles by name, a page at a time. A cursor stays good when a new publication is served."""
    check_names(request, ("search", "type", "in_catalogue", "limit", "cursor"))
    once(request, "search", "type", "in_catalogue", "limit", "cursor")
    after = after_cursor(cursor) if cursor is not None else None
    if cursor is not None and after is None:
        raise bad_request("cursor", "The cursor is none that this API gave. Begin without one.")
    wanted = Search(search=search, type=type, in_catalogue=in_catalogue, limit=limit, after=after)
    generation = generation_of(request)
    found = await service_of(request).statements.once(generation, wanted, lambda query: search_titles(query, wanted))
    page = found[:limit]
    body = {
        "data": [plain_record(title) for title in page],
        "next_cursor": cursor_after(page[-1]) if len(found) > limit else None,
        "publication": publication_of(generation.source),
    }
    return json_response(body)


@router.get("/titles/{key}", summary="One title", responses={200: {"model": OneTitle}, **PROBLEMS})
async def title(
    request: Request, key: Annotated[str, Path(pattern=r"^-?[0-9]{1,19}$", examples=["1234567890123456789"])]
) -> Response:
    """A title: its versions, genres, countries, people, how it is watched, and its rating at IMDb."""
    check_names(request, ())
    generation, number = generation_of(request), int(key)
    found = None
    if -(2**63) <= number < 2**63:
        found = await service_of(request).statements.once(
            generation, ("title", number), lambda query: one_title(query, number)
        )
    if found is None:
        raise _no_title(key)
    return json_response({"data": plain_record(dict(found)), "publication": publication_of(generation.source)})


def _no_title(key: str) -> Problem:
    return not_found("unknown-title", f"There is no title {key}. Search for it: /api/v1/titles?search=NAME")
