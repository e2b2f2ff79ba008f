"""Files as text: decompressed, decoded, with one kind of line end, within limits."""

import codecs
import gzip
import hashlib
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from local_runtime.auto_loader.formats.archives import HEAD_BYTES, if_archive

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_LINE = 16 * 2**20  # characters
MAX_RATIO = 200  # of decompressed to compressed bytes; text compresses 3 to 20 times
SMALL = 64 * 2**20  # bytes; no bomb below this
NUL = "\0"
MAX_NUL_SHARE = (
    10  # one line in so many may hold NUL bytes; every line of UTF-16 does, and about half of a binary file's
)
# Bytes that a text doesn't have, but for a stray one: of those below 32 not tab, line ends, form feed and end of file.
CONTROLS = bytes({*range(1, 32)} - {*b"\t\n\r\f\x1a"})
FEWEST_CONTROLS = 3
MAX_CONTROL_SHARE = 50  # one byte in so many may be one; of random bytes it is one in ten
END_OF_FILE = "\x1a"  # as DOS ends a text
MARK = "\ufeff"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Rejected(Exception):
    """A file that can't be loaded; `reason` is one word for it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Unread(Rejected):
    """A file that could not be read at all: its content is unknown, and the next run tries it again."""

    @classmethod
    def from_error(cls, error: OSError) -> Self:
        """An error of the operating system as the reason."""
        return cls("unreadable", f"it can't be read: {error.strerror or error}; the next run tries again")


def changed_while_read() -> Unread:
    """Why a file isn't loaded that was written to meanwhile."""
    return Unread("changed_while_read", "it was written to while it was read; the next run looks at it again")


# Windows-1252 as the WHATWG encoding standard has it: bytes that Microsoft leaves undefined are control characters.
WINDOWS_1252 = {byte: bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)}


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decodes the bytes that are not UTF-8 as Windows-1252 (docs/semantics.md)."""
    assert isinstance(error, UnicodeDecodeError)
    return "".join(WINDOWS_1252[byte] for byte in error.object[error.start : error.end]), error.end


codecs.register_error("windows-1252", _windows_1252)


def open_file(path: Path) -> io.BufferedReader:
    """A file's bytes. Raises Unread where it can't be opened, or is a folder or a pipe by now; waits for nothing."""
    try:
        raw = open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))  # noqa: SIM115
    except OSError as error:
        raise Unread.from_error(error) from None
    if not stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
        raw.close()
        raise Unread("not_a_file", "it is no longer a file")
    return raw


class HashingReader:
    """Bytes of a file, hashed as they are read."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes; b"" at the end."""
        data = self._raw.read(size)
        self.hash.update(data)
        return data


