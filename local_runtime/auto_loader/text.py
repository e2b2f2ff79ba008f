"""Files as text: decompressed, decoded, with one kind of line end, within limits."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

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


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decodes the bytes that are not UTF-8 as Windows-1252 (MODEL, "Repairs")."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252"), error.end


codecs.register_error("windows-1252", _windows_1252)


class _Guarded(io.RawIOBase):
    """Bytes of a text file; raises Rejected for NUL bytes and for far more bytes than `size` could honestly hold."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._limit = max(SMALL, size * MAX_RATIO)
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
            raise Rejected("compression_bomb", f"it decompresses to more than {MAX_RATIO} times its size")
        view[: len(data)] = data
        return len(data)


@contextmanager
def open_lines(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a file (a `.gz` is decompressed), each with a newline at its end, whatever ends lines in the file.

    Text is UTF-8 with or without a byte order mark; bytes that are not UTF-8 are read as Windows-1252.
    Raises Rejected where that is impossible or a line is longer than MAX_LINE.
    """
    with _rejecting():
        raw = path.open("rb")
        size = path.stat().st_size
    with raw:
        stream: BinaryIO = gzip.GzipFile(fileobj=raw) if path.suffix.lower() == ".gz" else raw  # type: ignore[assignment]
        guarded = io.BufferedReader(_Guarded(stream, size), 2**18)
        yield _lines(io.TextIOWrapper(guarded, encoding="utf-8-sig", errors="windows-1252", newline=None))


@contextmanager
def _rejecting() -> Iterator[None]:
    """Turns what goes wrong while a file is read into its rejection."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Rejected("corrupt_gzip", f"it can't be decompressed: {error}") from None
    except UnicodeDecodeError as error:
        raise Rejected("encoding", f"it is neither UTF-8 nor Windows-1252: {error}") from None
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
