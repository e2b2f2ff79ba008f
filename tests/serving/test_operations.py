"""What the page of operations says of a lake: as `./lakehouse status` does, without personal data, while runs work."""

import asyncio
import json
import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.delta.lake import RUNTIME_FOLDER
from local_runtime.errors import LakehouseError
from local_runtime.inspection.query import run_query
from local_runtime.inspection.status import inspect
from local_runtime.state.publications import FOLDER
from local_runtime.state.release_decisions import Decision, decide
from serving.build import build_service
from serving.operations.kept import KeptReport, state_of
from serving.operations.report import open_releases, report_of
from serving.operations.updates import updates_in
from serving.pages.operations import ago, in_seconds
from tests.serving.conftest import client_of

PERSONAL = ("silver.playback_events", "silver.subscribers")


@pytest.fixture(scope="module")
def report(made_lake):
    return report_of(made_lake)


def page_of(client):
    """The page, once the lake is read."""
    for _ in range(60):
        text = client.get("/operations").text
        if "data-reading" not in text:
            return text
    raise AssertionError("The lake is still being read.")


def test_the_verdict_is_that_of_status(report, made_lake):
    state = inspect(made_lake)
    assert report.unread == []
    assert report.state.verdict == state.verdict
    assert [problem.text for problem in report.problems] == state.problems


def test_the_last_update_has_the_rows_of_the_event_logs(report, made_lake):
    (update,) = report.updates
    assert update.state == "COMPLETED"
    assert update.id == report.published.update_id
    assert timedelta() < update.duration < timedelta(minutes=30)
    for layer in report.layers:
        logged = run_query(
            made_lake,
            f"""SELECT sum(get_json_object(details, '$.flow_progress.metrics.num_output_rows')::BIGINT)
            FROM {layer.name}.event_log WHERE event_type = 'flow_progress'""",
        ).fetchall()
        assert [(layer.last_update.written,)] == logged
        assert layer.rows == sum(it.rows for it in report.state.tables if it.name.startswith(layer.name))


def test_quarantines_have_each_rule_and_examples_but_never_personal_ones(report, made_lake):
    shown = {it.of: it for it in report.quarantines}
    assert {*shown} >= {"silver.titles", *PERSONAL}
    for quarantine in report.quarantines:
        by_rule = {rule.name: rule.rows for rule in quarantine.rules}
        assert by_rule == report.state.quarantined[quarantine.table]
        assert [rule.rows for rule in quarantine.rules] == sorted(by_rule.values(), reverse=True)
        assert quarantine.shows_values is (quarantine.of not in PERSONAL)
        assert all(bool(rule.examples) is quarantine.shows_values for rule in quarantine.rules)
        assert f"--lake {made_lake.root}" in quarantine.commands[0]
    types = next(rule for rule in shown["silver.titles"].rules if rule.name == "valid_type")
    assert {"type": "Podcast"}.items() <= types.examples[0].items()


def test_feeds_say_what_is_newest_and_events_how_late_they_came(report, made_lake):
    feeds = {feed.table: feed for feed in report.feeds}
    assert {*feeds} == {it.name for it in report.state.tables if it.name.startswith("bronze.")}
    assert all(feed.files and feed.rows and feed.newest and feed.loaded_at for feed in feeds.values())
    (newest,) = run_query(made_lake, "SELECT max(event_date) FROM silver.playback_deliveries").fetchall()
    assert feeds["bronze.playback_events"].newest == newest[0]
    (lateness,) = report.lateness
    delivered = report.state.deliveries[lateness.table]
    assert (lateness.late, lateness.longest_delay_hours) == (delivered.late, delivered.longest_delay_hours)
    assert sum(day.late for day in lateness.days) <= lateness.late


def test_the_page_shows_no_value_of_a_personal_row(made_lake):
    with client_of(build_service(made_lake)) as client:
        text = page_of(client)
    rows = run_query(made_lake, "SELECT * EXCLUDE (failed_rules, _source_file) FROM silver.subscribers_quarantine")
    values = {str(it) for row in rows.fetchall() for it in row if isinstance(it, str) and len(it) > 20}
    assert values
    assert [it for it in values if it in text] == []
    assert "only rules and counts are shown" in text


def test_a_held_release_is_shown_with_the_commands_that_decide(lake):
    state = inspect(lake)
    name, releases = next((name, it) for name, it in state.releases.items() if it)
    newest = {**releases[-1], "is_superseded": False, "verdict": "held", "problem": "It would close 9 of 10 titles."}
    state.releases[name][-1] = newest
    (open_release,) = open_releases(state, f" --lake {lake.root}")
    assert open_release.problem.text == "It would close 9 of 10 titles."
    shown = newest["release"] or newest["file_name"]
    assert open_release.problem.commands == [
        f"./lakehouse {word} {shown} --lake {lake.root}" for word in ("accept", "reject")
    ]


