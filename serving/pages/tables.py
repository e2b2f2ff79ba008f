"""The rows of an answer as texts: the table that every panel has, and bars and pills in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from metrics.columns import ResultColumn
from serving.answers import Answer
from serving.locales import Locale

MOST_ROWS = 200
NUMBERS = ("metric", "previous", "change")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell: its text, and what is drawn with it. `share` is of the largest value, for a bar; `tone` up or down."""

    text: str
    share: float | None = None
    tone: str | None = None
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: `columns` are label, whether they are numbers, and their description; `left_out` rows aren't here."""

    columns: list[tuple[str, bool, str]]
    rows: list[list[Cell]]
    left_out: int = 0


def shown_columns(answer: Answer) -> list[tuple[int, ResultColumn]]:
    """The columns that people read, and their places: keys are for programs."""
    return [(place, column) for place, column in enumerate(answer.columns) if column.type != "key"]


def table_of(answer: Answer, locale: Locale, rows: int = MOST_ROWS, bars: bool = False) -> Table:
    """The first rows; with `bars` the first metric is drawn, too, and changes are pills."""
    columns = shown_columns(answer)
    labels = [(column.label, column.kind in NUMBERS, column.description) for _, column in columns]
    chosen = answer.rows[:rows]
    drawn = next((place for place, column in columns if column.kind == "metric"), None) if bars else None
    largest = max((float(row[drawn] or 0) for row in chosen), default=0.0) if drawn is not None else 0.0
    cells = [
        [_cell(answer, row, place, column, locale, largest if place == drawn else None) for place, column in columns]
        for row in chosen
    ]
    return Table(columns=labels, rows=cells, left_out=len(answer.rows) - len(chosen))


def _cell(
    answer: Answer, row: Sequence[Any], place: int, column: ResultColumn, locale: Locale, largest: float | None
) -> Cell:
    value = row[place]
    return Cell(
        text=locale.value(column, value),
        share=min(float(value or 0) / largest, 1.0) if largest else None,
        tone=tone_of(value) if column.kind == "change" else None,
        href=_title(answer, row) if column.source == "title" else None,
    )


def tone_of(change: Any) -> str | None:
    """Whether a change is up or down; None where there is none."""
    return None if not change else "up" if change > 0 else "down"


def _title(answer: Answer, row: Sequence[Any]) -> str | None:
    """The page of the row's title; unknown titles have none."""
    key = next((row[place] for place, column in enumerate(answer.columns) if column.source == "title_key"), None)
    return f"/titles/{key}" if key is not None and key != -1 else None
