"""Records a first run and an answer in `run.svg`: `.venv/bin/python -m docs.pictures.record`.

The commands really run, in a copy of the project, and the picture moves as fast as they did. Nothing is made up but the
prompt, and the name `~` of the copy's folder. Where pictures don't move, it shows how it ends.
"""

import codecs
import fcntl
import os
import pty
import shutil
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from docs.pictures.screen import Cell, Lines, Screen

ROOT = Path(__file__).resolve().parents[2]
PICTURE = Path(__file__).with_name("run.svg")
COMMANDS = ("./lakehouse run", './lakehouse sql "FROM gold.kpi_genre ORDER BY titles DESC, genre LIMIT 5"')
COLUMNS, ROWS = 76, 32
STEP = 0.4  # seconds, at least, from a picture to the next
PAUSE = 0.8  # seconds before a command is entered
CELL, LINE, MARGIN, BAR = 9.0, 20, 18, 34
STYLE = """
  text { font: 15px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d6deeb }
  .bold { font-weight: bold; fill: #ffffff } .dim { fill: #7f8ea3 } .red { fill: #ff7b9c }
  .green { fill: #7ee2a8 } .yellow { fill: #f2cc60 } .cyan { fill: #79c0ff } .title { fill: #9aa7b8; font-size: 13px }
"""

Frame = tuple[float, Lines]
"""Seconds since the beginning, and what the screen shows from then on."""


def main() -> None:
    """Records the commands and writes the picture."""
    with tempfile.TemporaryDirectory() as home:
        project = Path(home) / "lakehouse"
        _copy(project)
        PICTURE.write_text(picture(list(frames(project, home))), encoding="utf-8")
    print(f"{PICTURE.relative_to(ROOT)} is written.")


def frames(project: Path, home: str) -> Iterator[Frame]:
    """What the screen shows while the commands run."""
    screen, clock = Screen(COLUMNS), 0.0
    for command in COMMANDS:
        screen.write(f"\x1b[36m$ \x1b[0m\x1b[1m{command}\x1b[0m\r\n")
        yield clock, screen.shown()
        clock += PAUSE
        latest = clock
        for seconds, output in _outputs(command, project):
            screen.write(output.replace(home, "~"))
            if clock + seconds >= latest + STEP:
                latest = clock + seconds
                yield latest, screen.shown()
        clock += seconds
        yield clock, screen.shown()
        screen.write("\r\n")
        clock += PAUSE


def picture(recorded: list[Frame]) -> str:
    """The frames as one SVG in which each line is there for as long as it was on the screen."""
    end = recorded[-1][1]
    width = round(COLUMNS * CELL + 2 * MARGIN)
    height = BAR + len(end) * LINE + MARGIN
    dots = "".join(
        f'<circle cx="{MARGIN + 6 + 20 * n}" cy="{BAR // 2}" r="6" fill="{fill}"/>'
        for n, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    lines = "\n".join(_line(row, recorded) for row in range(max(len(shown) for _, shown in recorded)))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
<title>A terminal: a first run of the sample, and an answer from its gold layer</title>
<style>{STYLE}</style>
<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="10" fill="#0f1724" stroke="#3b4658"/>
{dots}
<text class="title" x="{width // 2}" y="{BAR // 2 + 5}" text-anchor="middle">~/lakehouse</text>
{lines}
</svg>
"""


def _line(row: int, recorded: list[Frame]) -> str:
    """What one line of the screen shows, each with when it appears and when it goes; what stays goes never."""
    spans = [(since, shown[row] if row < len(shown) else ()) for since, shown in recorded]
    changes = [next(same) for _, same in groupby(spans, key=lambda span: span[1])]
    ends = [since for since, _ in changes[1:]] + [None]
    y = BAR + (row + 1) * LINE - 4
    return "\n".join(
        f"<g{_hidden(begin, end)}>{_timing(begin, end)}{_texts(cells, y)}</g>"
        for (begin, cells), end in zip(changes, ends, strict=True)
        if cells
    )


def _hidden(begin: float, end: float | None) -> str:
    return "" if end is None else ' visibility="hidden"'


def _timing(begin: float, end: float | None) -> str:
    if end is None:
        return f'<set attributeName="visibility" to="hidden" end="{begin:.2f}s"/>' if begin else ""
    return f'<set attributeName="visibility" to="visible" begin="{begin:.2f}s" end="{end:.2f}s"/>'


def _texts(cells: tuple[Cell, ...], y: int) -> str:
    """Words of one style, each at its column whatever the font's width."""
    texts = []
    column = 0
    for (style, blank), same in groupby(cells, key=lambda cell: (cell[1], cell[0] == " ")):
        word = "".join(character for character, _ in same)
        if not blank:
            length = f'textLength="{len(word) * CELL:.0f}" lengthAdjust="spacingAndGlyphs"'
            name = f' class="{style}"' if style else ""
            texts.append(f'<text{name} x="{MARGIN + column * CELL:.0f}" y="{y}" {length}>{escape(word)}</text>')
        column += len(word)
    return "".join(texts)


def _copy(project: Path) -> None:
    """The project's files as in a new clone that is set up, with its modules compiled."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, project / name)
    (project / ".venv").symlink_to(ROOT / ".venv")
    with tempfile.TemporaryDirectory() as place:
        landing = ["--landing", f"{place}/landing"]
        for command in (["sample", *landing], ["run", *landing, "--lake", f"{place}/lake"]):
            subprocess.run([project / "lakehouse", *command], capture_output=True, check=True)


def _outputs(command: str, project: Path) -> Iterator[tuple[float, str]]:
    """What a command writes to its terminal, with the seconds since its start; ends with none when it has ended."""
    started = time.monotonic()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(project)
        os.environ["TERM"] = "xterm-256color"
        os.execv("/bin/sh", ["sh", "-c", f"stty cols {COLUMNS} rows {ROWS}; exec {command}"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    decoder = codecs.getincrementaldecoder("utf-8")()
    while output := _read(terminal):
        yield time.monotonic() - started, decoder.decode(output)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"{command} failed: nothing is recorded.")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # its other end is closed
        return b""


if __name__ == "__main__":
    main()
