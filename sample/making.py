"""Makes a whole sample: catalogue releases, playback events of their titles, who subscribes, and files of IMDb."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from sample.catalogue import Sample, file_names, make_sample
from sample.imdb import imdb_files, make_imdb
from sample.kpis import write_catalogue_truth, write_kpis
from sample.playback import event_files, make_events
from sample.subscribers import make_subscribers, snapshot_files

MADE: Mapping[str, Callable[[Path, Sample], list[Path]]] = {
    "the catalogue": make_sample,
    "events": make_events,
    "subscribers": make_subscribers,
    "IMDb's files": make_imdb,
}
"""What a sample consists of."""


def files_of(sample: Sample) -> list[str]:
    """The paths of the sample's files below the landing folder."""
    return [*file_names(sample), *event_files(sample), *snapshot_files(sample), *imdb_files(sample)]


def make(landing: Path, sample: Sample, on_step: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Makes the sample in `landing`, and its truth; returns its files' paths. A file appears once it is whole.

    `on_step` is told what is made next.
    """
    made: list[Path] = []
    for name, make_files in MADE.items():
        on_step(f"Making {name} …")
        made += make_files(landing, sample)
    on_step("Counting what every KPI must be …")
    write_catalogue_truth(landing, sample)
    write_kpis(landing, sample)
    return made


def make_next_day(landing: Path, sample: Sample) -> list[Path]:
    """Makes one more day of events than `sample` has, which is in `landing` already."""
    more = replace(sample, days=sample.days + 1)
    made = make_events(landing, more, first=sample.days)
    write_kpis(landing, more)
    return made


def without_events(sample: Sample) -> Sample:
    """The same catalogue alone, as older versions of this program made it."""
    return replace(sample, sessions=0, days=0, first_days=0, event_dirt=frozenset(), subscribers=0, imdb=0)
