"""Views as playback events: a file for the landing folder `playback_csv/`.

An event has the same id in every import, so of a view that several files have, one start and one stop are kept. Where
they differ, the pipeline keeps the later one. Netflix's times are whole seconds; their milliseconds are the number of
releases that the catalogue had at the import after its first one, so that the title_id of the newest import is kept.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from imports.titles import Match, Titles
from imports.viewing_activity import View

FOLDER = "playback_csv"
COLUMNS = (
    *("event_id", "user_id", "profile_id", "title_id", "content_id", "event_type", "event_ts", "device_type"),
    *("country", "session_id", "position_seconds", "raw_payload"),
)
# The account of every file: files of one account overlap, and none says whose it is.
USER = "viewing-activity"
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
MOST_MILLIS = 999


def matched(views: Iterable[View], titles: Titles) -> list[tuple[View, Match]]:
    """The views with their titles, in order."""
    return [(view, titles.find(view.title, view.start * 1000 + millis_of_import(titles))) for view in views]


def millis_of_import(titles: Titles) -> int:
    """The milliseconds of its events' times: 0 with the first release, and 1 more with each release after it."""
    return min(max(titles.release_count - 1, 0), MOST_MILLIS)


def events(view: View, match: Match, millis: int) -> Iterator[Mapping[str, str]]:
    """The start and the stop of a view. An unknown title has no id: any text could be another title's one day."""
    session = _id(view.profile, str(view.start), view.title)
    for kind, second in (("PLAY_START", view.start), ("PLAY_STOP", view.start + view.seconds)):
        yield {
            "event_id": _id(session, kind),
            "user_id": USER,
            "profile_id": view.profile,
            "title_id": match.show_id,
            "event_type": kind,
            "event_ts": f"{second}.{millis:03d}" if millis else f"{second}",
            "device_type": view.device,
            "country": view.country,
            "session_id": session,
            "raw_payload": json.dumps({"title": view.title}, ensure_ascii=False),
        }


def as_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The rows as CSV with all columns of the feed."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def file_name(content: bytes) -> str:
    """A name that is the same for the same content, and names nobody. It has no digits, which could be an id."""
    return f"viewing-activity-{hashlib.sha256(content).hexdigest()[:16].translate(LETTERS)}.csv"


def write(content: bytes, landing: Path) -> tuple[Path, bool]:
    """Writes the file into the landing folder; returns it, and whether it is new. It gets its name when complete."""
    path = landing / FOLDER / file_name(content)
    if path.exists():
        return path, False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.tmp")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return path, True


def _id(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
