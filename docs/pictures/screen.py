"""What a terminal shows: as much of one as the output of `./lakehouse` needs."""

import re
from dataclasses import dataclass, field

# The beginning of a control sequence; a control sequence, or one character.
CUT = re.compile(r"\x1b(\[[?\d;]*)?$")
TOKEN = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|(.)", re.DOTALL)
STYLES = {"1": "bold", "2": "dim", "31": "red", "32": "green", "33": "yellow", "36": "cyan"}
PALETTE = {"197": "red", "237": "dim", "70": "green"}

Cell = tuple[str, str]
"""A character and its style."""
Lines = tuple[tuple[Cell, ...], ...]


@dataclass
class Screen:
    """A screen of unlimited height, on which characters are written at a cursor."""

    columns: int
    lines: list[list[Cell]] = field(default_factory=lambda: [[]])
    row: int = 0
    column: int = 0
    style: str = ""
    cut: str = ""

    def write(self, text: str) -> None:
        """Writes a program's output: characters, new lines, colours, and going back to overwrite a line."""
        text = self.cut + text
        self.cut = found.group() if (found := CUT.search(text)) else ""
        for arguments, command, character in TOKEN.findall(text.removesuffix(self.cut)):
            if command:
                self._control(arguments, command)
            elif character == "\r":
                self.column = 0
            elif character == "\n":
                self._next_line()
            elif character >= " ":
                self._put(character)

    def shown(self) -> Lines:
        """The lines, without blanks at their ends and empty lines at the end."""
        rows = [list(line) for line in self.lines]
        for row in rows:
            while row and row[-1][0] == " ":
                row.pop()
        while rows and not rows[-1]:
            rows.pop()
        return tuple(map(tuple, rows))

    def _control(self, arguments: str, command: str) -> None:
        if command == "A":
            self.row = max(0, self.row - int(arguments or 1))
        elif command == "K":
            del self.lines[self.row][0 if arguments == "2" else self.column :]
        elif command == "m":
            codes = arguments.split(";")
            self.style = PALETTE.get(codes[-1], "") if codes[:2] == ["38", "5"] else STYLES.get(codes[-1], "")

    def _next_line(self) -> None:
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append([])

    def _put(self, character: str) -> None:
        if self.column == self.columns:
            self._next_line()
            self.column = 0
        line = self.lines[self.row]
        line += [(" ", "")] * (self.column + 1 - len(line))
        line[self.column] = character, self.style
        self.column += 1
