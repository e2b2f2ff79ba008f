"""What must become of the sample: every KPI of gold, and the rows of the catalogue that must be quarantined.

All of it is counted from what was meant when the sample was made; nothing of it from the files, or as gold computes it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from sample.catalogue import Sample, catalogues, catalogues_written, file_names
from sample.catalogue_kpis import catalogue_kpis
from sample.completion import completion_kpis
from sample.imdb import IMDB_TRUTH
from sample.playback import counted_in
from sample.subscriber_kpis import band_of, subscriber_kpis
from sample.subscribers import people_of
from sample.truth import TRUTH_FOLDER, write_truth
from sample.viewing_kpis import Rating, Viewing
from sample.works import identity_of, works_of

KPI_TRUTH, CATALOGUE_TRUTH = f"{TRUTH_FOLDER}/kpis.json", f"{TRUTH_FOLDER}/catalogue.json"


def write_kpis(landing: Path, sample: Sample) -> None:
    """Writes what each KPI must be, as a table by its name. The sample's files are in `landing` already.

    The column `title_key` has who the title is: its type, title, release year and directors, or Unknown.
    """
    releases = list(catalogues(sample))
    works, in_catalogue = works_of(releases), {identity_of(row) for row in releases[-1]}
    people = list(people_of(sample))
    bands = {person.user: band_of(person) for person in people}
    with counted_in(landing, sample) as duck:
        viewing = Viewing(duck, works).kpis(in_catalogue, bands, _ratings(landing, sample))
        completion = completion_kpis(duck, works, in_catalogue)
    titles = [works[identity] for identity in sorted(in_catalogue)]
    kpis = {**catalogue_kpis(titles), **viewing, **completion, **subscriber_kpis(people, sample)}
    write_truth(landing / KPI_TRUTH, kpis)


def write_catalogue_truth(landing: Path, sample: Sample) -> None:
    """Writes how many rows each release has, and how many of them must be quarantined."""
    found = {}
    for name, (titles, rows) in zip(file_names(sample), catalogues_written(sample), strict=False):
        # Rows that are the same title count once.
        found[name] = {"rows": rows, "quarantined": rows - len(set(map(identity_of, titles)))}
    write_truth(landing / CATALOGUE_TRUTH, {"files": found})


def _ratings(landing: Path, sample: Sample) -> Mapping[str, Rating]:
    """The ratings of titles that are meant to be known at IMDb, by the title's identity."""
    if not sample.imdb:
        return {}
    truth = json.loads((landing / IMDB_TRUTH).read_text(encoding="utf-8"))
    return {truth["titles"][tconst]: (average, votes) for tconst, (average, votes) in truth["ratings"].items()}
