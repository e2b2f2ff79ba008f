"""`./lakehouse import`: files of other services as files of the feeds."""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.printable import on_one_line
from local_runtime.root import folder_argument

if TYPE_CHECKING:
    from imports.titles import Match, Titles
    from imports.viewing_activity import Activity, View

SHOWN = 5
Key = TypeVar("Key")


def import_file(arguments: Namespace) -> int:
    """Turns a viewing activity into playback events in the landing folder; 1 where there is nothing to write."""
    from imports import playback
    from imports.viewing_activity import read_activity
    from local_runtime.cli.sampling import refuse_sample

    landing, lake = arguments.landing.absolute(), Lake(arguments.lake.absolute())
    refuse_sample(landing, lake)
    activity = read_activity(arguments.file)
    run = f"./lakehouse run{folder_argument('landing', landing)}{folder_argument('lake', lake.root)}"
    titles = _titles(lake, landing, run)
    views = playback.matched(activity.views, titles)
    print(f"{on_one_line(arguments.file)}: {_number(activity.rows, 'row')}")
    for line in (*left_out(activity), *titles_found(views)):
        print(f"  {on_one_line(line)}")
    if not views:
        print("Nothing was written: no row is a view of a title.")
        return 1
    millis = playback.millis_of_import(titles)
    events = [event for view, match in views for event in playback.events(view, match, millis)]
    path, is_new = playback.write(playback.as_csv(events), landing)
    if is_new:
        print(f"Written: {_number(len(events), 'event')}, a start and a stop of each view, to {on_one_line(path)}")
    else:
        print(f"Nothing was written: {on_one_line(path)} has the same {_number(len(events), 'event')}.")
    print(f"Next: {run}\nAfter another release of the catalogue, run that, import the file again, and run once more.")
    return 0


def _titles(lake: Lake, landing: Path, run: str) -> "Titles":
    """The titles of the lake's catalogue. Raises LakehouseError where it has none."""
    from imports.titles import FOLDER, QUERY, TABLES, TitlePeriod, Titles
    from local_runtime.inspection.query import run_query

    has_tables = set(TABLES) <= set(lake.tables())
    periods = [TitlePeriod(*row) for row in run_query(lake, QUERY).fetchall()] if has_tables else []
    if not periods:
        raise LakehouseError(
            f"The lake {on_one_line(lake.root)} has no catalogue yet, in which titles are looked up. Put a release of "
            f"it into {on_one_line(landing / FOLDER)}, load it, and import again: {run}"
        )
    return Titles(periods)


def left_out(activity: "Activity") -> Iterator[str]:
    """What is said of rows that are no events, and of cells that are unknown."""
    if activity.supplemental:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in _most_frequent(activity.supplemental))
        yield f"left out, as they are no titles: {_number(activity.supplemental.total(), 'row')} ({kinds})"
    if activity.unreadable:
        lines = _some([str(line) for line in activity.unreadable])
        yield (
            f"left out, as cells, time or duration can't be read: {_number(len(activity.unreadable), 'row')} "
            f"(line {lines}); expected are times such as 2021-05-01 20:15:00 and durations such as 00:41:22"
        )
    if activity.impossible:
        lines = _some([str(line) for line in activity.impossible])
        yield (
            "left out, as their time is before 2007-01-16, when Netflix began to stream, or in the future: "
            f"{_number(len(activity.impossible), 'row')} (line {lines})"
        )
    if activity.repeats:
        yield f"left out, as they repeat profile, title and time of another: {_number(activity.repeats, 'row')}"
    if activity.unknown_countries:
        texts = _some([text for text, _ in _most_frequent(activity.unknown_countries)])
        yield f"unknown countries: {_number(activity.unknown_countries.total(), 'row')} ({texts})"


def titles_found(views: "Sequence[tuple[View, Match]]") -> Iterator[str]:
    """What is said of the titles that were looked up, and of those that weren't found, the most frequent ones first."""
    matches = [match for _, match in views]
    found = [match for match in matches if match.miss is None]
    yield f"titles found in the lake: {_number(len({match.name for match in found}), 'name')}, " + _number(
        len(found), "view"
    )
    beginnings = Counter(match.name for match in found if match.is_beginning)
    if beginnings:
        names = _some([name for name, _ in _most_frequent(beginnings)])
        yield f"found by the beginning of their names alone: {_number(beginnings.total(), 'view')} ({names})"
    missed = Counter((match.name, match.miss) for match in matches if match.miss is not None)
    if missed:
        yield f"not found: {_number(len(missed), 'name')}, {_number(missed.total(), 'view')}, which count as Unknown:"
    for (name, miss), count in _most_frequent(missed)[:SHOWN]:
        yield f"  {_number(count, 'view')}: {name or '(no title)'} ({miss})"
    if len(missed) > SHOWN:
        yield f"  … and {_number(len(missed) - SHOWN, 'more name')}"


def _most_frequent(counts: Counter[Key]) -> list[tuple[Key, int]]:
    return sorted(counts.items(), key=lambda it: (-it[1], str(it[0])))


def _some(texts: Sequence[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (" …" if len(texts) > SHOWN else "")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
