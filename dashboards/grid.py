"""Widgets placed in rows of twelve columns, without holes: their widths say which stand beside each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dashboards.pages.model import Width

COLUMNS = 12
WIDTHS: dict[Width, int] = {"full": 12, "wide": 8, "tall": 8, "half": 6, "narrow": 4}
COUNTERS = 4  # in a row
COUNTER_HEIGHT, PANEL_HEIGHT = 3, 6


@dataclass(frozen=True)
class Place:
    """Where a widget is, in columns and rows of the grid."""

    x: int
    y: int
    width: int
    height: int


def rows_of(widths: Sequence[Width]) -> Iterator[list[Width]]:
    """The widths of each row; a tall one takes the two after it, one over the other."""
    row: list[Width] = []
    for width in widths:
        row.append(width)
        if sum(_taken(row)) >= COLUMNS:
            yield row
            row = []
    if row:
        yield row


def _taken(row: list[Width]) -> Iterable[int]:
    """The columns that a row's widgets take; of the two beside a tall one, only the second."""
    if row[0] == "tall":
        return [WIDTHS["tall"], WIDTHS["narrow"]] if len(row) == 3 else [WIDTHS["tall"]]
    return [WIDTHS[width] for width in row]


def placed(widths: Sequence[Width], top: int) -> list[Place]:
    """The places of panels, in their order, from a row of the grid on; the last of an incomplete row is stretched."""
    places: list[Place] = []
    for row in rows_of(widths):
        if row[0] == "tall" and len(row) == 3:
            narrow = COLUMNS - WIDTHS["tall"]
            places.append(Place(0, top, WIDTHS["tall"], 2 * PANEL_HEIGHT))
            places += [Place(WIDTHS["tall"], top + n * PANEL_HEIGHT, narrow, PANEL_HEIGHT) for n in (0, 1)]
            top += 2 * PANEL_HEIGHT
            continue
        places += _in_a_row([WIDTHS[width] for width in row], top, PANEL_HEIGHT)
        top += PANEL_HEIGHT
    return places


def counters(count: int, top: int) -> list[Place]:
    """The places of headlines: at most four in a row."""
    places: list[Place] = []
    while len(places) < count:
        number = min(COUNTERS, count - len(places))
        places += _in_a_row([COLUMNS // number] * number, top, COUNTER_HEIGHT)
        top += COUNTER_HEIGHT
    return places


def bottom(places: Sequence[Place]) -> int:
    """The first free row below."""
    return max((place.y + place.height for place in places), default=0)


def _in_a_row(widths: list[int], top: int, height: int) -> list[Place]:
    widths = [*widths[:-1], COLUMNS - sum(widths[:-1])]
    return [Place(sum(widths[:n]), top, width, height) for n, width in enumerate(widths)]
