"""Files as lines that DuckDB can read: checked and hashed in one pass, rewritten where they are not plain UTF-8."""

import codecs
import gzip
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from local_runtime.auto_loader.formats.archives import HEAD_BYTES, if_archive
from local_runtime.auto_loader.formats.text import (
    MAX_LINE,
    MAX_RATIO,
    NUL,
    SMALL,
    HashingReader,
    Rejected,
    Unread,
    changed_while_read,
    modified_ns,
    open_file,
    open_lines,
)
from local_runtime.file_identity import Identity

CHUNK = 4 * 2**20
LONGEST = 4 * MAX_LINE  # bytes
SEPARATORS = "\x01\x02\x03\x04\x05\x06\x07\x08"
"""One that a file doesn't hold separates DuckDB's columns, of which there is only one: the line."""
EMPTY_LINE = re.compile(rb"(?<=\n)\n")
NOT_PLAIN = (b"\r", b"\0", SEPARATORS[0].encode())


@dataclass(frozen=True)
class Lines:
    """A file of lines: where DuckDB reads them, and a separator that doesn't occur in it.

    `odd` are lines that hold NUL bytes; they are not in the file. `count` is how many of the others aren't empty. No
    line has more than `longest` bytes. `size`, `modified_ns` and `sha256` are the source's.
    """

    path: Path
    separator: str
    odd: tuple[str, ...]
    count: int
    size: int
    modified_ns: int
    sha256: str
    longest: int = LONGEST


class ReadBefore:
    """Files that an update has read whole and found to be plain: another flow over them needn't read them for that.

    A file that was written to, or replaced, since then is another file.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, Identity], Lines] = {}

    def get(self, file: Path) -> Lines | None:
        """What was found of a file; None where it, as it is now, wasn't read."""
        with suppress(OSError):
            return self._found.get((str(file), Identity.of(file)))
        return None

    def keep(self, file: Path, about: os.stat_result, lines: Lines) -> None:
        """Keeps what was found of a file that is read where it is."""
        self._found[str(file), Identity.from_stat(about)] = lines


@contextmanager
def open_as_lines(file: Path, folder: Path, before: ReadBefore | None = None) -> Iterator[Lines]:
    """The file's lines; `folder` is for a link to it under a plain name, or for its text where it isn't plain UTF-8.

    What is known of it from `before` is taken from there. Raises Rejected where it can't be read to its end, as
    `open_lines` does, and where it has been written to by the end of the context: then other bytes than those that were
    hashed may have been read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = ReadBefore() if before is None else before
    try:
        known = before.get(file)
        if known is not None:
            (folder / "lines").symlink_to(file)
            lines = replace(known, path=folder / "lines")
        else:
            lines = _as_it_is(file, folder, before) or _rewritten(file, folder)
        yield lines
        if lines.path.is_symlink() and before.get(file) is None:
            raise changed_while_read()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_it_is(file: Path, folder: Path, before: ReadBefore) -> Lines | None:
    """The file itself, or the content of a .gz, if it is UTF-8 whose only line ends are line feeds; else None."""
    is_gzip = file.suffix.lower() == ".gz"
    length, longest, total, counter = 0, 0, 0, _LineCounter()
    decoder = codecs.getincrementaldecoder("utf-8")()
    place = folder / "lines"
    with open_file(file) as content, ExitStack() as stack:
        if (what_to_do := if_archive(file, content.peek(HEAD_BYTES)[:HEAD_BYTES])) is not None:
            raise Rejected("archive", what_to_do)
        about = os.fstat(content.fileno())
        limit = max(SMALL, about.st_size * MAX_RATIO)
        hashed = HashingReader(content)
        stream = gzip.GzipFile(fileobj=hashed) if is_gzip else hashed  # type: ignore[call-overload]
        unpacked = stack.enter_context(place.open("wb")) if is_gzip else None
        while chunk := _read_chunk(stream):
            total += len(chunk)
            if total > limit:
                return None
            if unpacked:
                unpacked.write(chunk)
            if not chunk.isascii() or decoder.getstate()[0]:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    return None
            if any(mark in chunk for mark in NOT_PLAIN) or chunk.startswith(codecs.BOM_UTF8):
                return None
            counter.add(chunk)
            length = _longest(chunk, length)
            longest = max(longest, length)
            if length > MAX_LINE:
                return None
        now = os.fstat(content.fileno())
    if decoder.getstate()[0]:
        return None
    if (now.st_size, modified_ns(now)) != (about.st_size, modified_ns(about)):
        raise changed_while_read()
    identity = (about.st_size, modified_ns(about), hashed.hash.hexdigest())
    lines = Lines(place, SEPARATORS[0], (), counter.count, *identity, longest + 2 * CHUNK)
    if not is_gzip:
        place.symlink_to(file)
        before.keep(file, now, lines)
    return lines


class _LineCounter:
    """Counts the lines of a text that aren't empty."""

    def __init__(self) -> None:
        self._ended, self._is_at_start = 0, True

    def add(self, chunk: bytes) -> None:
        """Counts in the next bytes, which are some."""
        empty = len(EMPTY_LINE.findall(chunk)) if b"\n\n" in chunk else 0
        empty += self._is_at_start and chunk.startswith(b"\n")
        self._ended += chunk.count(b"\n") - empty
        self._is_at_start = chunk.endswith(b"\n")

    @property
    def count(self) -> int:
        """How many there were; the last one needs no line feed."""
        return self._ended + (not self._is_at_start)


def _read_chunk(stream: "BinaryIO | HashingReader") -> bytes:
    try:
        return stream.read(CHUNK)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Rejected("corrupt_gzip", f"it can't be decompressed: {error}") from None
    except OSError as error:
        raise Unread.from_error(error) from None


def _longest(chunk: bytes, before: int) -> int:
    """Bytes of the line that the chunk ends in; over MAX_LINE where a line of it is longer."""
    last = chunk.rfind(b"\n")
    return len(chunk) - last - 1 if last >= 0 else before + len(chunk)


def _separator(seen: str) -> str:
    for separator in SEPARATORS:
        if separator not in seen:
            return separator
    raise Rejected("encoding", "it holds control characters of every kind: it is binary")


def _rewritten(file: Path, folder: Path) -> Lines:
    """The file's text, decompressed and decoded, with line feeds alone."""
    odd: list[str] = []
    count = 0
    seen: set[str] = set()
    path = folder / "lines"
    with open_lines(file) as text, path.open("w", encoding="utf-8", newline="\n") as target:
        for line in text:
            if NUL in line:
                odd.append(line.rstrip("\n"))
            else:
                target.write(line)
                count += line != "\n"
                seen.update(mark for mark in SEPARATORS if mark in line)
        return Lines(path, _separator("".join(seen)), tuple(odd), count, text.size, text.modified_ns, text.sha256())
