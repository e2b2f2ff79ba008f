"""The mark of a landing folder that holds a sample, and of a lake that was filled from one: a hidden file.

Whatever reads data files passes over it, Auto Loader too. It says which files are invented, and how they were made.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sample.catalogue import Sample
from sample.making import files_of

MARK_FILE = ".sample.json"


@dataclass(frozen=True)
class Mark:
    """How the sample was made, and the paths of its files below the landing folder."""

    sample: Sample
    files: tuple[str, ...]


def mark_of(folder: Path) -> Mark | None:
    """The mark of a landing folder or a lake; None where it has none. Raises ValueError for one that was changed."""
    try:
        text = (folder / MARK_FILE).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        mark = json.loads(text)
        made = mark["sample"]
        # Samples of before 0.4 have nothing but titles.
        made = {"imdb": 0, "subscribers": 0, "sessions": 0, "days": 0, "first_days": 0, "event_dirt": (), **made}
        sets = {name: frozenset(made[name]) for name in ("dirt", "event_dirt")}
        return Mark(Sample(**{**made, **sets}), tuple(mark["files"]))
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from None


def set_mark(folder: Path, sample: Sample) -> None:
    """Marks a landing folder or a lake."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {**asdict(sample), "dirt": sorted(sample.dirt), "event_dirt": sorted(sample.event_dirt)}
    mark = {
        "what": "invented titles, events, subscribers, and IMDb",
        "sample": made,
        "files": files_of(sample),
    }
    unfinished = folder / f"{MARK_FILE}.tmp"
    unfinished.write_text(json.dumps(mark, indent=1), encoding="utf-8")
    unfinished.replace(folder / MARK_FILE)


def take_mark_away(folder: Path) -> None:
    """Removes the mark of a folder, which is then no longer a sample's."""
    (folder / MARK_FILE).unlink(missing_ok=True)
