"""Sample playback events: seeded, realistic in shape, dirty on demand, with a truth file of what must become of them.

DuckDB, which is given 2 GB of memory, makes them a day at a time, from hashes of the seed and of a session's number.
The truth is counted from what a session was meant to be, before it becomes events.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sample import completion
from sample.catalogue import Sample, catalogues, released_by_name
from sample.playback_sql import COUNT_EVENTS, COUNT_PLAYS, SESSIONS, events_of, lines_of
from sample.truth import TRUTH_FOLDER, write_truth
from sample.works import identity_of, minutes_of

if TYPE_CHECKING:
    import duckdb

PLAYBACK_FOLDER, PLAYBACK_CSV_FOLDER = "playback", "playback_csv"
PLAYBACK_TRUTH, COUNTED = f"{TRUTH_FOLDER}/playback.json", f"{TRUTH_FOLDER}/playback.duckdb"
WEEK = (90, 88, 90, 94, 110, 130, 128)  # Monday to Sunday
EVENT_COLUMNS = (
    *(
        "event_id",
        "user_id",
        "profile_id",
        "title_id",
        "content_id",
        "event_type",
        "event_ts",
        "device_type",
        "country",
    ),
    *("session_id", "position_seconds"),
)


def days_of(sample: Sample) -> list[date]:
    """The days of events: about the last release, so that its numbers change among them."""
    if not sample.sessions:
        return []
    first = released_by_name(sample.releases - 1) - timedelta(days=sample.first_days // 2)
    return [first + timedelta(days=number) for number in range(sample.days)]


def event_files(sample: Sample) -> list[str]:
    """The paths of the events' files below the landing folder."""
    names = [_file_of(day, number) for number, day in enumerate(days_of(sample))]
    csv = [_csv_of(day) for day in days_of(sample)[:1]] if "csv" in sample.event_dirt else []
    return [*names, *csv]


def _file_of(day: date, number: int) -> str:
    return f"{PLAYBACK_FOLDER}/{day:%Y/%m/%d}/events.json{'.gz' if number % 7 == 3 else ''}"


def _csv_of(day: date) -> str:
    return f"{PLAYBACK_CSV_FOLDER}/events-{day:%Y-%m-%d}.csv"


def make_events(landing: Path, sample: Sample, first: int = 0) -> list[Path]:
    """Writes the events of the days from number `first` on, and the truth of all; returns the files' paths."""
    days = days_of(sample)
    if not days:
        return []
    database = landing / COUNTED
    database.parent.mkdir(parents=True, exist_ok=True)
    if not first:
        database.unlink(missing_ok=True)
    with _opened(str(database)) as duck:
        maker = _Maker(duck, landing, sample)
        if not first:
            maker.begin()
        written = [path for number in range(first, len(days)) for path in maker.day(number, days[number])]
        write_truth(landing / PLAYBACK_TRUTH, maker.truth())
    return written


def _opened(database: str) -> "duckdb.DuckDBPyConnection":
    import duckdb

    duck = duckdb.connect(database)
    duck.execute("SET threads = 2; SET memory_limit = '2GB'; SET TimeZone = 'UTC'")
    return duck


@contextmanager
def counted_in(landing: Path, sample: Sample) -> Iterator["duckdb.DuckDBPyConnection"]:
    """What was counted while the events in `landing` were made; nothing where the sample has none."""
    has_events = bool(days_of(sample))
    with _opened(str(landing / COUNTED) if has_events else ":memory:") as duck:
        if not has_events:
            _Maker(duck, landing, sample).begin()
        yield duck


