"""Standard output that may be closed, full, a pipe without a reader, or in an encoding without some characters.

Output that can't be written doesn't stop a command, so that a run ends properly; `finish` reports it at the end.
"""

import codecs
import errno
import io
import json
import os
import sys

from local_runtime.errors import LakehouseError

# Drawing characters in ASCII. Other characters that an encoding doesn't have are written as \uXXXX.
DRAWN = {
    **dict.fromkeys("─━═", "-"),
    **dict.fromkeys("│┃║", "|"),
    "→": "->",
    "←": "<-",
    "⇒": "=>",
    "…": "...",
    "·": ".",
    "✓": "+",
}
HANDLER = "lakehouse"


class _Forgiving(io.FileIO):
    """A file descriptor that accepts all output and keeps the first error."""

    error: OSError | None = None

    def write(self, data: object) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            self.error = self.error or error
            return len(memoryview(data).cast("B"))  # type: ignore[arg-type]


def guard() -> None:
    """Makes standard output one that never raises.

    Raises LakehouseError where it is closed: the files that a command opens would take its place.
    """
    codecs.register_error(HANDLER, _in_plain_letters)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    sys.stderr.reconfigure(errors=HANDLER)  # type: ignore[union-attr]
    if sys.stdout is None:
        raise LakehouseError("Standard output is closed, so nothing was done. Send it to a file, or to /dev/null.")
    raw = _Forgiving(sys.stdout.fileno(), "w", closefd=False)
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=sys.stdout.encoding, errors=HANDLER, line_buffering=raw.isatty()
    )


def finish(code: int) -> int:
    """Flushes the output, reports what could not be written, and returns the exit code for that."""
    if sys.stdout is not None:
        sys.stdout.flush()
        raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
        error = raw.error if isinstance(raw, _Forgiving) else None
        if error is not None:
            cause = "its reader has gone" if error.errno == errno.EPIPE else error.strerror
            done = " The command itself has done its work." if code == 0 else ""
            print(f"lakehouse: Not all of the output could be written: {cause}.{done}", file=sys.stderr)
            code = code or 1
    sys.stderr.flush()
    return code


def exact(text: str, is_json: bool) -> str:
    """The text as standard output can take it without loss.

    Raises LakehouseError if its encoding doesn't have a character, unless the output is JSON, which can escape it.
    """
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError as error:
        if is_json:
            return "".join(char if char.isascii() else json.dumps(char)[1:-1] for char in text)
        raise LakehouseError(
            f"Standard output is {encoding}, which has no {text[error.start]!a}, so that the result would not be what "
            "it is: set PYTHONIOENCODING=utf-8, or ask for --format json, which can write every character in ASCII."
        ) from None
    return text


def _in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(char: str) -> str:
    corner = "+" if "\u2500" <= char <= "\u257f" else json.dumps(char)[1:-1]
    return DRAWN.get(char, corner)
