"""What every format gives: lists of texts, and lines that are no records."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Malformed:
    """A line that is no record of the file's columns."""

    text: str


Record = list[str] | Malformed


@dataclass(frozen=True)
class Format:
    """How files of a format become records, and which of its options are supported.

    `fixed` options have one supported value, `required` ones must be given, `own` ones are free. `read_header` gives
    the columns' names (None: the file is empty), `read_records` the records of a width; both take the separator.
    """

    name: str
    fixed: Mapping[str, str]
    required: tuple[str, ...]
    own: frozenset[str]
    read_header: Callable[[Iterator[str], str], list[str] | None]
    read_records: Callable[[Iterator[str], int, str], Iterator[Record]]