class _Maker:
    """Makes the events of one day after the other, and keeps count of what they mean."""

    def __init__(self, duck: "duckdb.DuckDBPyConnection", landing: Path, sample: Sample) -> None:
        self._duck, self._landing, self._sample = duck, landing, sample

    def begin(self) -> None:
        """Makes the tables that say what has been made, and the catalogue."""
        self._duck.execute(
            """CREATE TABLE titles (release INT, place INT, show_id VARCHAR, identity VARCHAR, minutes INT);
            CREATE TABLE plays (title VARCHAR, device VARCHAR, country VARCHAR, user_id VARCHAR, plays BIGINT,
                watched BIGINT);
            CREATE TABLE counted (event_date DATE, event_type VARCHAR, device VARCHAR, country VARCHAR, events BIGINT);
            CREATE TABLE landed (file VARCHAR, rows BIGINT, duplicates BIGINT, quarantined BIGINT);
            CREATE TABLE late (due INT, line VARCHAR, is_repeat BOOLEAN)"""
        )
        for release, rows in enumerate(catalogues(self._sample)):
            found = [
                (release, place, row["show_id"], identity_of(row), minutes_of(row)) for place, row in enumerate(rows)
            ]
            import pyarrow as pa

            names = ("release", "place", "show_id", "identity", "minutes")
            made = pa.table(dict(zip(names, map(list, zip(*found, strict=True)), strict=True)))  # noqa: F841
            self._duck.execute("INSERT INTO titles SELECT * FROM made")
        completion.begin(self._duck, self._sample)

    def _has(self, dirt: str) -> bool:
        return dirt in self._sample.event_dirt

    def day(self, number: int, day: date) -> Iterator[Path]:
        """Writes the file of a day (and the CSV batch of the first)."""
        sample = self._sample
        release = max(it for it in range(sample.releases) if it == 0 or released_by_name(it) <= day)
        a_day = sample.sessions / sample.first_days
        count = max(1, round(a_day * WEEK[day.weekday()] / (sum(WEEK) / 7)))
        start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        self._duck.execute("DROP TABLE IF EXISTS sessions; DROP TABLE IF EXISTS events; DROP TABLE IF EXISTS lines")
        self._bound(SESSIONS, day=number, release=release, count=count, start=start, users=max(2, sample.sessions // 5))
        self._bound(events_of(sample.event_dirt), day=number)
        self._duck.execute(COUNT_PLAYS)
        self._duck.execute(COUNT_EVENTS)
        completion.count(self._duck)
        self._bound(lines_of(sample.event_dirt), day=number, last=sample.days)
        name = _file_of(day, number)
        yield self._write(name, number, start)
        if self._has("csv") and number == 0:
            yield self._write_csv(_csv_of(day), start)

    def _bound(self, query: str, **values: int) -> None:
        """Runs a query with numbers in it (a prepared one can't make a table)."""
        for name, value in {"seed": self._sample.seed, **values}.items():
            query = query.replace(f"${name}", f"({value})")
        self._duck.execute(query)

    def _write(self, name: str, number: int, start: int) -> Path:
        kept = f"(SELECT line, is_repeat FROM lines WHERE due = {number} UNION ALL SELECT line, is_repeat FROM late "
        kept += f"WHERE due = {number})"
        path = self._copy(f"SELECT line FROM {kept} ORDER BY hash(line), line", name, start)
        self._duck.execute(
            f"""INSERT INTO landed SELECT '{name}', count(*) + count(*) FILTER (line LIKE '%}}{{%'),
                count(*) FILTER (is_repeat), count(*) FILTER (line LIKE '%NO_TIME%' OR line NOT LIKE '%}}') FROM {kept};
            DELETE FROM late WHERE due = {number};
            INSERT INTO late SELECT due, line, is_repeat FROM lines WHERE due > {number}"""
        )
        return path

    def _write_csv(self, name: str, start: int) -> Path:
        columns = ", ".join(EVENT_COLUMNS)
        query = f"SELECT {columns} FROM events WHERE is_csv ORDER BY j, n"
        path = self._copy(query, name, start, "HEADER true")
        self._duck.execute(f"INSERT INTO landed SELECT '{name}', count(*), 0, 0 FROM events WHERE is_csv")
        return path

    def _copy(self, query: str, name: str, start: int, how: str = "HEADER false, QUOTE '', DELIMITER '\x01'") -> Path:
        """Writes a file, which appears once it is whole, as old as the end of its day."""
        path = self._landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.tmp")
        compressed = ", COMPRESSION gzip" if name.endswith(".gz") else ""
        target = str(unfinished).replace("'", "''")
        self._duck.execute(f"COPY ({query}) TO '{target}' (FORMAT csv, {how}{compressed})")
        modified = start + 25 * 60 * 60
        os.utime(unfinished, (modified, modified))
        unfinished.replace(path)
        return path

    def truth(self) -> dict[str, object]:
        """What is in the files, and what it comes to."""

        def rows(query: str) -> list[tuple[object, ...]]:
            return self._duck.execute(query).fetchall()

        files = rows("SELECT file, rows, duplicates, quarantined FROM landed ORDER BY file")
        return {
            "sessions": rows("SELECT coalesce(sum(plays), 0)::BIGINT FROM plays")[0][0],
            "watched_seconds": rows("SELECT coalesce(sum(watched), 0)::BIGINT FROM plays")[0][0],
            "events": rows("SELECT coalesce(sum(events), 0)::BIGINT FROM counted")[0][0],
            "files": {name: {"rows": n, "duplicates": d, "quarantined": q} for name, n, d, q in files},
        }
