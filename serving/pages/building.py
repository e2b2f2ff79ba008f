"""Makes what the template shows from what was asked: texts in the reader's locale, drawings, addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboards.pages.model import Headline, Page, Panel
from metrics.model import Measure
from metrics.registry import Registry
from serving.locales import Locale, day
from serving.pages.addresses import address
from serving.pages.asking import Answered, Asked
from serving.pages.drawings import Artist
from serving.pages.lacking import WATCHED, lacking_for
from serving.pages.material import Drawing
from serving.pages.periods import split
from serving.pages.series import filled, months_before, points, steps
from serving.pages.tables import Table, table_of, tone_of

LINE_WIDTH, LINE_HEIGHT = 96, 28
UNITS = {"hours": "h", "minutes": "min", "rating": "of 10"}
"""What stands behind a headline; its label says what is counted."""
PERIODS = {"30d": "30 days", "90d": "90 days", "12m": "12 months", "1m": "month"}


@dataclass(frozen=True, kw_only=True)
class HeadlineView:
    """A headline as it is shown. `line` are points of an SVG line; `fresh` says up to when the number is."""

    metric: str
    label: str
    description: str
    value: str
    exact: str
    unit: str
    change: str
    tone: str
    against: str
    line: str
    dot: tuple[float, float] | None
    fresh: str
    explained: str
    note: str
    api: str
    error: str


@dataclass(frozen=True, kw_only=True)
class PanelView:
    """A panel as it is shown: its drawing, the table behind it, or what is wrong with it."""

    panel: Panel
    title: str
    note: str
    unfiltered: str
    drawing: Drawing
    table: Table | None
    csv: str
    api: str
    missing: str
    error: str


@dataclass(frozen=True)
class Builder:
    """Makes the views of one page."""

    registry: Registry
    locale: Locale
    period: str | None

    def headlines(self, answered: Answered) -> list[HeadlineView]:
        """The page's headlines."""
        return [self._headline(*one, answered.lacking) for one in answered.headlines]

    def panels(self, answered: Answered) -> list[PanelView]:
        """The page's panels."""
        return [self._panel(*one, answered.lacking) for one in answered.panels]

    def _headline(self, one: Headline, asked: Asked, line: Asked | None, lacking: frozenset[str]) -> HeadlineView:
        measure = self.registry.measure(one.metric)
        columns = asked.answer.columns if asked.answer else ()
        record = asked.records[0] if asked.records else {}
        value, change = record.get(one.metric), record.get(f"{one.metric}_change")
        moved = next((known for known in columns if known.name == f"{one.metric}_change"), None)
        drawn = self._points(one, measure, line)
        missing = lacking_for(self.registry, one.metric, lacking)
        if missing and one.metric in WATCHED:
            value = None
        return HeadlineView(
            metric=one.metric,
            label=one.label or measure.label,
            description=measure.description,
            value=self._big(measure, value),
            exact="" if value is None else str(value),
            unit=UNITS.get(measure.unit, ""),
            change=self.locale.value(moved, change) if moved and change is not None else "",
            tone=_judged(change, one.good),
            against=self._against(one, asked),
            line=" ".join(f"{x:g},{y:g}" for x, y in drawn),
            dot=drawn[-1] if drawn else None,
            fresh=missing.partition(":")[0] or self._fresh(measure, asked),
            explained=_in_short(measure) if one.is_explained else "",
            note=_unfiltered(asked),
            api=address(asked.query),
            error=asked.problem.detail if asked.problem else "",
        )

    def _big(self, measure: Measure, value: Any) -> str:
        if measure.format == "percent":
            return self.locale.percent(value)
        if value is None or measure.format == "integer" or abs(value) >= 1000:
            return self.locale.number(value)
        return self.locale.number(value, 2 if measure.format == "currency" else 1)

    def _points(self, one: Headline, measure: Measure, line: Asked | None) -> list[tuple[float, float]]:
        """The points of the small line."""
        if line is None or line.newest is None or not line.records or line.query.last is None:
            return []
        grain = "month" if line.query.grain == "month" else "day"
        values = {record[line.query.grain or grain]: record[one.metric] for record in line.records}
        nothing = None if measure.adds_up == "nothing" else 0.0
        days = steps(line.query.until or line.newest, split(line.query.last)[0], grain)
        first = min(values)
        known = [moment for moment in days if moment >= first]
        return [
            (x + 2, y + 2) for x, y in points(list(filled(values, known, nothing)), LINE_WIDTH - 6, LINE_HEIGHT - 4)
        ]

    def _against(self, one: Headline, asked: Asked) -> str:
        """What the change is against, in words."""
        last = asked.query.last
        if last is None:
            return ""
        if last == "1m" and asked.newest:
            return f"against {day(months_before(asked.newest, 1), 'month')}"
        return f"against {PERIODS.get(last, last)} before"

    def _fresh(self, measure: Measure, asked: Asked) -> str:
        """Up to when the number is."""
        if asked.newest is None:
            if measure.growth:
                return "the last 5 years against the 5 before"
            is_now = asked.query.last is None
            return "" if not is_now else "in the catalogue now" if measure.unit in ("titles", "share") else "now"
        if asked.query.last == "1m":
            return f"in {day(asked.newest, 'month')}"
        return f"to {day(asked.query.until or asked.newest)}"

    def _panel(self, panel: Panel, asked: Asked, lacking: frozenset[str]) -> PanelView:
        measure = self.registry.measure(panel.query.metrics[0])
        panel = replace(panel, title=panel.title.format(grain=asked.query.grain or "day"))
        nothing = None if measure.adds_up == "nothing" else 0.0
        artist = Artist(panel, asked, self.locale, nothing)
        drawing = artist.drawing()
        title = panel.title
        if panel.finding and drawing.first and drawing.first not in panel.leave_out:
            title = panel.finding.format(first=drawing.first, value=drawing.value)
        is_alone = panel.kind in ("line", "growth") and bool(panel.alone) and not _is_compared(drawing)
        said = panel.alone if is_alone else panel.note
        left_out = "" if drawing.is_empty else drawing.left_out
        parts = (said, self._span(panel), left_out, self._of_all(artist, drawing))
        note = " · ".join(part for part in parts if part)
        return PanelView(
            panel=panel,
            title=title,
            note=note,
            unfiltered=_unfiltered(asked),
            drawing=drawing,
            table=table_of(asked.answer, self.locale) if asked.answer and asked.answer.rows else None,
            csv=address(asked.query, "csv"),
            api=address(asked.query),
            missing=lacking_for(self.registry, panel.query.metrics[0], lacking),
            error=asked.problem.detail if asked.problem else "",
        )

    def _of_all(self, artist: Artist, drawing: Drawing) -> str:
        """How many of the ranked are drawn, where there are more: a query that has a limit doesn't know how many."""
        answer, drawn = artist.asked.answer, len(drawing.bars)
        rows = len(artist.records()) if answer else 0
        if not artist.panel.rows <= drawn < rows or answer is None or not answer.complete:
            return ""
        return f"{self.locale.number(drawn)} of {self.locale.number(rows)}"

    def _span(self, panel: Panel) -> str:
        """The period of a panel that has that of the page."""
        return f"the last {PERIODS[self.period]}" if panel.in_period and self.period in PERIODS else ""


