"""Texts from data and names of files, as any terminal can show them."""

import re
import shlex
from pathlib import Path

# Control characters but tab and line break, and bytes of a name that is not UTF-8 (as Python has them).
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\udc80-\udcff]")


def printable(text: str) -> str:
    r"""The text with an escape (`\x1b`) for each character that would do something to a terminal."""
    return CONTROL.sub(lambda found: rf"\x{ord(found[0]) & 0xFF:02x}", text)


def on_one_line(text: str | Path) -> str:
    r"""A name or a value in a sentence: printable, with `\n` for a line break, so that it can't look like a message."""
    return printable(str(text)).replace("\n", r"\n")


def shell_word(text: str) -> str:
    """The text as a word of a command to copy, on one line: bash and zsh read `$'…'` as what it stands for."""
    if on_one_line(text) == text:
        return shlex.quote(text)
    escaped = text.replace("\\", r"\\").replace("'", r"\'").replace("\n", r"\n")
    return "$'" + CONTROL.sub(_shell_escape, escaped) + "'"


def _shell_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return rf"\u{code:04x}" if 0x80 <= code <= 0x9F else rf"\x{code & 0xFF:02x}"
