"""Notices new publications while it serves: loads them aside, then switches."""

import asyncio
import threading
import time
from types import TracebackType

from local_runtime.errors import LakehouseError, first_line, lacks_memory
from serving.fitting import check_fit
from serving.generations import Generation, load_generation
from serving.http.access_log import AccessLog
from serving.service import Service

EVERY = 1.0  # seconds between two wakings
LONGEST = 60.0  # seconds to the next look after failures
WARMING = 20.0  # seconds at most for answers before they are asked for
STOPPING = 5.0  # seconds at most for a look that has begun when serving ends


class Watcher:
    """Looks for a newer publication as often as the store says, in a thread of its own."""

    def __init__(self, service: Service, log: AccessLog, every: float = EVERY) -> None:
        self._service, self._log, self._every = service, log, every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="publications", daemon=True)
        self._seen: object = None
        self._looked, self._asked = float("-inf"), -1  # the first look is due at once

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # A daemon that is in native code while the interpreter ends may keep the process from ending.
        self._stopped.set()
        self._thread.join(STOPPING)

    def _watch(self) -> None:
        pause = self._every
        while not self._stopped.wait(pause):
            if not self._is_due():
                continue
            pause = self._every if self.attempt() else min(2 * pause, LONGEST)

    def attempt(self) -> bool:
        """Looks once, and says in `trouble` why not where what is newest can't be served; whether it can."""
        try:
            self.look()
        except LakehouseError as error:
            self._tell(str(error))
        except Exception as error:
            reason = "there is too little memory for it" if lacks_memory(error) else first_line(error)
            self._tell(f"The newest publication isn't served: {reason}")
        else:
            return True
        return False

    def _is_due(self) -> bool:
        """Whether a look is worth what it costs: where each one keeps a warehouse awake, only while somebody asks."""
        store, now, asked = self._service.store, time.monotonic(), self._service.requests.count
        if store.only_when_asked and (now - self._looked < store.pause or asked == self._asked):
            return False
        self._looked, self._asked = now, asked
        return True

    def look(self) -> bool:
        """Serves what is newest, where that isn't served already; whether it has switched.

        Raises LakehouseError where it can't be served: the one before it stays.
        """
        service = self._service
        store = service.store
        state = store.state()
        if state is not None and state == self._seen:
            return False
        self._seen = None
        if state is None and store.is_busy():  # between the commits of a run, versions don't fit together
            return False
        source = store.newest()
        if source.tag != service.generations.current.tag:
            generation = load_generation(store, source)
            check_fit(generation.backend, service.registry, store)
            self._warm(generation)
            service.generations.switch(generation)
            self._log.event("switched", publication=generation.tag)
            switched = True
        else:
            switched = False
        service.trouble = None
        self._seen = state
        return switched

    def _warm(self, generation: Generation) -> None:
        """Has the pages' questions answered before anybody asks; what fails then is reported to whoever asks."""
        loop = self._service.loop
        if loop is None or not loop.is_running():
            return
        try:
            asyncio.run_coroutine_threadsafe(self._service.warm(generation), loop).result(WARMING)
        except Exception as error:
            self._log.event("not warmed", reason=first_line(error))

    def _tell(self, trouble: str) -> None:
        if trouble != self._service.trouble:
            self._service.trouble = trouble
            self._log.event("not switched", reason=trouble)
