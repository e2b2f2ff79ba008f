"""CSV records (RFC 4180), of which a broken one never takes a neighbour with it."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from local_runtime.auto_loader.formats.records import Malformed
from local_runtime.auto_loader.formats.text import MAX_LINE

MAX_SPANNING = 2**20  # characters of a record that spans lines; a longer one is taken for an unclosed quote
END = "\x00"  # stands for the end of a line's text; files with NUL bytes are rejected before

csv.field_size_limit(MAX_LINE)


@dataclass
class _Feed:
    """Lines for a csv reader, which can be taken back; remembers those of the record that is being read."""

    lines: Iterator[str]
    taken: list[str] = field(default_factory=list)
    returned: deque[str] = field(default_factory=deque)
    size: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else next(self.lines)
        self.taken.append(line)
        self.size += len(line)
        if self.size > MAX_SPANNING and len(self.taken) > 1:
            raise csv.Error("record too long")
        return line

    def accept(self) -> None:
        self.taken.clear()
        self.size = 0

    def first_of_taken(self) -> str:
        """The record's first line; the others are read again."""
        first, *others = self.taken
        self.returned.extendleft(reversed(others))
        self.accept()
        return first


def read_header(lines: Iterator[str], separator: str) -> list[str] | None:
    """The names in the first line that isn't blank; None where there is none."""
    for line in lines:
        if line.strip():
            return next(csv.reader([line], delimiter=separator))
    return None


def read_records(lines: Iterator[str], width: int, separator: str) -> Iterator[list[str] | Malformed]:
    """The records that follow the header: lists of `width` texts, and malformed lines.

    A record is malformed where it has another width, or a quote that never closes. One that goes wrong over
    several lines gives its first line up as malformed, and the others are read again: they may be good records.
    A quote that isn't doubled inside a cell is taken as it stands where the width is right (as Spark takes it).
    """
    feed = _Feed(lines)
    while True:
        reader = csv.reader(feed, delimiter=separator, strict=True)
        try:
            for record in reader:
                if len(record) != width and record:
                    break
                if record:
                    yield record
                feed.accept()
            else:
                return
        except csv.Error:
            pass
        line = feed.first_of_taken()
        yield _lenient(line, width, separator) or Malformed(line.removesuffix("\n"))


def _lenient(line: str, width: int, separator: str) -> list[str] | None:
    """The line as a record by itself, quotes inside cells taken as they stand; None where it isn't one."""
    reader = csv.reader([line, END], delimiter=separator)
    record = next(reader)
    return record if len(record) == width and reader.line_num == 1 else None
