"""Questions about single titles: a search by pages of keys, and all that is known of one."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from serving.backends import Session
from serving.sources import HISTORY
from serving.statements import fetch

UNKNOWN_KEY = -1
LISTED = "t.title_key, t.title, t.type, t.release_year, t.date_added, r.rating, t.in_catalogue"

AFTER = """(coalesce(t.title, '') > :after_title
    OR (coalesce(t.title, '') = :after_title AND t.title_key > :after_key))"""
CONTAINS = {
    "duckdb": "contains(strip_accents(lower(t.title)), strip_accents(lower(:search)))",
    "databricks": "contains(t.title COLLATE UNICODE_CI_AI, :search)",
}
"""Whether a title has a text in its name, whatever its case and accents."""
TITLE = f"""
SELECT {LISTED}, t.show_id, t.short_title, t.duration_minutes, t.seasons, t.content_age_category, t.description,
    t.imdb_id, r.audience, r.minimum_age
FROM gold.dim_title AS t LEFT JOIN gold.dim_rating AS r ON t.rating_key = r.rating_key
WHERE t.title_key = :key AND t.title_key <> {UNKNOWN_KEY}
"""
PARTS = {
    "rating_at_imdb": "SELECT average_rating, votes FROM gold.fact_title_rating WHERE title_key = :key",
    "genres": """SELECT g.genre FROM gold.bridge_title_genre AS b JOIN gold.dim_genre AS g USING (genre_key)
        WHERE b.title_key = :key ORDER BY g.genre""",
    "countries": """SELECT c.country FROM gold.bridge_title_country AS b JOIN gold.dim_country AS c USING (country_key)
        WHERE b.title_key = :key ORDER BY c.country""",
    "people": f"""SELECT b.role, p.person_key, p.person, p.birth_year, p.imdb_id
        FROM gold.bridge_title_person AS b JOIN gold.dim_person AS p USING (person_key)
        WHERE b.title_key = :key AND p.person_key <> {UNKNOWN_KEY}
        ORDER BY b.role DESC, b.billing_order, p.person""",
    "viewing": """SELECT plays, views, hours_viewed, subscribers, starts FROM gold.kpi_top_titles
        WHERE title_key = :key""",
    "viewing_by_day": """SELECT d.date AS day, CAST(sum(f.plays) AS BIGINT) AS plays,
            CAST(sum(f.watched_seconds) / 3600 AS DECIMAL(18, 6)) AS hours_viewed
        FROM gold.fact_playback_daily AS f JOIN gold.dim_date AS d USING (date_key)
        WHERE f.title_key = :key GROUP BY d.date ORDER BY d.date""",
    "history": """SELECT "__START_AT" AS valid_from, "__END_AT" AS valid_to, show_id, title, type, release_year, rating,
            date_added, duration_minutes, seasons, directors, "cast", countries, genres, description
        FROM silver.titles WHERE title_key = :key ORDER BY "__START_AT", "__END_AT" NULLS LAST""",
}
LISTS = frozenset({"genres", "countries"})
SINGLE = frozenset({"rating_at_imdb", "viewing"})


@dataclass(frozen=True, kw_only=True)
class Search:
    """What titles are searched for; None: all. `after` is the name and key of the last title of the page before."""

    search: str | None = None
    type: str | None = None
    in_catalogue: bool | None = None
    limit: int = 50
    after: tuple[str, int] | None = None


def search_titles(session: Session, search: Search) -> list[dict[str, Any]]:
    """The titles by name, at most one more than `limit`: that one shows that there is a next page."""
    conditions, parameters = [f"t.title_key <> {UNKNOWN_KEY}"], dict[str, Any]()
    if search.search:
        conditions.append(CONTAINS[session.dialect])
        parameters["search"] = search.search
    for column, value in (("type", search.type), ("in_catalogue", search.in_catalogue)):
        if value is not None:
            conditions.append(f"t.{column} = :{column}")
            parameters[column] = value
    if search.after is not None:
        conditions.append(AFTER)
        parameters["after_title"], parameters["after_key"] = search.after
    sql = (
        f"SELECT {LISTED} FROM gold.dim_title AS t LEFT JOIN gold.dim_rating AS r ON t.rating_key = r.rating_key "
        f"WHERE {' AND '.join(conditions)} ORDER BY coalesce(t.title, ''), t.title_key LIMIT {search.limit + 1:d}"
    )
    return _records(session, sql, parameters)


def _records(session: Session, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    return fetch(session, in_dialect(sql, session.dialect), parameters).records


@lru_cache(200)
def in_dialect(sql: str, dialect: str) -> str:
    """A statement of this module, which has DuckDB's functions and placeholders with a colon, in a dialect."""
    parsed = sqlglot.parse_one(sql, dialect="duckdb")
    for place in parsed.find_all(exp.Placeholder):
        place.set("kind", None)
    return parsed.sql(dialect=dialect)


def one_title(session: Session, key: int) -> Mapping[str, Any] | None:
    """All that is known of a title: its versions, people, viewing by day, rating at IMDb; None without such a title."""
    found = _records(session, TITLE, {"key": key})
    if not found:
        return None
    title: dict[str, Any] = found[0]
    for name, sql in PARTS.items():
        # A lake whose silver was taken away still has gold.
        records = _records(session, sql, {"key": key}) if name != "history" or session.has(HISTORY) else []
        if name in SINGLE:
            title[name] = records[0] if records else None
        elif name in LISTS:
            title[name] = [value for record in records for value in record.values()]
        else:
            title[name] = records
    return title


def cursor_after(title: Mapping[str, Any]) -> str:
    """The cursor of the page that begins after the title."""
    text = json.dumps([title["title"] or "", str(title["title_key"])], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def after_cursor(text: str) -> tuple[str, int] | None:
    """The name and key that a cursor holds; None for a text that is no cursor."""
    try:
        title, key = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        number = int(key)
        if not isinstance(title, str) or not isinstance(key, str) or not -(2**63) <= number < 2**63:
            return None
        title.encode()
    except (ValueError, TypeError, RecursionError, binascii.Error, UnicodeError):
        return None
    return title, number
