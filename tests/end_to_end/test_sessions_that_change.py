"""Sessions that later events change, in a lake of several updates: gold is as if all had come at once."""

import random
import shutil

import pytest

from local_runtime.state.progress import progress_of
from local_runtime.update.flows import changed_keys
from tests.end_to_end.test_playback import T, event, land

DAY = 24 * 60 * 60
DAYS = 14
KINDS = ["PLAY_START", "PAUSE", "RESUME", "SEEK", "PLAY_STOP", "HEARTBEAT", None]


@pytest.fixture(autouse=True)
def facts_of_any_size(monkeypatch):
    monkeypatch.setattr(changed_keys, "FEW_ROWS", 0)


def events_of(dice, days, number):
    """Events of these days: of old and new sessions, some crossing midnight, some without an id or valid time."""
    for at in range(number):
        moment = T + dice.choice(days) * DAY + dice.randrange(DAY)
        user = f"u{dice.randrange(4)}"
        # Few ids, so that some come again with other contents, and the greater one is kept.
        made = event(moment, dice.choice(KINDS), user_id=user, event_id=f"e{dice.randrange(400)}")
        made["session_id"] = dice.choice([None, f"s{moment // DAY}-{at % 3}", f"s{moment // (2 * DAY)}"])
        made["title_id"] = dice.choice(["s1", "s2", None])
        if dice.random() < 0.1:
            made["event_ts"] = "not a time"
        yield made


def refresh_of(place, table):
    (flow,) = progress_of(place.lake.log(table)).flows.values()
    return flow.refresh.removeprefix("MAINTENANCE_TYPE_")


def test_late_events_of_old_and_new_sessions_give_what_all_at_once_give(place):
    dice = random.Random(3)
    land(place, "0.json", *events_of(dice, range(DAYS), 300))
    place.run()
    techniques = []
    for number in range(1, 7):
        day = dice.randrange(DAYS)
        land(place, f"{number}.json", *events_of(dice, [day, min(day + 1, DAYS - 1)], 12))
        place.run()
        techniques.append(refresh_of(place, "gold.fact_playback"))
    assert sum("GROUP_AGGREGATE" in technique for technique in techniques) > 2, techniques
    in_parts = place.digests()
    shutil.rmtree(place.lake.root)
    place.run()
    assert place.digests() == in_parts