def _judged(change: Any, good: str) -> str:
    """Whether a change is welcome: good, bad, or neither."""
    tone = tone_of(change)
    return "" if tone is None else "good" if tone == good else "bad"


def _in_short(measure: Measure) -> str:
    """The description without its exceptions, as a sentence of its own."""
    text = measure.description.partition(";")[0]
    return f"{text[:1].upper()}{text[1:]}"


def _is_compared(drawing: Drawing) -> bool:
    """Whether the period before is drawn, too; nothing to draw has its own words."""
    drawn = [colour for _, colour in drawing.legend]
    return drawing.is_empty or "before" in drawn or any(bar.note for bar in drawing.bars)


def _unfiltered(asked: Asked) -> str:
    return f"not filtered by {', '.join(label.lower() for label in asked.without)}" if asked.without else ""


def choices_of(page: Page, answered: Answered, members: Mapping[str, str]) -> list[dict[str, Any]]:
    """The menus of the form, with what is chosen in them."""
    return [
        {
            "name": choice.name,
            "label": choice.label,
            "members": answered.members[choice.name],
            "chosen": members.get(choice.name, ""),
        }
        for choice in page.choices
    ]


def extent_of(page: Page, answered: Answered) -> str:
    """Up to when the page's data are, in a sentence; empty where nothing has a date."""
    asked = [found for _, found, _ in answered.headlines] + [found for _, found in answered.panels]
    newest = max((found.newest for found in asked if found.newest), default=None)
    if newest is None:
        return ""
    if not page.periods:
        return f" Data to {day(newest, 'month')}."
    whole = answered.days.last_whole("day") if answered.days else None
    return f" Data to {day(newest)}." if whole is None else f" Data to the last whole day, {day(whole)}."
