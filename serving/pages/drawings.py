"""What panels draw: bars, parts, heat and tables as HTML and SVG; timelines.py has the charts over time."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from metrics.columns import ResultColumn
from serving.locales import NOTHING, day
from serving.pages import charts, timelines
from serving.pages.material import Bar, Drawing, Material
from serving.pages.tables import Table, table_of, tone_of

HEATS = 8
MOST_ACROSS = 13
OTHER = "Other (fewer than"
SPLIT = "Groups of which a part has too few people to be shown are left out"
SMALLEST_SHARE = 0.01
"""Of the hours before: a country with less is left out of a ranking by growth, for it would win by chance."""


class Artist(Material):
    """Draws a panel's answer."""

    def drawing(self) -> Drawing:
        """The drawing of the panel's kind."""
        kinds: Mapping[str, Callable[[], Drawing]] = {
            "line": lambda: timelines.line(self),
            "columns": lambda: timelines.columns(self),
            "bars": self._bars,
            "growth": self._growth,
            "parts": self._parts,
            "table": self._table,
            "heat": self._heat,
        }
        return kinds[self.panel.kind]() if self.asked.answer else Drawing()

    def _table(self) -> Drawing:
        assert self.asked.answer is not None
        table = table_of(self.asked.answer, self.locale, 3 * self.panel.rows, bars=True)
        drawn = next(place for place, column in enumerate(table.columns) if column[1])
        kept = {record[self.names[0].name] for record in self.records()} if self.names else set()
        skipped = {*self.panel.leave_out, NOTHING} - kept
        rows = [row for row in table.rows if row[0].text not in skipped and row[drawn].text != NOTHING]
        rows = rows[: self.panel.rows]
        is_won = bool(rows and rows[0][drawn].share) and self.is_won([row[drawn].text for row in rows])
        return Drawing(table=Table(columns=table.columns, rows=rows), first=rows[0][0].text if is_won else "")

    def _bars(self) -> Drawing:
        name = self.metric.name
        records = [record for record in self.records() if record[name] is not None][: self.panel.rows]
        if not records:
            return Drawing()
        largest = max(float(record[name]) for record in records) or 1.0
        base = next((r[name] for r in records if r[self.names[0].name] == self.panel.base), None)
        bars = [
            Bar(
                label=self.label(record),
                text=self.text(record[name]),
                note=self.locale.change(record[name] / Decimal(base) - 1) if base else "",
                start=0.0,
                length=round(max(float(record[name]), 0.0) / largest * 100, 2),
            )
            for record in records
        ]
        is_won = bars[0].length > 0 and self.is_won([bar.text for bar in bars])
        return Drawing(bars=bars, first=bars[0].label if is_won else "", value=bars[0].text)

    def is_won(self, texts: list[str]) -> bool:
        """Whether the first of several has more than the second, as it is written: a tie has no winner."""
        return len(texts) > 1 and texts[0] != texts[1]

    def _growth(self) -> Drawing:
        """Members by their change, those with the largest first, on both sides of a line."""
        now, before, change = self._compared()
        records = self.records()
        total = sum(float(record[before] or 0) for record in records)
        ranked = sorted(
            (r for r in records if r[change] is not None and float(r[before] or 0) >= SMALLEST_SHARE * total),
            key=lambda record: (-record[change], str(record[self.names[0].name])),
        )[: self.panel.rows]
        if not ranked:
            return self._bars_of(records, now)
        values = [float(record[change]) for record in ranked]
        low, high = min(0.0, *values), max(0.0, *values)
        span = (high - low) or 1.0
        bars = [
            Bar(
                label=self.label(record),
                text=self.locale.change(record[change]),
                start=round((min(value, 0.0) - low) / span * 100, 2),
                length=round(max(abs(value) / span * 100, 0.8), 2),
                tone=tone_of(value) or "",
                note=f"{self.written(now, record[now])} against {self.written(before, record[before])}",
            )
            for record, value in zip(ranked, values, strict=True)
        ]
        is_won = values[0] > 0 and self.is_won([bar.text for bar in bars])
        return Drawing(bars=bars, first=bars[0].label if is_won else "", value=bars[0].text)

    def _bars_of(self, records: list[dict[str, Any]], name: str) -> Drawing:
        """Bars of the values themselves, where there is nothing to compare with."""
        kept = sorted((r for r in records if r[name]), key=lambda record: -record[name])[: self.panel.rows]
        largest = float(kept[0][name]) if kept else 1.0
        return Drawing(
            bars=[
                Bar(
                    label=self.label(r),
                    text=self.written(name, r[name]),
                    start=0.0,
                    length=round(float(r[name]) / largest * 100, 2),
                )
                for r in kept
            ]
        )

    def _compared(self) -> tuple[str, str, str]:
        """The names of the columns of now, before and the change."""
        name = self.metric.name
        if any(column.name == f"{name}_change" for column in self.columns):
            return name, f"{name}_previous", f"{name}_change"
        others = [column.name for column in self.columns if column.kind == "metric"]
        return others[1], others[2], name

    def _parts(self) -> Drawing:
        """One bar a row, made of the second name's parts of it."""
        records = self.records()
        first, second = (column.name for column in self.names[-2:])
        rows: dict[str, dict[str, float]] = {}
        for record in records:
            rows.setdefault(str(record[first]), {})[str(record[second])] = float(record[self.metric.name] or 0)
        whole = _whole(rows)
        left_out, rows = SPLIT if len(whole) < len(rows) else "", whole
        weights = {name: sum(parts.values()) for name, parts in rows.items()}
        groups = sorted({name for parts in rows.values() for name in parts})[: charts.MOST_SERIES]
        known = [name for name in rows if weights[name]]
        ranked = sorted(known) if self.panel.by_name else sorted(known, key=lambda name: (-weights[name], name))
        drawn = [(name, self._stacked(rows[name], groups, weights[name])) for name in ranked[: self.panel.rows]]
        return Drawing(parts=drawn, legend=charts.coloured(groups), left_out=left_out)

    def _stacked(self, parts: Mapping[str, float], groups: list[str], whole: float) -> list[Bar]:
        bars, start = [], 0.0
        for place, name in enumerate(groups, 1):
            length = parts.get(name, 0.0) / whole * 100
            text = self.locale.percent(length / 100, 0)
            bars.append(
                Bar(label=name, text=text, start=round(start, 2), length=round(length, 2), tone=f"series-{place}")
            )
            start += length
        return bars

    def _heat(self) -> Drawing:
        """A table of first names down and second names across, coloured by value."""
        records = self.records()
        down, over = self.names[0], self.names[1]
        cells = {(r[down.name], r[over.name]): r[self.metric.name] for r in records}
        sums: dict[Any, float] = {}
        for (name, _), value in cells.items():
            sums[name] = sums.get(name, 0.0) + float(value or 0)
        ranked = sorted(sums) if self.panel.by_name else sorted(sums, key=lambda name: (-sums[name], str(name)))
        chosen = ranked[-self.panel.rows :] if self.panel.by_name else ranked[: self.panel.rows]
        known = sorted({name for (_, name), value in cells.items() if value is not None})
        across = known[:MOST_ACROSS] if self.panel.by_name else known[-MOST_ACROSS:]
        largest = max((float(cells.get((r, c)) or 0) for r in chosen for c in across), default=0.0) or 1.0
        heat = [
            (
                self._name(down, name),
                [(self.text(v), level(v, largest)) for v in (cells.get((name, c)) for c in across)],
            )
            for name in chosen
        ]
        return Drawing(heat=heat, across=[self._name(over, name) for name in across], first=heat[0][0] if heat else "")

    def _name(self, column: ResultColumn, value: Any) -> str:
        return day(value, "month") if isinstance(value, date) else self.locale.value(column, value)


def _whole(rows: Mapping[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The rows that have all their parts, as far as that can be told.

    Where small groups were put together, a part that a row lacks may be there, and shares of the rest would be wrong.
    """
    if not any(name.startswith(OTHER) for name in rows):
        return dict(rows)
    members = {name for parts in rows.values() for name in parts if not name.startswith(OTHER)}
    return {name: parts for name, parts in rows.items() if not name.startswith(OTHER) and members <= parts.keys()}


def level(value: Any, largest: float) -> int:
    """How warm a cell is: 0 for nothing, to 8 for the largest."""
    return 0 if not value else max(1, round(float(value) / largest * HEATS))
