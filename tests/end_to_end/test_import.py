"""A person's viewing activity from its file to KPIs: `./lakehouse import viewing-activity`."""

from decimal import Decimal

from local_runtime.cli.arguments import main
from sample.catalogue import Sample
from sample.mark import set_mark
from tests.end_to_end.conftest import TITLES_HEADER
from tests.helpers.truth import rows

HEADER = (
    "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,"
    "Country\n"
)
EPISODE = (
    "Adalbert,2021-05-01 20:15:00,00:41:22,,Night Train: Season 1: One (Episode 1),,Smart TV,00:41:22,"
    "Not latest view,NO (Norway)\n"
)
HOOK = "Adalbert,2021-05-01 21:15:00,00:00:31,,Night Train_hook,HOOK,Smart TV,00:00:31,00:00:31,NO (Norway)\n"
MOVIE = 'Adalbert,2021-12-01 20:00:00,01:00:00,,"Far, Away",,Smart TV,01:00:00,01:00:00,NO (Norway)\n'
OLDER = EPISODE + HOOK + MOVIE
NEWER = EPISODE.replace("2021-05-01", "2022-05-01") + OLDER


def release(*titles):
    """A release that numbers these (type, title) from s1 on."""
    numbered = enumerate(titles, 1)
    return TITLES_HEADER + "".join(f's{n},{kind},"{title}",D,,,,2019,,,,\n' for n, (kind, title) in numbered)


TRAIN, FAR, OTHER = ("TV Show", "Night Train"), ("Movie", "Far, Away"), ("Movie", "Other")


def imported(place, capsys, text):
    """The code and the output of the command for a file with these rows."""
    file = place.landing.parent / "ViewingActivity.csv"
    file.write_text(HEADER + text)
    capsys.readouterr()
    code = main(["import", "viewing-activity", str(file), *place.options])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def watched(place):
    """Plays, hours viewed and subscribers by title."""
    columns = "title, plays, hours_viewed, subscribers"
    return {title: tuple(measures) for title, *measures in rows(place, f"SELECT {columns} FROM gold.kpi_top_titles")}


def hours(seconds):
    return (Decimal(seconds) / 3600).quantize(Decimal("0.000001"))


def test_viewing_activity_becomes_hours_of_its_titles(place, capsys):
    code, printed = imported(place, capsys, OLDER)
    assert code == 1 and "has no catalogue yet" in printed

    place.land("titles/a_2021-01-01.csv", release(TRAIN, OTHER))
    place.run()
    code, printed = imported(place, capsys, OLDER)
    assert code == 0
    assert "3 rows" in printed and "1 row (1 HOOK)" in printed and "4 events" in printed
    assert "1 view: Far, Away (not in the catalogue)" in printed
    assert "Adalbert" not in printed
    assert imported(place, capsys, NEWER)[0] == 0
    place.run()
    assert watched(place) == {"Night Train": (2, hours(2 * 2482), 1), "Unknown": (1, hours(3600), 1)}
    assert rows(place, "SELECT DISTINCT device_type, country FROM silver.playback_events") == [("smart tv", "NO")]
    code, printed = imported(place, capsys, NEWER)
    assert code == 0 and "Nothing was written" in printed

    # The second release has the movie, and numbers its titles again: two of the views came after it.
    place.land("titles/a_2021-10-01.csv", release(OTHER, FAR, TRAIN))
    place.run()
    assert imported(place, capsys, NEWER)[0] == 0
    place.run()
    assert watched(place) == {"Night Train": (2, hours(2 * 2482), 1), "Far, Away": (1, hours(3600), 1)}


def test_views_do_not_land_among_a_samples_files(place, capsys):
    set_mark(place.landing, Sample())
    code, printed = imported(place, capsys, OLDER)
    assert code == 1 and "holds a sample" in printed
    assert not (place.landing / "playback_csv").exists()
