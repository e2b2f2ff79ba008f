"""How long a watch waits, and which engine it goes on with, after an update that failed."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from local_runtime.cli import watch
from local_runtime.delta.lake import Lake
from local_runtime.state.file_ledger import FileRecord
from local_runtime.update.results import Outcome, Result


class Enough(Exception):
    """Ends the watch of a test."""


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """Runs a watch whose updates end as given; gives what it was asked to do anew each time, and did in between."""
    done, ends = [], []

    @contextmanager
    def engine():
        done.append("engine")
        yield None

    def run_update(session, graph, lake, pipelines, full_refresh):
        done.append(sorted(full_refresh))
        return ends.pop(0)

    def wait(self, timeout=None):
        done.append(timeout)
        if not ends:
            raise Enough

    def run(*outcomes, full_refresh=()):
        ends.extend(outcomes)
        graph = SimpleNamespace(sources={"a.b": [str(tmp_path)]}, pipelines=(), datasets={})
        with pytest.raises(Enough):
            watch.watch(engine, graph, Lake(tmp_path / "lake"), (), frozenset(full_refresh), "")
        return done

    (tmp_path / "lake").mkdir()
    monkeypatch.setattr(watch, "run_update", run_update)
    monkeypatch.setattr(watch.Landings, "wait", wait)
    return run


def test_a_file_that_was_rejected_is_named_with_its_reason_once(tmp_path):
    record = FileRecord("a.csv", "rejected", 1, 1, "x", reason="encoding", message="it is in UTF-16")
    results = [Result("bronze.t", flow, files={"a.csv": record}) for flow in ("one", "two")]
    graph = SimpleNamespace(datasets={"bronze.t": SimpleNamespace(properties={})})
    outcome = Outcome("1", results=results)
    assert "1 rejected; rows: nothing" in watch.update_summary(outcome, 1.0)
    assert watch.messages(outcome, graph, Lake(tmp_path), "", ()) == ["Rejected: a.csv (encoding): it is in UTF-16."]


GOOD, BAD = Outcome("1"), Outcome("2", failures={"a.b": "no luck"})
UNPUBLISHED = Outcome("3", publication_error="no space")


def test_after_a_failure_it_tries_again_by_itself_on_another_engine(watched):
    assert watched(GOOD, BAD, GOOD) == ["engine", [], None, [], watch.AFTER_FAILURE, "engine", [], None]


def test_what_could_not_be_published_is_tried_again_on_the_same_engine(watched, capsys):
    assert watched(UNPUBLISHED, GOOD) == ["engine", [], watch.AFTER_FAILURE, [], None]
    assert "Failed: no space" in capsys.readouterr().out


def test_what_failed_is_still_to_be_refreshed_in_full(watched):
    outcome = Outcome("2", failures={"a.b": "no luck"}, skipped=["a.c"])
    found = watched(outcome, GOOD, GOOD, full_refresh=("a.b", "a.c", "a.d"))
    assert [it for it in found if isinstance(it, list)] == [["a.b", "a.c", "a.d"], ["a.b", "a.c"], []]


def test_a_problem_is_told_once_for_as_long_as_it_lasts(watched, monkeypatch, capsys):
    problems = iter([["It waits."], ["It waits.", "It is flawed."], [], ["It waits."]])
    monkeypatch.setattr(watch, "problems_after", lambda *_: next(problems))
    watched(*[GOOD] * 4)
    _, *lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("It ")] == ["It waits.", "It is flawed.", "It waits."]


def test_an_engine_is_changed_after_so_many_updates(watched, monkeypatch):
    monkeypatch.setattr(watch, "MAX_UPDATES", 2)
    assert watched(*[GOOD] * 5).count("engine") == 3


def test_an_engine_that_has_grown_too_large_is_replaced(watched, monkeypatch):
    held = iter([0, 0, watch.MAX_GROWTH, watch.MAX_GROWTH + 1, 0, 0])
    monkeypatch.setattr(watch, "memory_of_children", lambda: 10 + next(held))
    assert watched(GOOD, GOOD, GOOD, GOOD) == ["engine", [], None, [], None, [], None, "engine", [], None]