def test_a_failed_update_and_a_damaged_log_are_said_and_the_rest_is_shown(lake):
    newest = max((lake.path("bronze.event_log") / "_delta_log").glob("*.json"))
    newest.write_text("{")
    report = report_of(lake)
    assert any("bronze" in text for text in [*report.unread, *(it.text for it in report.problems)])
    assert report.quarantines
    assert [layer.name for layer in report.layers] == ["bronze", "silver", "gold"]
    assert report.state.verdict.startswith("Needs attention")


def test_of_a_lake_that_cannot_be_read_the_page_claims_nothing(made_lake, monkeypatch):
    def fail(lake):
        raise LakehouseError("The disk is gone.")

    monkeypatch.setattr("serving.operations.report.inspect", fail)
    with client_of(build_service(made_lake)) as client:
        text = page_of(client)
    assert "The disk is gone." in text
    assert text.count("Not known: the lake can&#39;t be read.") == 4  # releases, layers, feeds, quarantine
    assert "None: every release" not in text
    assert "every row is valid" not in text


def test_the_page_does_not_wait_for_a_run(lake):
    record = lake.root / RUNTIME_FOLDER / "last_run.json"
    record.parent.mkdir(exist_ok=True)
    record.write_text(json.dumps({"began": "2026-11-29T20:00:00+00:00", "ended": False}))
    with client_of(build_service(lake)) as client, lake.locked():
        assert "A run is in progress" in page_of(client)


def test_the_report_is_read_again_when_the_lake_has_changed_and_only_then(lake):
    read = []

    async def look():
        kept = KeptReport(lake, lambda _: read.append(1) or len(read))
        assert await kept.get() == (1, True)
        assert await kept.get() == (1, True)
        (lake.path("gold.dim_genre") / "_delta_log" / f"{99:020}.json").write_text("{}")
        kept._ended = float("-inf")
        assert await kept.get() == (2, True)

    asyncio.run(look())


def lose_a_data_file(lake):
    next(lake.path("gold.dim_genre").glob("*.parquet")).unlink()


def decide_on_a_release(lake):
    decide(lake, ["titles/a.csv"], Decision.REJECT)


def publish(lake):
    (lake.root / FOLDER / f"{99:020}.json").write_text("{}")


@pytest.mark.parametrize("change", [lose_a_data_file, decide_on_a_release, publish])
def test_a_report_is_old_after_whatever_status_would_tell(lake, change):
    before = state_of(lake)
    assert state_of(lake) == before
    change(lake)
    assert state_of(lake) != before


def test_a_report_grows_old_by_itself(lake, monkeypatch):
    monkeypatch.setattr("serving.operations.kept.LONGEST", 0.0)
    _, is_current = asyncio.run(KeptReport(lake, lambda _: "a report").get())
    assert not is_current


def test_of_an_old_report_the_page_claims_nothing(made_lake, monkeypatch):
    async def get(self):
        return report_of(made_lake), False

    monkeypatch.setattr(KeptReport, "get", get)
    with client_of(build_service(made_lake)) as client:
        text = client.get("/operations").text
    assert "being read again" in text
    assert '<a href="/operations" data-again>Reload</a>' in text and "http-equiv" not in text
    assert 'class="verdict waiting"' in text
    for claim in ("Healthy", "None: every", "Empty: every", "none wait"):
        assert claim not in text


@pytest.mark.parametrize(("is_locked", "state"), [(True, "RUNNING"), (False, "STOPPED")])
def test_an_update_whose_run_has_not_ended_is_not_completed(lake, is_locked, state):
    record = lake.root / RUNTIME_FOLDER / "last_run.json"
    record.parent.mkdir(exist_ok=True)
    with lake.locked() if is_locked else nullcontext():
        record.write_text(json.dumps({"began": "2020-11-29T20:00:00+00:00", "ended": False}))
        assert [update.state for update in updates_in(lake, [])] == [state]
        record.write_text(json.dumps({"began": "9999-11-29T20:00:00+00:00", "ended": False}))
        assert [update.state for update in updates_in(lake, [])] == ["COMPLETED"]


def test_a_reader_is_not_kept_waiting_by_a_slow_reading(lake):
    async def look():
        kept = KeptReport(lake, lambda _: time.sleep(0.5))
        assert await kept.get(patience=0.01) == (None, False)

    asyncio.run(look())


def test_a_reading_that_fails_is_said(lake):
    def fail(_):
        raise ValueError("no memory")

    report, _ = asyncio.run(KeptReport(lake, fail).get())
    assert "no memory" in report.unread[0]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (59.9, "59.9 s"), (61, "1 min 1 s"), (8000, "2 h 13 min")],
)
def test_durations_are_written_as_people_say_them(seconds, text):
    assert in_seconds(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "just now"), (60, "1 minute ago"), (7200, "2 hours ago"), (400 * 86_400, "1 year ago")]
)
def test_how_long_ago_it_was(seconds, text):
    now = datetime(2026, 11, 29, tzinfo=UTC)
    assert ago(now - timedelta(seconds=seconds), now) == text
