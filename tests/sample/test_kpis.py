"""The expected KPIs: the same for the same seed, and calculated by hand for a catalogue of four titles."""

import json

import pytest

from sample.catalogue import Sample, catalogues
from sample.catalogue_kpis import catalogue_kpis
from sample.kpis import CATALOGUE_TRUTH, KPI_TRUTH
from sample.making import make, make_next_day
from sample.truth import fraction

SMALL = Sample(titles=40, releases=2, sessions=60, days=2, first_days=2, subscribers=20, imdb=5)


def row(kind, year, added, country="", rating="", duration="90 min", genres="Dramas"):
    return {
        "type": kind,
        "release_year": str(year),
        "date_added": f"May 1, {added}",
        "country": country,
        "rating": rating,
        "duration": duration,
        "listed_in": genres,
    }


TITLES = [
    row("Movie", 2009, 2014, "France, Japan", "R", genres="Dramas, Comedies"),
    row("Movie", 2010, 2015, "France", "R", "60 min"),
    row("Movie", 2020, 2019, "", "", "61 min", "Comedies"),
    row("TV Show", 2020, 2019, "Japan", "TV-Y", "2 Seasons", "Kids' TV"),
]
EXPECTED = {
    "kpi_content_type": [["Movie", 3, "0.750000"], ["TV Show", 1, "0.250000"]],
    "kpi_genre": [["Comedies", 2, "0.500000"], ["Dramas", 2, "0.500000"], ["Kids' TV", 1, "0.250000"]],
    "kpi_rating": [["R", 2, "0.500000"], ["TV-Y", 1, "0.250000"], ["Unknown", 1, "0.250000"]],
    "kpi_country": [["France", 2, 2, 0], ["Japan", 2, 1, 1], ["Unknown", 1, 1, 0]],
    "kpi_release_year": [[2009, "Movie", 1], [2010, "Movie", 1], [2020, "Movie", 1], [2020, "TV Show", 1]],
    "kpi_year_added": [[2014, "Movie", 1], [2015, "Movie", 1], [2019, "Movie", 1], [2019, "TV Show", 1]],
    "kpi_genre_trend": [
        *(["Comedies", 2014, 1], ["Comedies", 2019, 1], ["Dramas", 2014, 1], ["Dramas", 2015, 1]),
        ["Kids' TV", 2019, 1],
    ],
    "kpi_content_age": [
        ["Movie", "Classic", "France", 1, "90.000000", 2, ["Comedies", "Dramas"]],
        ["Movie", "Classic", "Japan", 1, "90.000000", 2, ["Comedies", "Dramas"]],
        ["Movie", "Modern", "France", 1, "60.000000", 1, ["Dramas"]],
        ["Movie", "Recent", "Unknown", 1, "61.000000", 1, ["Comedies"]],
        ["TV Show", "Recent", "Japan", 1, None, 1, ["Kids' TV"]],
    ],
    "kpi_content_trend": [
        [2010, "Movie", 1, "60.000000", 1],
        [2020, "Movie", 1, "61.000000", 0],
        [2020, "TV Show", 1, None, 1],
    ],
    "kpi_country_growth": [["France", 1, 1, "0.000000"], ["Japan", 1, 1, "0.000000"], ["Unknown", 1, 0, None]],
}


def test_the_catalogues_kpis_are_those_that_are_counted_by_hand():
    assert {kpi: told["rows"] for kpi, told in catalogue_kpis(TITLES).items()} == EXPECTED


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(1, 3, "0.333333"), (2, 3, "0.666667"), (1, 128, "0.007813"), (-1, 128, "-0.007812"), (7, 1, "7.000000")],
)
def test_fractions_are_rounded_half_up(part, whole, expected):
    assert fraction(part, whole) == expected
    assert fraction(part, 0) is None


def test_dirt_takes_ratings_and_nothing_else():
    (rows,) = catalogues(Sample(titles=600, releases=1))
    lost = [row for row in rows if not row["rating"]]
    assert 0 < len(lost) < 20
    assert all(row["duration"].endswith("min") for row in lost)
    assert len(rows) == 600


def test_the_same_seed_makes_the_same_truth_and_a_day_more_another(tmp_path):
    texts = []
    for folder in ("one", "same"):
        make(tmp_path / folder, SMALL)
        texts.append([(tmp_path / folder / name).read_text() for name in (KPI_TRUTH, CATALOGUE_TRUTH)])
    make_next_day(tmp_path / "same", SMALL)
    assert texts[0] == texts[1]
    before, after = json.loads(texts[0][0]), json.loads((tmp_path / "same" / KPI_TRUTH).read_text())
    changed = {kpi for kpi in before if before[kpi] != after[kpi]}
    assert {"kpi_events_by_date", "kpi_watched_genre"} <= changed
    assert not changed & {*EXPECTED, "kpi_subscribers"}


def test_each_step_is_told_before_it_is_done(tmp_path):
    steps = []
    make(tmp_path, SMALL, lambda step: steps.append((step, (tmp_path / "imdb").exists())))
    assert steps[0] == ("Making the catalogue …", False)
    assert steps[-2:] == [("Making IMDb's files …", False), ("Counting what every KPI must be …", True)]


def test_a_sample_of_titles_alone_has_kpis_of_nothing_else(tmp_path):
    make(tmp_path, Sample(titles=3, releases=1, sessions=0, days=0, first_days=0, subscribers=0, imdb=0))
    truth = json.loads((tmp_path / KPI_TRUTH).read_text())
    assert {kpi for kpi, told in truth.items() if told["rows"]} == {*EXPECTED, "kpi_catalogue_depth"}
