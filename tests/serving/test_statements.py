"""A few statements at once, equal ones once, none for longer than it may."""

import asyncio
import threading
import time

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

import duckdb

from serving.backends.memory import Memory
from serving.generations import Generation, Generations
from serving.limits import Limits
from serving.problems import Problem
from serving.sources import Source
from serving.statements import Statements, fetch


def statements_of(**limits):
    generation = Generation(Source(tag="p1", versions={}), Memory(duckdb.connect()))
    return Statements(Generations(generation), Limits(**limits)), generation


def test_equal_questions_are_answered_by_one_statement_and_kept():
    statements, generation = statements_of()
    ran = []

    def work(cursor):
        ran.append(1)
        time.sleep(0.1)
        return fetch(cursor, "SELECT 1 AS one").rows

    async def ask():
        together = await asyncio.gather(*(statements.once(generation, "key", work) for _ in range(5)))
        return [*together, await statements.once(generation, "key", work)]

    assert asyncio.run(ask()) == [[(1,)]] * 6
    assert len(ran) == 1
    assert (statements.counters.joined, statements.counters.from_cache) == (4, 1)
    assert generation.readers == 0


def test_no_more_run_than_may_and_who_would_wait_too_long_is_refused():
    statements, generation = statements_of(running=2, waiting=3)
    running, most, lock = 0, 0, threading.Lock()

    def work(_):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1

    async def ask():
        asked = [asyncio.ensure_future(statements.once(generation, number, work)) for number in range(9)]
        return await asyncio.gather(*asked, return_exceptions=True)

    results = asyncio.run(ask())
    refused = [result for result in results if isinstance(result, Problem)]
    assert (len(refused), most) == (4, 2)
    assert {(problem.status_code, problem.headers["Retry-After"]) for problem in refused} == {(503, "2")}


def test_who_has_waited_too_long_is_refused():
    statements, generation = statements_of(running=1, waiting_seconds=0.05)

    async def ask():
        asked = [asyncio.ensure_future(statements.once(generation, n, lambda _: time.sleep(0.2))) for n in range(2)]
        return await asyncio.gather(*asked, return_exceptions=True)

    first, second = asyncio.run(ask())
    assert (first, second.status_code) == (None, 503)


def test_a_statement_that_takes_too_long_is_stopped_and_the_next_one_runs():
    statements, generation = statements_of(statement_seconds=0.2, running=1)
    endless = "SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE a.range * b.range = -1"

    async def ask():
        began = time.monotonic()
        with pytest.raises(Problem) as caught:
            await statements.once(generation, "endless", lambda cursor: fetch(cursor, endless))
        took = time.monotonic() - began
        return caught.value, took, await statements.once(generation, 1, lambda cursor: fetch(cursor, "SELECT 1").rows)

    problem, took, rows = asyncio.run(ask())
    assert (problem.status_code, problem.kind, rows) == (504, "query-timeout", [(1,)])
    assert took < 5
    assert generation.readers == 0


def test_an_error_reaches_all_who_asked_and_is_not_kept():
    statements, generation = statements_of()

    async def ask():
        def fail(_):
            raise ValueError("once")

        both = [statements.once(generation, "key", fail) for _ in range(2)]
        failed = await asyncio.gather(*both, return_exceptions=True)
        return failed, await statements.once(generation, "key", lambda _: "well")

    failed, after = asyncio.run(ask())
    assert [str(error) for error in failed] == ["once", "once"]
    assert after == "well"


def test_who_goes_away_stops_nobody_elses_answer():
    statements, generation = statements_of()

    async def ask():
        first = asyncio.ensure_future(statements.once(generation, "key", lambda _: time.sleep(0.1) or "answer"))
        await asyncio.sleep(0.02)
        second = asyncio.ensure_future(statements.once(generation, "key", lambda _: "another"))
        await asyncio.sleep(0.02)
        first.cancel()
        return await second

    assert asyncio.run(ask()) == "answer"


def test_the_oldest_answers_make_room():
    statements, generation = statements_of(cached_bytes=25_000, cached_answer_bytes=15_000)

    async def ask():
        for number in range(4):
            await statements.once(generation, number, lambda _: "x")
        ran = statements.counters.ran
        await statements.once(generation, 3, lambda _: "x")
        assert statements.counters.ran == ran
        await statements.once(generation, 0, lambda _: "x")
        assert statements.counters.ran == ran + 1

    asyncio.run(ask())
