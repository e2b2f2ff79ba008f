"""What every request is answered with. There is one per process."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.requests import Request

from local_runtime.delta.lake import Lake
from serving.backends import Store
from serving.generations import Generation, Generations
from serving.http.measured import RequestMetrics
from serving.statements import Statements

if TYPE_CHECKING:
    from metrics.registry import Registry
    from serving.answers import Answers


Warmer = Callable[["Service", Generation], Awaitable[object]]


@dataclass(kw_only=True)
class Service:
    """The store, the registry, the generation that is served, and what answers questions about it.

    `lake` is the one on this machine, whose folders the page of operations reads; None where there is none.
    `trouble` is why the newest publication isn't served, None where it is; `etag_salt` stands for code and registry.
    `warmers` are called with each generation before it is served, in `loop`, the event loop that requests run in;
    without `warms` they aren't.
    """

    store: Store
    registry: "Registry"
    generations: Generations
    statements: Statements
    answers: "Answers"
    etag_salt: str
    lake: Lake | None = None
    requests: RequestMetrics = field(default_factory=RequestMetrics)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    trouble: str | None = None
    warmers: list[Warmer] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None
    warms: bool = True

    async def warm(self, generation: Generation) -> None:
        """Asks the questions that readers will ask first, so that the answers are there when they come."""
        for warmer in self.warmers if self.warms else ():
            await warmer(self, generation)


def service_of(request: Request) -> Service:
    """The service of the process that answers the request."""
    service: Service = request.app.state.service
    return service


def generation_of(request: Request) -> Generation:
    """The generation that the request reads, from its first check to the last byte of its answer."""
    generation: Generation = request.state.generation
    return generation
