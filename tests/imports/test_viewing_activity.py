"""Rows of ViewingActivity.csv as views, and what is said of those that can't be read."""

import pytest

from common.countries import countries
from imports.countries import CODES
from imports.viewing_activity import Activity, View, read_activity
from local_runtime.errors import LakehouseError

HEADER = (
    "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,"
    "Country"
)
MAY_1 = 1_619_900_100  # 2021-05-01 20:15:00 UTC
EPISODE = View("A", "Night Train: Season 1: One (Episode 1)", MAY_1, 2482, "Smart TV", "NO")


def row(
    title="T",
    start="2021-05-01 20:15:00",
    duration="00:00:10",
    kind="",
    profile="A",
    device="TV",
    country="NO (Norway)",
):
    return f"{profile},{start},{duration},,{title},{kind},{device},00:00:10,Not latest view,{country}"


def read(tmp_path, *rows, header=HEADER, end="\n", encoding="utf-8"):
    path = tmp_path / "ViewingActivity.csv"
    path.write_bytes("".join(f"{line}{end}" for line in (header, *rows)).encode(encoding))
    return read_activity(path)


def test_a_row_is_a_view(tmp_path):
    text = row(EPISODE.title, duration="00:41:22", device="Smart TV")
    assert read(tmp_path, text) == Activity(rows=1, views=(EPISODE,))


@pytest.mark.parametrize(
    "text, value",
    [
        ('"Hello, ""World"": Part 1"', {"title": 'Hello, "World": Part 1'}),
        ("Amélie", {"title": "Amélie"}),
        ("", {"title": ""}),
    ],
)
def test_titles_are_read_as_csv_has_them(tmp_path, text, value):
    (view,) = read(tmp_path, row(text)).views
    assert view == View("A", value["title"], MAY_1, 10, "TV", "NO")


@pytest.mark.parametrize(
    "form",
    [
        {"encoding": "utf-8-sig"},
        {"end": "\r\n"},
        {"end": "\r"},
        {"end": "\n\n"},
        {"header": HEADER.upper()},
        {"header": HEADER.replace(",", " , ")},
        {"header": HEADER.replace("Attributes", "Something new")},
    ],
    ids=str,
)
def test_byte_order_marks_line_ends_case_and_other_columns_change_nothing(tmp_path, form):
    assert read(tmp_path, row(), **form) == read(tmp_path, row())


def test_columns_are_found_in_any_order(tmp_path):
    header = "Country,Title,Duration,Start Time,Supplemental Video Type,Profile Name,Device Type"
    cells = f"NO (Norway),{EPISODE.title},00:41:22,2021-05-01 20:15:00,,A,Smart TV"
    assert read(tmp_path, cells, header=header).views == (EPISODE,)


def test_supplemental_videos_are_left_out_and_counted_by_type(tmp_path):
    rows = [row(kind=kind) for kind in ("HOOK", "TRAILER", "HOOK", "")]
    activity = read(tmp_path, *rows, row(start="never", kind="HOOK"))
    assert (activity.rows, len(activity.views), activity.supplemental) == (5, 1, {"HOOK": 3, "TRAILER": 1})


def test_rows_that_cannot_be_read_are_left_out_with_their_lines(tmp_path):
    flawed = [
        *(row(start=text) for text in ("", "2021-05-01", "01.05.2021 20:15", "2021-02-30 20:15:00")),
        *(row(duration=text) for text in ("", "41:22", "00:61:00", "1e3:00:00", "-00:01:00", "\u0660\u0660:41:22")),
        row("a, b"),
        "A,2021-05-01 20:15:00",
    ]
    activity = read(tmp_path, *flawed, row())
    assert (activity.rows, len(activity.views), activity.unreadable) == (13, 1, tuple(range(2, 14)))


def test_rows_of_times_that_cannot_be_are_left_out_with_their_lines(tmp_path):
    times = ("1999-05-01 20:15:00", "2007-01-15 23:59:59", "2007-01-16 00:00:00", "2999-05-01 20:15:00")
    activity = read(tmp_path, *(row(start=text) for text in times))
    assert (activity.rows, len(activity.views), activity.impossible) == (4, 1, (2, 3, 5))
    assert activity.repeats == 0


def test_the_line_of_a_row_counts_those_within_cells(tmp_path):
    assert read(tmp_path, row('"a\nb"'), row(start="x")).unreadable == (4,)


def test_of_rows_that_repeat_another_the_longest_view_stays(tmp_path):
    rows = [row(duration=text) for text in ("00:00:10", "00:00:30", "00:00:20")]
    activity = read(tmp_path, *rows, row(profile="B"), row("U"))
    assert activity.repeats == 2
    assert [(view.profile, view.title, view.seconds) for view in activity.views] == [
        ("A", "T", 30),
        ("B", "T", 10),
        ("A", "U", 10),
    ]


def test_the_codes_of_countries_are_those_that_the_pipelines_know():
    assert {code for _, code, _ in countries() if code} == CODES


@pytest.mark.parametrize(
    "text, code",
    [("NO (Norway)", "NO"), ("US", "US"), ("", ""), ("Norway", ""), ("no", ""), ("XX (Nowhere)", ""), ("ZZ", "")],
)
def test_a_country_is_its_code(tmp_path, text, code):
    activity = read(tmp_path, row(country=text))
    assert activity.views[0].country == code
    assert activity.unknown_countries == ({text: 1} if text and not code else {})


@pytest.mark.parametrize(
    "text, message",
    [
        (b"", "is empty"),
        (b"\n\n", "is empty, or its first line is"),
        (HEADER.encode(), "no rows"),
        (b"Title,Date\nDark,1/2/21\n", "its header lacks Profile Name, Start Time, Duration, Supplemental Video Type"),
        (HEADER.replace(",", ";").encode(), "its header lacks Profile Name"),
        (HEADER.encode("utf-16"), "is not text in UTF-8"),
        ("\n".join((HEADER, row('"never closed'), row())).encode(), "is not CSV at line 3"),
        (b"PK\x03\x04\x14\x00\xff\xfe", "is not text in UTF-8"),
    ],
)
def test_another_file_is_refused_with_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "ViewingActivity.csv"
    path.write_bytes(text)
    with pytest.raises(LakehouseError, match=message) as error:
        read_activity(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("name, message", [("", "is a folder"), ("missing.csv", "can't be read: No such file")])
def test_no_file_is_refused(tmp_path, name, message):
    with pytest.raises(LakehouseError, match=message):
        read_activity(tmp_path / name)
