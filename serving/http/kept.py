"""Whole answers by their ETag, which names all that they follow from: what many ask for is made once."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class KeptAnswer:
    """The head and the body of an answer with status 200, and the route that gave it."""

    headers: Headers
    body: bytes
    route: Any

    @property
    def bytes(self) -> int:
        """The size of its body and its headers."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class KeptAnswers:
    """The answers that were asked for last: at most `most`, of `most_bytes` together, none larger than `largest`."""

    def __init__(self, most_bytes: int = 32 * 1024 * 1024, largest: int = 256 * 1024, most: int = 10_000) -> None:
        self._most_bytes, self.largest, self._most = most_bytes, largest, most
        self._answers: OrderedDict[str, KeptAnswer] = OrderedDict()
        self._bytes = 0

    def get(self, etag: str) -> KeptAnswer | None:
        """The answer of an ETag, if it is kept."""
        found = self._answers.get(etag)
        if found is not None:
            self._answers.move_to_end(etag)
        return found

    def keep(self, etag: str, answer: KeptAnswer) -> None:
        """Keeps an answer; the oldest ones make room."""
        if etag in self._answers:
            return
        self._answers[etag] = answer
        self._bytes += answer.bytes
        while self._bytes > self._most_bytes or len(self._answers) > self._most:
            _, dropped = self._answers.popitem(last=False)
            self._bytes -= dropped.bytes
