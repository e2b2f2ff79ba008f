"""CSV records (RFC 4180); a broken record never affects its neighbours."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from local_runtime.auto_loader.formats.records import Content, Malformed, Record
from local_runtime.auto_loader.formats.text import MAX_LINE, NUL

MAX_SPANNING = 2**20  # characters of a record that spans lines; a longer one counts as an unclosed quote
SAMPLE = 100  # lines after the header that show how wide the rows are
LINE_END = "end"  # marks the end of a line's text
STATED = re.compile(r'"?sep=(.)"?\n?')  # as Excel states the separator in a line before the header

csv.field_size_limit(MAX_LINE)


@dataclass
class _RecordLines:
    """Lines for a csv reader, which can be taken back; remembers those of the record that is being read."""

    lines: Iterator[str]
    taken: list[str] = field(default_factory=list)
    returned: deque[str] = field(default_factory=deque)
    size: int = 0
    has_nul: bool = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else next(self.lines)
        self.taken.append(line)
        self.size += len(line)
        if NUL in line:
            self.has_nul = True
        if self.size > MAX_SPANNING and len(self.taken) > 1:
            raise csv.Error("record too long")
        return line

    def accept(self) -> None:
        self.taken.clear()
        self.size = 0
        self.has_nul = False

    def first_of_taken(self) -> str:
        """The record's first line; the others are read again."""
        first, *others = self.taken
        self.returned.extendleft(reversed(others))
        self.accept()
        return first

    def first_line(self) -> str:
        """The next line that isn't blank, or ""; it is read again."""
        for line in self:
            self.accept()
            if line.strip():
                self.returned.appendleft(line)
                return line
        return ""

    def sample(self) -> list[str]:
        """Some lines that follow; they are read again."""
        lines: list[str] = []
        size = 0
        while size < MAX_SPANNING and len(lines) < SAMPLE and (line := next(self.lines, "")):
            lines.append(line)
            size += len(line)
        self.returned.extend(lines)
        return lines


def read_records(lines: Iterator[str], separator: str) -> Content:
    """A file's header and records.

    A first line `sep=;` is followed. Rows may be wider or narrower than the header by empty cells at their end, or
    names at its end that are empty, where the first rows all are.
    """
    feed = _RecordLines(lines)
    first = feed.first_line()
    stated = STATED.fullmatch(first)
    if stated:
        separator = stated[1]
        next(feed)
        feed.accept()
    names, remarks = _read_header(feed, separator)
    of_rows, remark = _width_of_rows(names, feed.sample(), separator)
    remarks += [remark] if remark else []
    if stated:
        remarks.insert(0, f"its first line, {first.strip()}, was followed; on Databricks it would be the header")
    return Content(names, _records(feed, len(names), separator, of_rows), "; ".join(remarks))


def _read_header(feed: _RecordLines, separator: str) -> tuple[list[str], list[str]]:
    """The header's names ([] without one), and remarks. It may span lines; a quote that never closes is left out."""
    feed.first_line()
    try:
        names = next(csv.reader(feed, delimiter=separator, strict=True), [])
        feed.accept()
    except csv.Error:
        line = feed.first_of_taken().removesuffix("\n")
        names = [name.strip('"') for name in line.split(separator)]
        return names, ["a quote in its header doesn't close, and was left out"]
    return names, []


def _width_of_rows(names: list[str], lines: list[str], separator: str) -> tuple[int, str]:
    """How many cells the rows have, and a remark; another number than the header has names only where no name and no
    value is lost by that, else the same.

    `lines` follow the header. Where one record of them is as wide as the header, all others are malformed.
    """
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=separator, strict=True):
            rows += [row] if row else []
    except csv.Error:
        pass  # a broken line, or one that the sample cuts
    widths = {len(row) for row in rows}
    if len(widths) == 1 and len(names) not in widths:
        (width,) = widths
        if width > len(names) and not any(cell for row in rows for cell in row[len(names) :]):
            return width, f"its rows end in {width - len(names)} more separators than its header"
        if width < len(names) and not any(name.strip() for name in names[width:]):
            return width, f"its header ends in {len(names) - width} more separators than its rows"
    return len(names), ""


def _records(feed: _RecordLines, width: int, separator: str, of_rows: int) -> Iterator[Record]:
    """The records, of `width` cells; those of `of_rows` cells are made as wide, unless that would lose a value.

    A record is malformed where it has another width, a quote that never closes, or a NUL byte. One that goes wrong over
    several lines gives its first line up as malformed, and the others are read again: they may be good records.
    A quote that isn't doubled inside a cell is kept unchanged where the width is right, as in Spark.
    """
    while True:
        reader = csv.reader(feed, delimiter=separator, strict=True)
        try:
            for record in reader:
                if (len(record) != width or feed.has_nul) and record:
                    if len(record) != of_rows or feed.has_nul or any(record[width:]):
                        break
                    record = [*record, *[""] * width][:width]
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
    """The line as a record of its own, quotes inside cells unchanged; None where it isn't one."""
    reader = csv.reader([line, LINE_END], delimiter=separator)
    record = next(reader)
    return record if len(record) == width and reader.line_num == 1 and NUL not in line else None
