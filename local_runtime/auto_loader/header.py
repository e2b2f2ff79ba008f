"""A file's header: which of its columns is read as which column, and which are rescued, under which names."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from local_runtime.auto_loader.discovery import FoundFile
from local_runtime.auto_loader.formats.text import Rejected, open_lines
from local_runtime.auto_loader.layout import Layout
from local_runtime.auto_loader.options import Options

MAX_COLUMNS = 10_000
FILE_PATH = "_file_path"  # the rescued data's own key


@dataclass(frozen=True)
class Header:
    """A header, fitted to a layout: `places` of the layout's columns, `rescued` the others, by their keys."""

    names: Sequence[str]
    places: Mapping[str, int]
    rescued: Sequence[tuple[str, int]]

    @classmethod
    def fitted(cls, written: Sequence[str], layout: Layout) -> Self:
        """The header as written, fitted. Raises Rejected where one of its columns would be lost, or mistaken."""
        names, repeated = unique_names(written, layout.options)
        columns = {_fold(name, layout.options): name for name in layout.read}
        ambiguous = sorted(repeated & columns.keys() if layout.options.rescued else repeated)
        if ambiguous:
            what = f"its header names {', '.join(ambiguous)} twice, so which one is meant is unknown"
            raise Rejected("duplicate_column", f"{what}; rename one, and land it under another file name")
        meant = [columns.get(_fold(name, layout.options)) for name in names]
        places = {column: place for place, column in enumerate(meant) if column is not None}
        others = [(name, place) for place, name in enumerate(names) if meant[place] is None]
        if not layout.options.rescued:
            _check_unread([name for name, _ in others], places, layout)
            others = []
        return cls(names, places, [(_key(name, names), place) for name, place in others])

    def key(self, column: str) -> str:
        """The key under which a column's value is rescued that isn't of its type."""
        return _key(column, self.names)

    def fits_none(self, lines: int) -> str:
        """The remark for a file in which no line is a record."""
        return (
            f"of its {lines:,} lines none is a record of as many cells as its header names ({len(self.names):,}): a "
            "title above the header, a missing name or another separator may be why"
        )


def _check_unread(names: Sequence[str], places: Mapping[str, int], layout: Layout) -> None:
    """Raises Rejected for columns that are not read, and not rescued, because of their names alone."""
    spelled = {column.lower(): column for column in places}
    for name in names:
        if name.lower() in layout.reserved:
            why = f"it has a column {name}, a name that Auto Loader uses itself"
            raise Rejected("reserved_column", f"{why}; rename it, and land it under another file name")
        if name.lower() in spelled:
            why = f"its columns {spelled[name.lower()]} and {name} differ in case only, and are one to Delta"
            raise Rejected("duplicate_column", f"{why}; rename one, and land it under another file name")


def _fold(name: str, options: Options) -> str:
    return name if options.case_sensitive else name.lower()


def _key(name: str, names: Sequence[str]) -> str:
    """The name as a key of the rescued data, in which `_file_path` is taken."""
    if name == FILE_PATH:
        name += "_"
        while name in names:
            name += "_"
    return name


def unique_names(written: Sequence[str], options: Options) -> tuple[list[str], set[str]]:
    """A header's names, each another one, and those that it has twice (folded), as for Spark.

    A column without a name is `_c` and its place, a repeated name has its place behind it: `note3`, `note7`. Names keep
    their white space, as on Databricks (ignoreLeadingWhiteSpace is false there). Raises Rejected for too many.
    """
    if len(written) > MAX_COLUMNS:
        raise Rejected("too_many_columns", f"it has {len(written):,} columns; {MAX_COLUMNS:,} are the limit")
    counts = Counter(_fold(name, options) for name in written if name.strip())
    repeated = {name for name, count in counts.items() if count > 1}
    names: list[str] = []
    taken = set(counts)
    for place, name in enumerate(written):
        if not name.strip() or _fold(name, options) in repeated:
            name = f"{name if name.strip() else '_c'}{place}"
            while _fold(name, options) in taken:
                name += "_"
            taken.add(_fold(name, options))
        names.append(name)
    return names, repeated


def columns_in_header(file: FoundFile, options: Options) -> list[str]:
    """The names of a file's columns that it has once; [] for an empty file. Raises Rejected."""
    if file.problem:
        raise file.problem
    with open_lines(file.path) as text:
        written = options.format.read(iter(text), options.separator).names
        names, repeated = unique_names(written, options)
    return [name for name, as_written in zip(names, written, strict=True) if _fold(as_written, options) not in repeated]
