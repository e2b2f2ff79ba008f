"""What the KPIs of viewing must be, counted from what the sample's sessions were meant to be."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from typing import TYPE_CHECKING

from sample.catalogue import Row
from sample.countries import NAMES_AND_REGIONS
from sample.truth import MILLION, UNKNOWN, Table, fraction, table
from sample.works import items_of, minutes_of

if TYPE_CHECKING:
    import duckdb

AN_HOUR = 3600
ENOUGH_VOTES = 1000

Rating = tuple[str, int]
"""A title's average rating at IMDb, as it is written there, and its votes."""


class Viewing:
    """What was counted while the events were made (in `duck`), and the titles (`works`, by identity)."""

    def __init__(self, duck: "duckdb.DuckDBPyConnection", works: Mapping[str, Row]) -> None:
        self._duck, self._works = duck, works

    def kpis(self, in_catalogue: Set[str], bands: Mapping[str, str], ratings: Mapping[str, Rating]) -> dict[str, Table]:
        """The KPIs by name.

        `in_catalogue` and `ratings` (at IMDb) name titles by identity, `bands` (of age) those who subscribe by user.
        """
        return {
            "kpi_events_by_date": table("event_date events", self._events("event_date::VARCHAR").items()),
            "kpi_event_type": self._types(),
            "kpi_top_titles": self._titles(),
            "kpi_device": self._members("device"),
            "kpi_viewing_by_country": self._members(
                "country", {code: name for code, (name, _) in NAMES_AND_REGIONS.items()}
            ),
            "kpi_watched_genre": self._by_item("listed_in"),
            "kpi_watched_director": self._by_item("director"),
            "kpi_watched_actor": self._by_item("cast"),
            "kpi_type_preference": self._preferences(bands),
            "kpi_regional_performance": self._regions(),
            "kpi_underwatched_titles": self._underwatched(in_catalogue, ratings),
        }

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        return self._duck.execute(query).fetchall()

    def _events(self, column: str) -> dict[str, int]:
        return {key: int(n) for key, n in self._rows(f"SELECT {column}, sum(events) FROM counted GROUP BY 1")}

    def _viewed(self, column: str) -> dict[str, tuple[int, int, int]]:
        """Plays, watched seconds and subscribers by a column of `plays`."""
        found = self._rows(f"SELECT {column}, sum(plays), sum(watched), count(DISTINCT user_id) FROM plays GROUP BY 1")
        return {key: (int(plays), int(seconds), int(users)) for key, plays, seconds, users in found}

    def _types(self) -> Table:
        events = self._events("event_type")
        every = sum(events.values())
        return table("event_type events share", ((kind, n, fraction(n, every)) for kind, n in events.items()))

    def _titles(self) -> Table:
        rows = []
        for identity, (plays, seconds, users) in self._viewed("title").items():
            row = self._works.get(identity)
            runtime = 60 * minutes_of(row) if row else 0
            name = row["title"] if row else UNKNOWN
            # Every session starts once.
            views, hours = fraction(seconds, runtime), fraction(seconds, AN_HOUR)
            rows.append((identity, name, plays, views, hours, users, plays))
        return table("title_key title plays views hours_viewed subscribers starts", rows)

    def _members(self, column: str, names: Mapping[str, str] | None = None) -> Table:
        viewed, rows = self._viewed(column), []
        for key, events in self._events(column).items():
            plays, seconds, users = viewed.get(key, (0, 0, 0))
            rows.append(((names or {}).get(key, key), plays, fraction(seconds, AN_HOUR), users, events))
        return table(f"{column} plays hours_viewed subscribers events", rows)

    def _shared_out(self, column: str) -> Iterable[tuple[str, str, int, int]]:
        """Country, item, plays and millionths of watched seconds, for each item that a title has in a column of lists.

        The items of a title have equal shares, in whole millionths: of those that are left over the first ones have
        one more each.
        """
        for identity, country, plays, seconds in self._rows(
            "SELECT title, country, sum(plays)::BIGINT, sum(watched)::BIGINT FROM plays GROUP BY ALL"
        ):
            items = items_of(self._works.get(identity), column)
            share, left_over = divmod(MILLION, len(items))
            for place, item in enumerate(items):
                yield country, item, int(plays), int(seconds) * (share + (place < left_over))

    def _by_item(self, column: str) -> Table:
        plays, parts = Counter[str](), Counter[str]()
        for _, item, played, watched in self._shared_out(column):
            plays[item] += played
            parts[item] += watched
        rows = ((item, fraction(parts[item], AN_HOUR * MILLION), played) for item, played in plays.items())
        return table("name hours_viewed plays", rows)

    def _regions(self) -> Table:
        sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for country, genre, played, watched in self._shared_out("listed_in"):
            sums[country, genre][0] += watched
            sums[country, genre][1] += played
        rows = []
        for (code, genre), (parts, plays) in sums.items():
            name, region = NAMES_AND_REGIONS[code]
            rows.append((region, name, genre, fraction(parts, AN_HOUR * MILLION), plays))
        return table("region country genre hours_viewed plays", rows)

    def _preferences(self, bands: Mapping[str, str]) -> Table:
        import pyarrow as pa

        people = {"user_id": list(bands), "band": list(bands.values())}
        self._duck.register(
            "people", pa.table({name: pa.array(column, pa.string()) for name, column in people.items()})
        )
        found = self._rows(
            f"""SELECT country, coalesce(band, '{UNKNOWN}'), title, sum(watched)::BIGINT
            FROM plays LEFT JOIN people USING (user_id) GROUP BY ALL"""
        )
        by_type, by_band = Counter[tuple[str, str, str]](), Counter[tuple[str, str]]()
        for code, band, identity, seconds in found:
            row = self._works.get(identity)
            by_type[code, band, row["type"] if row else UNKNOWN] += int(seconds)
            by_band[code, band] += int(seconds)
        rows = []
        for (code, band, kind), watched in by_type.items():
            share = fraction(watched, by_band[code, band])
            rows.append((NAMES_AND_REGIONS[code][0], band, kind, fraction(watched, AN_HOUR), share))
        return table("country age_band type hours_viewed share", rows)

    def _underwatched(self, in_catalogue: Set[str], ratings: Mapping[str, Rating]) -> Table:
        """Top rated titles of the catalogue; less than half of those that are rated were watched for fewer hours."""
        viewed = self._viewed("title")
        rated = {identity: viewed.get(identity, (0, 0, 0)) for identity in ratings.keys() & in_catalogue}
        in_order = sorted(seconds for _, seconds, _ in rated.values())
        fewer = {seconds: place for place, seconds in reversed([*enumerate(in_order)])}
        rows = []
        for identity, (plays, seconds, _) in rated.items():
            row, (average, votes) = self._works[identity], ratings[identity]
            if 2 * fewer[seconds] < len(rated) and float(average) >= 7.5 and votes >= ENOUGH_VOTES:
                share = fraction(fewer[seconds], len(rated))
                hours = fraction(seconds, AN_HOUR)
                rows.append((identity, row["title"], row["type"], average, votes, plays, hours, share))
        return table("title_key title type average_rating votes plays hours_viewed less_watched_share", rows)
