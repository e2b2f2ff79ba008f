"""Ids of people stay in bronze: canaries of every shape, in every column and name, are found nowhere else."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from local_runtime.cli.arguments import main
from local_runtime.cli.run_messages import messages, problems_after
from local_runtime.cli.status_report import status_text
from local_runtime.inspection.query import run_query
from local_runtime.inspection.status import inspect
from tests.conftest import ROOT
from tests.end_to_end.test_playback import T, event, land
from tests.end_to_end.test_subscribers import HEADER, snapshot
from tests.helpers.truth import rows

# What the rule sees in anybody's row.
SEEN = {
    "digits": "90210477315",
    "letters and digits": "u7x9k2m4q8z1",
    "e-mail": "jane.canary@example.org",
    "UUID": "7d1f3c52-9b0e-4c1d-8a55-0f6e2b9c4d11",
}
# What it sees in the row of the person alone.
OWN = {"short": "q7", "letters": "canarybird"}
TITLE_IDS = ("title_id", "content_id")
EVENT_TEXTS = ("event_type", "device_type", "country", "position_seconds")
OWN_IDS = ("user_id", "profile_id", "session_id", "event_id")
SUBSCRIBER = "{id},{plan},{revenue},2023-01-31,,{country},30,{gender},{device},1 Month"
SUBSCRIBER_TEXTS = ("plan", "revenue", "country", "gender", "device")
PLAIN = {"id": "5", "plan": "Basic", "revenue": "10", "country": "Canada", "gender": "Female", "device": "Laptop"}


def own_events(canary: str) -> Iterator[dict | str]:
    """Events of a person whose id is the canary, which is in every column in turn, and in texts that nothing reads."""
    for own in OWN_IDS:
        # Ids of events may be those of titles.
        for name in (*EVENT_TEXTS, *(TITLE_IDS if own != "event_id" else ())):
            yield event(T, "PAUSE", **{own: canary, name: canary})
    yield event(T, "PAUSE", user_id=canary, raw_payload={"user": canary}, unknown=canary)
    yield {"user_id": canary, "event_ts": "never", "device_type": canary, "unknown": canary}
    yield f'{{"user_id": "{canary}", "event_ts": 17'


def events_of_others(canary: str) -> Iterator[dict]:
    """Events of others that hold the canary in each column in turn, and as a key. Ids of titles have any shape."""
    yield event(T, "PAUSE", user_id="someone else", **{canary: 1})
    for name in (*EVENT_TEXTS, *(TITLE_IDS if "@" in canary else ())):
        yield event(T, "PLAY_START", user_id="someone else", **{name: canary})


def land_canaries(place) -> None:
    """Files whose rows and names hold canaries."""
    for shape, canary in (SEEN | OWN).items():
        land(place, f"own {shape}.json", *own_events(canary))
        users = [SUBSCRIBER.format(**{**PLAIN, "id": canary, name: canary}) for name in SUBSCRIBER_TEXTS]
        snapshot(place, f"{shape}_2023-03-10.csv", *users, f"{canary},", f'"{canary}')
    for shape, canary in SEEN.items():
        land(place, f"other {shape}.json", *events_of_others(canary))
        others = [SUBSCRIBER.format(**{**PLAIN, name: canary}) for name in SUBSCRIBER_TEXTS]
        snapshot(place, f"others_{shape}_2023-04-10.csv", *others)
        snapshot(place, f"no header {shape}.csv", header=SUBSCRIBER.format(**{**PLAIN, "id": canary}))
        if shape == "letters and digits":  # which names of files may have
            continue
        snapshot(place, f"{canary}_2023-05-10.csv", SUBSCRIBER.format(**PLAIN))
        # It looks like a date that can't be decided.
        snapshot(place, f"user_id={canary} 05-06-2023.csv", SUBSCRIBER.format(**PLAIN))
        for name in (f"{canary}.json", f"{canary}/x.json", f"day=1/{canary} empty.json"):
            (place.landing / "playback" / name).parent.mkdir(parents=True, exist_ok=True)
            land(place, name, *([] if "empty" in name else [event(T, "PAUSE")]))
        (place.landing / "playback" / f"{canary}.gz").write_bytes(b"no gzip")
    for canary in OWN.values():
        folder = place.landing / "playback" / f"user_id={canary}"
        folder.mkdir()
        land(place, f"user_id={canary}/x.json", event(T, "PAUSE"))


def outside_bronze(place) -> Iterator[tuple[str, str]]:
    """Every file of the lake but those of the two personal tables of bronze: its path, and its text."""
    for table in place.lake.tables():
        if table not in ("bronze.playback_events", "bronze.subscribers"):
            yield table, run_query(place.lake, f"FROM {table}").to_arrow_table().to_pandas().to_csv()
    for path in place.lake.root.rglob("*"):
        name = str(path.relative_to(place.lake.root))
        if name.startswith(("bronze/playback_events/", "bronze/subscribers/")):
            continue
        yield f"name of {name}", name
        if path.is_file() and path.suffix != ".parquet":
            yield name, path.read_text(errors="replace")


def found(texts: Iterator[tuple[str, str]], canary: str) -> list[str]:
    """Where the canary is, as a word of its own or in one."""
    word = re.compile(rf"(?<![a-z0-9]){re.escape(canary)}(?![a-z0-9])" if len(canary) < 6 else re.escape(canary))
    return [where for where, text in texts if word.search(text.casefold())]


@pytest.fixture
def canaries(place):
    """A place where canaries have landed and were loaded; with all that the run said."""
    land_canaries(place)
    outcome = place.run()
    return place, said_after(place, outcome)


def said_after(place, outcome) -> str:
    """What a run says at its end."""
    problems = problems_after(outcome, place.graph, place.lake)
    return "\n".join(messages(outcome, place.graph, place.lake, "", problems))


def test_ids_of_every_shape_are_found_nowhere_outside_bronze(canaries):
    place, said = canaries
    texts = [*outside_bronze(place), ("run", said), ("status", status_text(inspect(place.lake), long=True))]
    leaks = [f"{shape}: {where}" for shape, canary in (SEEN | OWN).items() for where in found(iter(texts), canary)]
    assert "\n".join(leaks) == ""
    # They were all there to be found.
    raw = "\n".join(
        run_query(place.lake, f"FROM bronze.{table}").to_arrow_table().to_pandas().to_csv()
        for table in ("playback_events", "subscribers")
    )
    assert all(canary in raw for canary in (SEEN | OWN).values())
    assert "Rejected" in said


def test_a_refused_run_names_nobody(canaries, capsys):
    place, _ = canaries
    canary = SEEN["e-mail"]
    (place.landing / "playback" / f"{canary}.json").write_text("changed")
    outcome = place.run()
    said = said_after(place, outcome)
    assert "was loaded before" in said
    texts = [*outside_bronze(place), ("run", said), ("status", status_text(inspect(place.lake)))]
    assert found(iter(texts), canary) == []


@pytest.mark.kills
def test_a_killed_run_leaves_nothing_outside_bronze(place):
    land_canaries(place)
    run = subprocess.Popen([ROOT / "lakehouse", "run", *place.options], start_new_session=True)
    wait_until(lambda: (place.lake.root / "silver").exists() or run.poll() is not None)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    texts = [*outside_bronze(place)]
    assert [where for canary in SEEN.values() for where in found(iter(texts), canary)] == []


def wait_until(is_so) -> None:
    """Waits until something is so, a minute at most."""
    end = time.monotonic() + 300
    while not is_so() and time.monotonic() < end:
        time.sleep(0.05)


def test_an_id_of_letters_in_the_row_of_another_person_is_not_seen(place):
    canary = OWN["letters"]
    land(place, "a.json", event(T, "PAUSE", user_id="someone else", device_type=canary))
    snapshot(place, "a_2023-03-10.csv", SUBSCRIBER.format(**{**PLAIN, "plan": canary}), header=HEADER)
    place.run()
    assert rows(place, f"SELECT count(*) FROM gold.dim_device WHERE device = '{canary}'") == [(1,)]
    assert rows(place, f"SELECT count(*) FROM gold.dim_plan WHERE plan = '{canary}'") == [(1,)]


def test_file_gives_the_name_from_bronze(place, capsys):
    land(place, "jane@example.org.json", event(T, "PAUSE"))
    place.run()
    ((shown,),) = rows(place, "SELECT DISTINCT _source_file FROM silver.playback_events")
    assert re.fullmatch("playback/…[0-9a-f]{16}", shown)
    assert main(["file", shown, "--lake", str(place.lake.root)]) == 0
    assert main(["file", shown[-16:], "--lake", str(place.lake.root)]) == 0
    assert capsys.readouterr().out == "playback/jane@example.org.json\n" * 2
    assert main(["file", "0" * 16, "--lake", str(place.lake.root)]) == 1
    assert "No file" in capsys.readouterr().err


def test_decisions_and_rejected_take_the_real_name_of_a_hidden_file(place, capsys):
    snapshot(place, "jane@example.org_2023-03-10.csv", SUBSCRIBER.format(**PLAIN), ",Basic")
    place.run()
    for name in (
        "subscribers/jane@example.org_2023-03-10.csv",
        str(place.landing / "subscribers" / "jane@example.org_2023-03-10.csv"),
    ):
        assert main(["rejected", name, "--lake", str(place.lake.root)]) == 0
        assert main(["reject", name, "--lake", str(place.lake.root)]) == 0
    assert main(["rejected", "jane@example.org_2023-03-10.csv", "--lake", str(place.lake.root)]) == 0
    said = capsys.readouterr().out
    assert said.count("valid_user_id: 1 row") == 3
    assert "jane" not in said.replace(str(place.landing), "")
    assert "jane" not in (place.lake.root / "release_decisions.json").read_text()
    place.run("silver.subscribers")
    assert rows(place, "SELECT count(*) FROM silver.subscribers") == [(0,)]
