"""`./lakehouse run --watch`: stays up, loads what lands, and ends cleanly."""

import json
import shutil
import signal
import subprocess
import threading
import time

import pytest

from local_runtime.inspection.query import run_query
from tests.conftest import ROOT
from tests.end_to_end.test_playback import T, event, land


@pytest.fixture
def start():
    """Starts a watch of a place and returns its process."""
    started = []

    def begin(place):
        process = subprocess.Popen(
            [ROOT / "lakehouse", "run", "--watch", "--landing", place.landing, "--lake", place.lake.root],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        # Whatever a test waits for, it doesn't wait for ever.
        end = threading.Timer(120, process.kill)
        end.start()
        started.append((process, end))
        return process

    yield begin
    for process, end in started:
        end.cancel()
        process.kill()
        process.communicate()


@pytest.fixture
def watching(place, start):
    """A watch of the place after its first update, and the lines that it prints."""
    land(place, "a.json", event(T, "PLAY_START"), event(T + 130, "PLAY_STOP"))
    process = start(place)
    line_with("rows: ", process)
    return place, process


def line_with(text, process):
    """The next line of the watch's output that contains the text."""
    return next(line for line in process.stdout if text in line)


def until(place, query, expected):
    """Waits until a query of the lake has the expected answer."""
    end = time.monotonic() + 300
    while (found := run_query(place.lake, query).fetchall()) != expected:
        assert time.monotonic() < end, found
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_files_are_loaded_as_they_land_and_a_signal_ends_it(watching, launch, number):
    place, process = watching
    land(place, "deep/er/b.json", event(T + 300, "PLAY_START", session_id="t"), event(T + 400, "PAUSE", session_id="t"))
    until(place, "SELECT sum(plays)::INT FROM gold.kpi_top_titles", [(2,)])
    assert "bronze 2" in line_with("1 loaded", process)
    folders = ["--landing", str(place.landing), "--lake", str(place.lake.root)]
    refused = launch("run", *folders)
    assert refused.returncode == 1
    assert "another run is in progress" in refused.stderr.lower()
    status = json.loads(launch("status", "--format", "json", "--lake", str(place.lake.root)).stdout)
    assert "silver.playback_events" in json.dumps(status)
    process.send_signal(number)
    process.wait(10)
    assert process.returncode in (128 + number, -number)
    assert "Traceback" not in process.stderr.read()
    plain = launch("run", *folders)
    assert plain.returncode == 0, plain.stderr
    assert launch("status", "--lake", str(place.lake.root)).returncode == 0
    watched = place.digests()
    place.run("bronze.playback_events", *[name for name in place.lake.tables() if name.startswith("silver.")])
    assert place.digests() == watched


def test_a_file_that_cannot_be_read_does_not_end_the_watch(watching):
    place, process = watching
    (place.landing / "playback" / "b.json.gz").write_bytes(b"\x1f\x8bno")
    line_with("1 rejected", process)
    land(place, "c.json", event(T + 900, "PLAY_START", session_id="u"))
    until(place, "SELECT count(*) FROM silver.playback_events", [(3,)])


def test_a_watch_of_a_folder_that_is_not_there_yet_waits_for_what_lands(bare, start):
    shutil.rmtree(bare.landing)
    process = start(bare)
    line_with("no new files", process)
    bare.landing.mkdir()
    land(bare, "a.json", event(T, "PLAY_START"))
    until(bare, "SELECT count(*) FROM silver.playback_events", [(1,)])


def test_a_file_with_few_valid_rows_is_named(watching):
    place, process = watching
    land(place, "bad.json", *[event("soon", "PAUSE", event_id=str(n)) for n in range(10)])
    assert "0 of its 10 rows are valid" in line_with("playback/bad.json", process)
