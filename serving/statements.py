"""Runs statements on a generation: a few at once, each of a limited time, equal ones once, with a cache of answers."""

import asyncio
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from serving.backends import Parameters, Session
from serving.generations import Generation, Generations
from serving.limits import Limits
from serving.problems import busy, too_slow

if TYPE_CHECKING:
    import pyarrow as pa

# The method that it advises plans every statement twice; the copy of an answer's rows costs less.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)


@dataclass(frozen=True)
class Result:
    """The rows of a statement, as an Arrow table."""

    table: "pa.Table"

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return list(self.table.column_names)

    @cached_property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python has them: Decimal, int, str, date, datetime, bool or None."""
        return list(zip(*(column.to_pylist() for column in self.table.columns), strict=True))

    @property
    def records(self) -> list[dict[str, Any]]:
        """The rows by column."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]


def fetch(session: Session, sql: str, parameters: Parameters = ()) -> Result:
    """Runs one statement in the calling thread."""
    return Result(session.table(sql, parameters))


@dataclass
class Counters:
    """What has been answered since the start, for `/metrics`."""

    ran: int = 0
    seconds: float = 0.0
    from_cache: int = 0
    joined: int = 0
    refused: int = 0
    interrupted: int = 0


@dataclass
class Statements:
    """Answers by (generation, key). All of its methods belong to one event loop; the work runs in threads."""

    generations: Generations
    limits: Limits
    counters: Counters = field(default_factory=Counters)
    _pending: dict[Hashable, "asyncio.Task[Any]"] = field(default_factory=dict)
    _cache: "OrderedDict[tuple[str, str, Hashable], tuple[Any, int]]" = field(default_factory=OrderedDict)
    _cached_bytes: int = 0
    _cached_tag: str = ""

    def __post_init__(self) -> None:
        self._threads = ThreadPoolExecutor(self.limits.running, thread_name_prefix="query")

    @property
    def is_full(self) -> bool:
        """Whether one more statement would be refused."""
        return len(self._pending) >= self.limits.running + self.limits.waiting

    @property
    def waiting(self) -> int:
        """How many statements run or wait."""
        return len(self._pending)

    async def once(self, generation: Generation, key: Hashable, work: Callable[[Session], Any]) -> Any:
        """The result of `work`, which is given a session; requests of one reader with one key share one result.

        Raises Problem (503) where too many wait, and (504) where the work takes longer than it may.
        """
        self._forget_old()
        full = (generation.source.tag, generation.reader.key, key)
        if full in self._cache:
            self.counters.from_cache += 1
            self._cache.move_to_end(full)
            return self._cache[full][0]
        task = self._pending.get(full)
        if task is not None:
            self.counters.joined += 1
        elif self.is_full:
            self.counters.refused += 1
            raise busy(self.limits.retry_after)
        else:
            self.generations.acquire(generation)
            task = asyncio.get_running_loop().create_task(self._run(generation, full, work))
            # Where everybody who asked has gone away, nobody else looks at an error.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._pending[full] = task
        # A client that goes away stops nobody else's answer.
        return await asyncio.shield(task)

    async def _run(self, generation: Generation, full: tuple[str, str, Hashable], work: Callable[[Any], Any]) -> Any:
        try:
            loop = asyncio.get_running_loop()
            asked = time.monotonic()
            result, size, seconds = await loop.run_in_executor(self._threads, self._timed, generation, work, asked)
        except TimeoutError:
            self.counters.interrupted += 1
            raise too_slow(self.limits.statement_seconds) from None
        finally:
            del self._pending[full]
            self.generations.release(generation)
        self.counters.ran += 1
        self.counters.seconds += seconds
        self._keep(full, result, size)
        return result

    def _timed(self, generation: Generation, work: Callable[[Any], Any], asked: float) -> tuple[Any, int, float]:
        """Runs the work in this thread.

        Raises TimeoutError where it was interrupted, Problem (503) where it has waited for too long already.
        """
        began = time.monotonic()
        if began - asked > self.limits.waiting_seconds:
            self.counters.refused += 1
            raise busy(self.limits.retry_after)
        with generation.backend.session(generation.reader, self.limits.statement_seconds) as session:
            result = work(session)
        return result, _bytes(result), time.monotonic() - began

    def _keep(self, full: tuple[str, str, Hashable], result: Any, size: int) -> None:
        if size > self.limits.cached_answer_bytes:
            return
        self._cache[full] = (result, size)
        self._cached_bytes += size
        while self._cached_bytes > self.limits.cached_bytes:
            _, (_, dropped) = self._cache.popitem(last=False)
            self._cached_bytes -= dropped

    def _forget_old(self) -> None:
        """Drops the answers of older generations, at the first request after a switch."""
        tag = self.generations.current.source.tag
        if tag == self._cached_tag:
            return
        before, self._cached_tag = self._cached_tag, tag
        for full in [full for full in self._cache if full[0] == before]:
            self._cached_bytes -= self._cache.pop(full)[1]

    def close(self) -> None:
        """Interrupts what runs, and takes no more: whoever asked has had the time that a stop grants."""
        self.generations.current.backend.interrupt()
        self._threads.shutdown(wait=True, cancel_futures=True)


def _bytes(result: Any) -> int:
    """A bound of the memory of a result: Python's rows take several times what Arrow's take."""
    if isinstance(result, bytes):
        return len(result)
    table = getattr(result, "table", None)
    return 500 + (5 * table.nbytes + 100 * table.num_rows if table is not None else 10_000)
