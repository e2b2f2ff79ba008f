"""Views as events of the playback feed."""

import csv

from bronze.feeds import PLAYBACK_CSV_FOLDER, PLAYBACK_FEED
from imports import playback
from imports.titles import SHOW, Match, TitlePeriod, Titles
from imports.viewing_activity import View

VIEW = View("Ada", 'Night Train: "One"', 1_619_900_100, 2482, "Smart TV", "NO")


def events(view=VIEW, show_id="s1", millis=0):
    return [*playback.events(view, Match("Night Train", show_id), millis)]


def test_the_file_is_one_of_the_feed():
    assert playback.FOLDER == PLAYBACK_CSV_FOLDER
    assert list(playback.COLUMNS) == list(PLAYBACK_FEED.column_names)


def test_a_view_is_a_start_and_a_stop_of_one_session():
    start, stop = events()
    assert (start["event_type"], stop["event_type"]) == ("PLAY_START", "PLAY_STOP")
    assert (start["event_ts"], stop["event_ts"]) == ("1619900100", "1619902582")
    different = {name for name in start if start[name] != stop[name]}
    assert different == {"event_id", "event_type", "event_ts"}


def test_an_event_has_its_id_whatever_else_a_newer_file_or_catalogue_says():
    ids = [event["event_id"] for event in events()]
    longer = VIEW._replace(seconds=9_000, device="Phone", country="SE")
    assert [event["event_id"] for event in events(longer, "s2", 7)] == ids


def test_other_profiles_times_and_titles_have_other_ids():
    others = [VIEW, *(VIEW._replace(**change) for change in ({"profile": "B"}, {"start": 1}, {"title": "T"}))]
    ids = {event["event_id"] for view in others for event in events(view)}
    assert len(ids) == 8


def test_a_later_release_moves_events_by_a_millisecond_so_that_they_replace_the_earlier_ones():
    releases = [TitlePeriod("Night Train", SHOW, 1, f"s{n}", n, n + 1) for n in range(1, 4)]
    millis = [playback.millis_of_import(Titles(releases[:count])) for count in range(4)]
    assert millis == [0, 0, 1, 2]
    assert [event["event_ts"] for event in events(millis=2)] == ["1619900100.002", "1619902582.002"]


def test_cells_survive_the_file():
    content = playback.as_csv(events())
    assert [*csv.DictReader(content.decode().splitlines())] == [
        {name: event.get(name, "") for name in playback.COLUMNS} for event in events()
    ]


def test_the_files_name_is_of_its_content_and_names_nobody(tmp_path):
    content = playback.as_csv(events())
    path, is_new = playback.write(content, tmp_path)
    assert (is_new, path.read_bytes()) == (True, content)
    assert not any(sign.isdigit() for sign in path.name) and "Ada" not in path.name
    assert playback.write(content, tmp_path) == (path, False)
    other, is_new = playback.write(playback.as_csv(events(VIEW._replace(seconds=1))), tmp_path)
    assert is_new and {*(tmp_path / playback.FOLDER).iterdir()} == {path, other}
