"""What every format gives: lists of texts, and lines that are not records."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Malformed:
    """A line that is not a record of the file's columns."""

    text: str


Record = list[str] | Malformed


@dataclass(frozen=True)
class Content:
    """What a file holds: its header's names as written ([]: it is empty), and its records, one text for each name.

    `remark` says how an irregular file was read; empty for a regular one.
    """

    names: list[str]
    records: Iterator[Record]
    remark: str = ""


@dataclass(frozen=True)
class Format:
    """How files of a format become records, and which of its options are supported.

    `fixed` options have one supported value, `required` ones must be given, `own` ones are free, each with its meaning.
    `read` takes a file's lines and the separator. `by_lines`: records are lines, which DuckDB reads, and all columns
    are texts.
    """

    name: str
    fixed: Mapping[str, str]
    required: tuple[str, ...]
    own: Mapping[str, str]
    read: Callable[[Iterator[str], str], Content]
    by_lines: bool = False