class _Guarded(io.RawIOBase):
    """Bytes of a text file; raises Rejected for UTF-16 and for more bytes than `limit`."""

    def __init__(self, stream: "BinaryIO | HashingReader", limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._stream.read(len(view))
        if not self._read and data.startswith(UTF_16):
            raise Rejected("encoding", "it is in UTF-16; save it as UTF-8 under another name")
        self._read += len(data)
        if self._read > self._limit:
            raise _too_large()
        view[: len(data)] = data
        return len(data)


def _too_large() -> Rejected:
    return Rejected("compression_bomb", f"it decompresses to more than {MAX_RATIO} times its size")


def _stated_size(raw: BinaryIO) -> int:
    """The decompressed size (modulo 4 GiB) that a .gz claims in its last four bytes."""
    raw.seek(-4, io.SEEK_END)
    stated = int.from_bytes(raw.read(4), "little")
    raw.seek(0)
    return stated


def _unpack(raw: BinaryIO, limit: int) -> None:
    """Reads a .gz that claims more than `limit`: a bomb, or a truncated file. Faster than parsing it."""
    stream = io.BufferedReader(_Guarded(gzip.GzipFile(fileobj=raw), limit))  # type: ignore[arg-type]
    while stream.read(2**20):
        pass
    stream.detach()
    raw.seek(0)


def modified_ns(about: os.stat_result) -> int:
    """When a file was last modified, in nanoseconds since 1970; within the 64 bits of a BIGINT: 1677 to 2262."""
    return max(-(2**63), min(about.st_mtime_ns, 2**63 - 1))


class Text:
    """An open file: an iterator of its lines, each with a newline at its end, and what is known of what was read."""

    def __init__(self, raw: BinaryIO, lines: Iterator[str], hashed: HashingReader) -> None:
        self._raw, self._lines, self._hashed = raw, lines, hashed
        self.size, self.modified_ns = self._identity()

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _identity(self) -> tuple[int, int]:
        about = os.fstat(self._raw.fileno())
        return about.st_size, modified_ns(about)

    def sha256(self) -> str:
        """The hash of the file, once all of its lines are read. Raises Unread where it was written to meanwhile."""
        if self._identity() != (self.size, self.modified_ns):
            raise changed_while_read()
        return self._hashed.hash.hexdigest()


@contextmanager
def open_lines(path: Path) -> Iterator[Text]:
    """A file as lines (a `.gz` is decompressed).

    Text is UTF-8 with or without a byte order mark; bytes that are not UTF-8 are read as Windows-1252. Raises Rejected
    where it can't be read, isn't text, or a line is longer than MAX_LINE.
    """
    with open_file(path) as raw:
        if (what_to_do := if_archive(path, raw.peek(HEAD_BYTES)[:HEAD_BYTES])) is not None:
            raise Rejected("archive", what_to_do)
        is_gzip = path.suffix.lower() == ".gz"
        size = os.fstat(raw.fileno()).st_size
        limit = max(SMALL, size * MAX_RATIO)
        with _rejecting():
            if is_gzip and size > 4 and _stated_size(raw) > limit:
                _unpack(raw, limit)
        hashed = HashingReader(raw)
        stream = gzip.GzipFile(fileobj=hashed) if is_gzip else hashed  # type: ignore[call-overload]
        guarded = io.BufferedReader(_Guarded(stream, limit), 2**18)
        decoded = io.TextIOWrapper(guarded, encoding="utf-8-sig", errors="windows-1252", newline=None)
        with _rejecting():
            if _is_binary(guarded.peek(1)):
                raise Rejected("encoding", "it is binary, and no text; save it as text, in UTF-8")
        yield Text(raw, _lines(decoded), hashed)


@contextmanager
def _rejecting() -> Iterator[None]:
    """Turns what goes wrong while a file is read into its rejection."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Rejected("corrupt_gzip", f"it can't be decompressed: {error}") from None
    except OSError as error:
        raise Unread.from_error(error) from None


def _is_binary(head: bytes) -> bool:
    """Whether the beginning of a file is not UTF-8, and has more control characters than a text in Windows-1252."""
    controls = len(head) - len(head.translate(None, CONTROLS))
    if controls < FEWEST_CONTROLS or controls * MAX_CONTROL_SHARE <= len(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return True
    return False


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines; a last one that is only DOS's end-of-file mark is skipped.

    Raises Rejected where so many hold NUL bytes that it is not text.
    """
    count = with_nul = 0
    with _rejecting():
        line = text.readline(MAX_LINE + 1).lstrip(MARK)
        while line:
            if len(line) > MAX_LINE:
                raise Rejected("line_too_long", f"a line is longer than {MAX_LINE:,} characters")
            count += 1
            if NUL in line:
                with_nul += 1
                if count == 1 or (with_nul > 1000 and with_nul * MAX_NUL_SHARE > count):
                    raise _no_text()
            following = text.readline(MAX_LINE + 1)
            if following or line != END_OF_FILE:
                yield line
            line = following
    if with_nul * MAX_NUL_SHARE > count:
        raise _no_text()


def _no_text() -> Rejected:
    return Rejected("encoding", "it holds NUL bytes: it is binary, or text in UTF-16; save it as UTF-8")
