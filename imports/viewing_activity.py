"""`ViewingActivity.csv`, which anybody can download of their own account at Netflix: its rows as views.

The file is in `CONTENT_INTERACTION/` of the download; its documentation is the cover sheet beside it. Times are UTC.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from imports.countries import CODES
from local_runtime.errors import LakehouseError

PROFILE, START, DURATION, TITLE = "Profile Name", "Start Time", "Duration", "Title"
SUPPLEMENTAL, DEVICE, COUNTRY = "Supplemental Video Type", "Device Type", "Country"
COLUMNS = (PROFILE, START, DURATION, TITLE, SUPPLEMENTAL, DEVICE, COUNTRY)
"""The columns that are read, by their names in any order and case."""

START_FORM = "%Y-%m-%d %H:%M:%S"
DURATION_FORM = re.compile("([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")
# Netflix began to stream: the pipeline takes no event before. It takes none of the future either.
FIRST_START = datetime(2007, 1, 16, tzinfo=UTC)
COUNTRY_FORM = re.compile(r"([A-Z]{2})( \(.*\))?")

Row = tuple[int, Mapping[str, str] | None]


class View(NamedTuple):
    """A row: what was watched from a time on (seconds since 1970), for so many seconds; an empty text is unknown."""

    profile: str
    title: str
    start: int
    seconds: int
    device: str
    country: str


@dataclass(frozen=True)
class Activity:
    """A file's views, in its order, and what was left out of it; `supplemental` counts trailers and the like by type.

    `unreadable` are the lines of rows with more or fewer cells than the header, or without a readable time or duration.
    `impossible` are the lines of rows with a time before Netflix began to stream, or in the future. Of rows with the
    same profile, title and time, which are `repeats`, the longest view stays. `unknown_countries` counts texts that
    aren't countries.
    """

    rows: int
    views: tuple[View, ...]
    supplemental: Counter[str] = field(default_factory=Counter)
    unreadable: tuple[int, ...] = ()
    impossible: tuple[int, ...] = ()
    repeats: int = 0
    unknown_countries: Counter[str] = field(default_factory=Counter)


def read_activity(path: Path) -> Activity:
    """The views of a file. Raises LakehouseError for one that can't be read, has other columns, or no rows."""
    try:
        # Of a byte order mark, which spreadsheets write, nothing is left.
        with path.open(encoding="utf-8-sig", newline="") as file:
            activity = _activity(_rows(path, file))
    except IsADirectoryError:
        raise LakehouseError(f"{path} is a folder. Name the file in it: ViewingActivity.csv.") from None
    except UnicodeDecodeError:
        raise LakehouseError(f"{path} is not text in UTF-8. Give the file as it was downloaded, unzipped.") from None
    except OSError as error:
        raise LakehouseError(f"{path} can't be read: {error.strerror}.") from None
    if not activity.rows:
        raise LakehouseError(f"{path} has a header, but no rows: there is nothing to import.")
    return activity


def _rows(path: Path, file: Iterable[str]) -> Iterator[Row]:
    """The rows with their lines in the file (of one with line breaks, the last), as trimmed cells by column.

    The cells of a row with more or fewer than the header has are None.
    """
    # Strict: a quotation mark that is never closed would make one row of all that follow.
    reader = csv.reader(file, strict=True)
    try:
        header = [_folded(name) for name in next(reader, [])]
        _check_header(path, header)
        places = {name: header.index(_folded(name)) for name in COLUMNS}
        for cells in filter(any, reader):
            is_complete = len(cells) == len(header)
            row = {name: cells[place].strip() for name, place in places.items()} if is_complete else None
            yield reader.line_num, row
    except csv.Error as error:
        raise LakehouseError(
            f"{path} is not CSV at line {reader.line_num}: {error}. Give the file as it was downloaded."
        ) from None


def _check_header(path: Path, header: Sequence[str]) -> None:
    if not any(header):
        raise LakehouseError(f"{path} is empty, or its first line is: the header of ViewingActivity.csv is expected.")
    missing = [name for name in COLUMNS if _folded(name) not in header]
    if missing:
        raise LakehouseError(
            f"{path} is not a ViewingActivity.csv: its header lacks {', '.join(missing)}. Give the file of the "
            "download of all your data at Netflix (CONTENT_INTERACTION/ViewingActivity.csv), unchanged."
        )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _activity(rows: Iterable[Row]) -> Activity:
    views: dict[tuple[str, str, int], View] = {}
    supplemental, unknown_countries = Counter[str](), Counter[str]()
    unreadable, impossible, count, watched = list[int](), list[int](), 0, 0
    now = datetime.now(UTC).timestamp()
    for line, row in rows:
        count += 1
        if row and row[SUPPLEMENTAL]:
            supplemental[row[SUPPLEMENTAL]] += 1
            continue
        view = _view(row) if row else None
        if row is None or view is None:
            unreadable.append(line)
            continue
        if not FIRST_START.timestamp() <= view.start <= now:
            impossible.append(line)
            continue
        watched += 1
        if row[COUNTRY] and not view.country:
            unknown_countries[row[COUNTRY]] += 1
        key = (view.profile, view.title, view.start)
        views[key] = max(views.get(key, view), view)
    return Activity(
        rows=count,
        views=tuple(views.values()),
        supplemental=supplemental,
        unreadable=tuple(unreadable),
        impossible=tuple(impossible),
        repeats=watched - len(views),
        unknown_countries=unknown_countries,
    )


def _view(row: Mapping[str, str]) -> View | None:
    """The row as a view; None without a readable time and duration."""
    try:
        start = datetime.strptime(row[START], START_FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
    duration, country = DURATION_FORM.fullmatch(row[DURATION]), COUNTRY_FORM.fullmatch(row[COUNTRY])
    if duration is None:
        return None
    hours, minutes, seconds = map(int, duration.groups())
    return View(
        profile=row[PROFILE],
        title=row[TITLE],
        start=int(start.timestamp()),
        seconds=(hours * 60 + minutes) * 60 + seconds,
        device=row[DEVICE],
        country=country[1] if country and country[1] in CODES else "",
    )
