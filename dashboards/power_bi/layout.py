"""Where visuals are on a page: title, slicers, cards, then panels in rows that fill the page's width."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dashboards.pages.model import Panel
from dashboards.power_bi.visuals import Box

WIDTH, MARGIN, GAP = 1280, 24, 16
TITLE_HEIGHT, SLICER_HEIGHT, CARD_HEIGHT, PANEL_HEIGHT = 72, 80, 112, 320
COLUMNS = 12
SPANS = {"full": 12, "wide": 8, "tall": 8, "half": 6, "narrow": 4}
MOST_SLICERS, MOST_CARDS = 6, 4


class Layout:
    """Boxes for a page's visuals, from the top down."""

    def __init__(self) -> None:
        self.bottom = MARGIN

    @property
    def height(self) -> int:
        """The height of the page."""
        return max(720, self.bottom + MARGIN - GAP)

    def title(self) -> Box:
        """The box of the page's title."""
        (box,) = self._row([COLUMNS], TITLE_HEIGHT)
        return box

    def evenly(self, count: int, most: int, height: int) -> Iterator[Box]:
        """Boxes of equal width, so many in a row."""
        while count:
            here = min(count, most)
            yield from self._row([COLUMNS / here] * here, height)
            count -= here

    def panels(self, panels: Sequence[Panel]) -> Iterator[Box]:
        """A box for each panel; rows that aren't full are widened."""
        rows: list[list[int]] = []
        for span in (SPANS[panel.width] for panel in panels):
            if not rows or sum(rows[-1]) + span > COLUMNS:
                rows.append([])
            rows[-1].append(span)
        for spans in rows:
            factor = COLUMNS / sum(spans)
            yield from self._row([span * factor for span in spans], PANEL_HEIGHT)

    def _row(self, spans: Sequence[float], height: int) -> list[Box]:
        usable = WIDTH - 2 * MARGIN + GAP
        edges = [MARGIN + round(usable * sum(spans[:place]) / COLUMNS) for place in range(len(spans) + 1)]
        y, self.bottom = self.bottom, self.bottom + height + GAP
        return [Box(left, y, right - left - GAP, height) for left, right in pairwise(edges)]
