"""The landing folder: the feeds' folders, and stray files that nothing loads because they are outside of them."""

import csv
import gzip
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.auto_loader.discovery import list_files
from local_runtime.auto_loader.formats.text import Rejected, open_file
from local_runtime.counts import counted
from local_runtime.printable import on_one_line

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.pipelines.bundle import Pipeline
    from local_runtime.pipelines.datasets import Dataset

SHOWN = 5


@dataclass(frozen=True)
class LandingTable:
    """A table that loads files from the landing folder."""

    dataset: "Dataset"

    @property
    def columns(self) -> frozenset[str]:
        """The folded names of its declared columns. Computed only if there are stray files."""
        declared = self.dataset.declared
        return frozenset(_folded(column) for column in declared.types) if declared else frozenset()


@dataclass(frozen=True)
class Landing:
    """The landing folder `root`, and the table that loads each feed's folder."""

    root: Path
    tables: Mapping[Path, LandingTable]

    @property
    def folders(self) -> str:
        """The feeds' folders, as text for messages."""
        return " or ".join(on_one_line(folder) for folder in self.tables)

    def files(self) -> Iterator[Path]:
        """The files in the feeds' folders."""
        for folder in self.tables:
            yield from (folder / name for name, *_ in list_files(folder, "*"))

    def strays(self) -> list[Path]:
        """The files outside of all feeds' folders, which nothing loads."""
        is_in_a_feed = any(self.root.is_relative_to(folder) for folder in self.tables)
        return [] if is_in_a_feed or not self.tables else sorted(self._strays())

    def _strays(self) -> Iterator[Path]:
        for place, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name[0] not in "._" and Path(place, name) not in self.tables]
            yield from (Path(place, name) for name in files if name[0] not in "._")

    def stray_messages(self) -> list[str]:
        """Messages on files that nothing loads, with the folder where they would be loaded."""
        strays = self.strays()
        more = len(strays) - SHOWN
        return [self._stray_message(path) for path in strays[:SHOWN]] + (
            [f"… and {counted(more, 'more such file')}."] if more > 0 else []
        )

    def _stray_message(self, path: Path) -> str:
        home = next(
            (folder for folder, table in self.tables.items() if _is_like(_first_line_names(path), table.columns)), None
        )
        where = f"Files are loaded from {self.folders}."
        if home:
            where = f"Its header is that of {self.tables[home].dataset.name}, so move it into {on_one_line(home)}."
        return f"Not loaded: {on_one_line(path)} lies in no feed's folder. {where}"


def landing_of(root: Path, graph: "Graph", pipelines: "Sequence[Pipeline]") -> Landing:
    """The landing folder as these pipelines read it."""
    tables: dict[Path, LandingTable] = {}
    for name, dataset in graph.datasets.items():
        if dataset.pipeline in pipelines:
            tables |= {Path(path).absolute(): LandingTable(dataset) for path in graph.sources[name]}
    return Landing(root, tables)


def some_paths(paths: Sequence[Path]) -> str:
    """The first paths as text for messages, and how many more there are."""
    more = f" and {counted(len(paths) - SHOWN, 'more file')}" if len(paths) > SHOWN else ""
    return ", ".join(on_one_line(path) for path in paths[:SHOWN]) + more


def _is_like(header: set[str], columns: frozenset[str]) -> bool:
    """Whether most of the names in a header are columns of a table."""
    known = header & columns
    return len(known) >= 2 and len(known) * 2 >= len(header)


def _first_line_names(path: Path) -> set[str]:
    """The names in a file's first line, if it is text."""
    try:
        with open_file(path) as raw:
            file = gzip.GzipFile(fileobj=raw) if path.suffix.lower() == ".gz" else raw
            line = file.readline(2**16)
    except (Rejected, OSError, EOFError, zlib.error):
        return set()
    text = line.decode("utf-8-sig", errors="replace")
    return {_folded(cell) for cell in next(csv.reader(re.split(r"[\r\n]", text)), [])} - {""}


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
