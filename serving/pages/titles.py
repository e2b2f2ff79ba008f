"""Titles: a search by name, and a page about each."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from serving.pages.rendering import rendered
from serving.parameters import check_names, once
from serving.problems import bad_request, not_found
from serving.service import generation_of, service_of
from serving.titles import Search, after_cursor, cursor_after, one_title, search_titles

router = APIRouter()
PAGE = 50
TYPES = ("Movie", "TV Show")


@router.get("/titles")
async def titles(
    request: Request,
    search: Annotated[str, Query(max_length=200)] = "",
    type: Annotated[str, Query(max_length=100)] = "",
    in_catalogue: Annotated[str, Query(pattern="^(|true|false)$")] = "",
    cursor: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """The titles whose name has the text, by name, a page at a time. Empty parameters are as none."""
    known = ("search", "type", "in_catalogue", "cursor")
    check_names(request, known)
    once(request, *known)
    after = after_cursor(cursor) if cursor else None
    if cursor and after is None:
        raise bad_request("cursor", "The address is none that these pages gave. Begin the search again: /titles")
    wanted = Search(
        search=search.strip() or None,
        type=type or None,
        in_catalogue={"true": True, "false": False}.get(in_catalogue),
        limit=PAGE,
        after=after,
    )
    found = await service_of(request).statements.once(
        generation_of(request), wanted, lambda query: search_titles(query, wanted)
    )
    shown = found[:PAGE]
    asked = {"search": search.strip(), "type": type, "in_catalogue": in_catalogue}
    filled = {name: value for name, value in asked.items() if value}
    following = {**filled, "cursor": cursor_after(shown[-1])} if len(found) > PAGE else None
    return rendered(
        request,
        "titles.html",
        "Titles",
        titles=shown,
        asked=asked,
        types=TYPES,
        first=f"/titles?{urlencode(filled)}" if after else None,
        following=f"/titles?{urlencode(following)}" if following else None,
        api=f"/api/v1/titles?{urlencode({**filled, 'limit': PAGE, **({'cursor': cursor} if cursor else {})})}",
    )


@router.get("/titles/{key}")
async def title(request: Request, key: Annotated[str, Path(pattern=r"^-?[0-9]{1,19}$")]) -> Response:
    """A title: its releases, people, genres, countries, how it is watched, and its rating."""
    check_names(request)
    number, found = int(key), None
    if -(2**63) <= number < 2**63:
        found = await service_of(request).statements.once(
            generation_of(request), ("title", number), lambda query: one_title(query, number)
        )
    if found is None:
        raise not_found("unknown-title", f"There is no title {key}. Search for it by name: /titles")
    return rendered(
        request,
        "title.html",
        found["title"] or "A title without a name",
        lead=_facts(found),
        one=found,
        roles=_by_role(found["people"]),
        versions=_versions(found["history"]),
        days=found["viewing_by_day"],
        longest=max((day["hours_viewed"] for day in found["viewing_by_day"]), default=0),
        api=f"/api/v1/titles/{number}",
    )


def _facts(one: dict[str, Any]) -> str:
    """What a title is, in one line."""
    added = one["date_added"]
    minutes, seasons = one["duration_minutes"], one["seasons"]
    facts = [
        one["type"],
        f"released {one['release_year']}" if one["release_year"] else None,
        f"{minutes} min" if minutes else None,
        f"{seasons} season{'s' if seasons != 1 else ''}" if seasons else None,
        f"rated {one['rating']}" if one["rating"] else None,
        f"added {added.day} {added:%B %Y}" if added else None,
        "in the catalogue" if one["in_catalogue"] else "not in the catalogue any more",
    ]
    return " · ".join(filter(None, facts))


def _by_role(people: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The people's names by role, in the order of the credits."""
    roles: dict[str, list[str]] = {}
    for person in people:
        roles.setdefault(str(person["role"]), []).append(str(person["person"]))
    return roles


CHANGING = (
    ("title", "Title"),
    ("type", "Type"),
    ("release_year", "Released"),
    ("rating", "Rating"),
    ("date_added", "Added"),
    ("duration_minutes", "Minutes"),
    ("seasons", "Seasons"),
    ("directors", "Directors"),
    ("cast", "Cast"),
    ("countries", "Countries"),
    ("genres", "Genres"),
    ("description", "Description"),
)


def _versions(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each version of a title changed of the one before it, newest first."""
    versions = []
    for number, version in enumerate(history):
        before = history[number - 1] if number else None
        changes = [
            (label, _text(before[name]), _text(version[name]))
            for name, label in CHANGING
            if before is not None and before[name] != version[name]
        ]
        versions.append(
            {"from": version["valid_from"], "to": version["valid_to"], "is_first": not number, "changes": changes}
        )
    return versions[::-1]


def _text(value: Any) -> str:
    if value is None or value == []:
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
