"""Files as text: decompressed, decoded, with one kind of line end, within limits."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from local_runtime.auto_loader.formats.archives import if_archive

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_LINE = 16 * 2**20  # characters
MAX_RATIO = 200  # of decompressed to compressed bytes; text compresses 3 to 20 times
SMALL = 64 * 2**20  # bytes; no bomb below this


class Rejected(Exception):
    """A file that can't be loaded; `reason` is one word for it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


# Windows-1252 as the WHATWG encoding standard has it: bytes that Microsoft leaves undefined are control characters.
WINDOWS_1252 = {byte: bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)}


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decodes the bytes that are not UTF-8 as Windows-1252 (docs/semantics.md)."""
    assert isinstance(error, UnicodeDecodeError)
    return "".join(WINDOWS_1252[byte] for byte in error.object[error.start : error.end]), error.end


codecs.register_error("windows-1252", _windows_1252)


class _Guarded(io.RawIOBase):
    """Bytes of a text file; raises Rejected for NUL bytes and for more bytes than `limit`."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._stream.read(len(view))
        self._read += len(data)
        if b"\0" in data:
            raise Rejected("encoding", "it holds NUL bytes: it is binary, or text in UTF-16; save it as UTF-8")
        if self._read > self._limit:
            raise _too_large()
        view[: len(data)] = data
        return len(data)


def _too_large() -> Rejected:
    return Rejected("compression_bomb", f"it decompresses to more than {MAX_RATIO} times its size")


def _stated_size(raw: BinaryIO) -> int:
    """The decompressed size (modulo 4 GiB) that a .gz states in its last four bytes; true unless it lies."""
    raw.seek(-4, io.SEEK_END)
    stated = int.from_bytes(raw.read(4), "little")
    raw.seek(0)
    return stated


def _unpack(raw: BinaryIO, limit: int) -> None:
    """Reads a .gz that states more than `limit`, to tell a bomb from a cut file: reading is faster than parsing."""
    stream = io.BufferedReader(_Guarded(gzip.GzipFile(fileobj=raw), limit))  # type: ignore[arg-type]
    while stream.read(2**20):
        pass
    stream.detach()
    raw.seek(0)


@contextmanager
def open_lines(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a file (a `.gz` is decompressed), each with a newline at its end, whatever ends lines in the file.

    Text is UTF-8 with or without a byte order mark; bytes that are not UTF-8 are read as Windows-1252.
    Raises Rejected where it can't be read, holds NUL bytes, or a line is longer than MAX_LINE.
    """
    with _rejecting():
        if (what_to_do := if_archive(path)) is not None:
            raise Rejected("archive", what_to_do)
        raw = path.open("rb")
        size = path.stat().st_size
        limit = max(SMALL, size * MAX_RATIO)
        if path.suffix.lower() == ".gz" and size > 4 and _stated_size(raw) > limit:
            _unpack(raw, limit)
    with raw:
        stream: BinaryIO = gzip.GzipFile(fileobj=raw) if path.suffix.lower() == ".gz" else raw  # type: ignore[assignment]
        guarded = io.BufferedReader(_Guarded(stream, limit), 2**18)
        yield _lines(io.TextIOWrapper(guarded, encoding="utf-8-sig", errors="windows-1252", newline=None))


@contextmanager
def _rejecting() -> Iterator[None]:
    """Turns what goes wrong while a file is read into its rejection."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Rejected("corrupt_gzip", f"it can't be decompressed: {error}") from None
    except OSError as error:
        raise Rejected("unreadable", str(error)) from None


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while True:
        with _rejecting():
            line = text.readline(MAX_LINE + 1)
        if not line:
            return
        if len(line) > MAX_LINE:
            raise Rejected("line_too_long", f"a line is longer than {MAX_LINE:,} characters")
        yield line
