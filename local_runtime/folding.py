"""Messages in lines that fit a terminal."""

import re
import shutil
import textwrap
from typing import TextIO

# A command to copy, with the quotation mark before it, to the end of its line.
COMMAND = re.compile(r"\S*\./lakehouse .*$")


def fold(text: str, width: int) -> str:
    """The text in lines that end between words; a path, and a command from `./lakehouse` on, stays in one piece."""
    folded: list[str] = []
    for line in text.split("\n"):
        command = found.group() if (found := COMMAND.search(line)) else ""
        prose = textwrap.wrap(line.removesuffix(command), width, break_long_words=False, break_on_hyphens=False)
        if not prose:
            prose = [line]
        elif command and len(prose[-1]) + 1 + len(command) <= width:
            prose[-1] += f" {command}"
        elif command:
            prose.append(command)
        folded += prose
    return "\n".join(folded)


def to_fit(text: str, stream: TextIO) -> str:
    """The text, folded where the stream is a terminal; elsewhere a line of it stays a line."""
    return fold(text, shutil.get_terminal_size().columns) if stream.isatty() else text
