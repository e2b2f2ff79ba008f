"""What is served before there is a publication: the reason why there is none."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from serving.backends import Reader, Session
from serving.problems import Problem
from serving.sources import Source

NOTHING = Source(tag="nothing", versions={})
LOOKING = "The server has just started, and looks for what is published. Try again in 30 seconds."


class Nothing:
    """Answers nothing, and says why."""

    own_rights = False

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.reason: Callable[[], str] = lambda: LOOKING

    @contextmanager
    def session(self, reader: Reader, seconds: float) -> Iterator[Session]:
        """Raises Problem (503)."""
        raise Problem(503, "nothing-published", self.reason(), headers={"Retry-After": "30"})
        yield

    def columns(self) -> Mapping[str, Collection[str]]:
        """None."""
        return {}

    def interrupt(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is held."""
