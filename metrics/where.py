"""Filters as people write them: `country = 'Norway' and release_year >= 2010`. Nothing else of SQL is understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from local_runtime.errors import LakehouseError
from metrics.query import Filter

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d[\w.:-]*)|(?P<name>[^\W\d]\w*)|(?P<sign>!=|<>|<=|>=|[=<>(),]))"
)
EXAMPLES = "country = 'Norway' and release_year >= 2010; also !=, <, <=, >, in ('a', 'b'), between 1 and 2"
SIGNS = ("=", "!=", "<>", "<", "<=", ">", ">=")
ROOM = 30  # characters of the text that a message shows


def parse_where(text: str) -> tuple[Filter, ...]:
    """The filters of a text. Raises LakehouseError, which shows where it isn't understood."""
    return tuple(_Parser(text).filters())


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int


class _Parser:
    def __init__(self, text: str):
        self.text = text
        self.tokens = list(self._tokens())

    def _tokens(self) -> Iterator[_Token]:
        place, end = 0, len(self.text.rstrip())
        while place < end:
            found = TOKEN.match(self.text, place)
            if found is None:
                raise self._error(place)
            kind = found.lastgroup or ""
            yield _Token(kind, found[kind], found.start(kind))
            place = found.end()

    def _error(self, place: int) -> LakehouseError:
        rest = self.text[place:].strip()
        shown = f"{rest[:ROOM]!r}" if rest else "its end"
        return LakehouseError(f"The filter {self.text!r} isn't understood at {shown}. A filter is: {EXAMPLES}.")

    def _here(self) -> int:
        return self.tokens[0].place if self.tokens else len(self.text)

    def _word(self) -> str:
        """The next token in lower case, if it is a word or a sign; it stays."""
        return self.tokens[0].text.lower() if self.tokens and self.tokens[0].kind in ("name", "sign") else ""

    def _take(self, *words: str) -> str:
        """Takes the next token, which must be one of the words."""
        word = self._word()
        if word not in words:
            raise self._error(self._here())
        self.tokens.pop(0)
        return word

    def filters(self) -> Iterator[Filter]:
        """The filters, one after the other."""
        yield self._filter()
        while self.tokens:
            self._take("and")
            yield self._filter()

    def _filter(self) -> Filter:
        if not self.tokens or self.tokens[0].kind != "name":
            raise self._error(self._here())
        name = self.tokens.pop(0).text
        operator = self._take(*SIGNS, "in", "between")
        if operator == "in":
            return Filter(name, operator, tuple(self._list()))
        if operator == "between":
            low = self._value()
            self._take("and")
            return Filter(name, operator, (low, self._value()))
        return Filter(name, "!=" if operator == "<>" else operator, (self._value(),))

    def _list(self) -> Iterator[str]:
        self._take("(")
        yield self._value()
        while self._take(",", ")") == ",":
            yield self._value()

    def _value(self) -> str:
        """A value: text in quotes, a number or a day as they are, true or false."""
        token = self.tokens[0] if self.tokens else None
        if token is None or token.kind == "sign" or (token.kind == "name" and self._word() not in ("true", "false")):
            raise self._error(self._here())
        self.tokens.pop(0)
        return token.text[1:-1].replace("''", "'") if token.kind == "text" else token.text
