"""Drawings over time and over years, as specifications of charts."""

import json
from datetime import date
from typing import Any

from serving.locales import day
from serving.pages import charts, series
from serving.pages.material import Drawing, Material
from serving.pages.periods import split


def line(of: Material) -> Drawing:
    """One series beside the period before, or several."""
    time = next(column for column in of.columns if column.kind == "time")
    if of.asked.newest is None or not of.asked.records:
        return Drawing()
    until = of.asked.query.until
    newest = until or of.asked.newest
    grain = "month" if time.name == "month" else "day"
    count = split(of.asked.query.last or "12m")[0]
    kinds = [column for column in of.names if column is not time]
    if kinds:
        return _several(of, time.name, kinds[0].name, series.steps(newest, count, grain), grain)
    values = {record[time.name]: record[of.metric.name] for record in of.asked.records}
    has_before = of.panel.in_period
    days = series.steps(newest, count, grain)
    all_values = list(series.filled(values, days, of.nothing))
    half = count // 2 if has_before else 0
    older, shown = all_values[:half], days[half:]
    is_unfinished = until is not None and of.asked.newest >= shown[-1]
    if until is not None and not is_unfinished:
        shown = shown[:-1]
    # A sample may begin within the period before: then there is nothing to compare with.
    known = has_before and any(older)
    rows = [
        _point(of, moment, value, grain) | _before(of, older, place if known and place < half else None)
        for place, (moment, value) in enumerate(zip(shown, all_values[half:], strict=False))
        if known or moment >= min(values)
    ]
    if is_unfinished:
        _mark_unfinished(rows)
    spec = charts.line(of.panel.title, rows, grain, of.metric.format, known)
    legend = [("This period", "series-1"), ("The period before", "before")] if known else []
    if is_unfinished:
        legend.append((f"The newest {grain}, may be incomplete", "unfinished"))
    return Drawing(spec=json.dumps(spec), legend=legend)


def _point(of: Material, moment: date, value: float | None, grain: str) -> dict[str, Any]:
    return {"t": moment.isoformat(), "now": value, "when": day(moment, grain), "Now": of.text(value)}


def _mark_unfinished(rows: list[dict[str, Any]]) -> None:
    """Takes the newest value out of the line: a line of its own leads to it."""
    last = rows[-1]
    value = last.pop("now")
    last |= {"unfinished": value, "end": value, "Now": f"{last['Now']}, may be incomplete"}
    for row in rows[-2:-1]:
        row["unfinished"] = row["now"]


def _before(of: Material, older: list[float | None], place: int | None) -> dict[str, Any]:
    return {} if place is None else {"before": older[place], "Before": of.text(older[place])}


def _several(of: Material, time: str, kind: str, days: list[date], grain: str) -> Drawing:
    records = of.records()
    totals: dict[str, float] = {}
    for record in records:
        totals[record[kind]] = totals.get(record[kind], 0.0) + float(record[of.metric.name] or 0)
    largest = sorted(totals, key=lambda name: (-totals[name], name))[: charts.MOST_SERIES]
    chosen = sorted(largest)  # A member has the same colour in every chart that shows the same members.
    rows = []
    for name in chosen:
        values = {record[time]: record[of.metric.name] for record in records if record[kind] == name}
        for moment, value in zip(days, series.filled(values, days, of.nothing), strict=True):
            rows.append({**_point(of, moment, value, grain), "series": name})
    spec = charts.lines(of.panel.title, rows, chosen, grain, of.metric.format)
    return Drawing(spec=json.dumps(spec), legend=charts.coloured(chosen), first=chosen[0] if chosen else "")


def columns(of: Material) -> Drawing:
    """Columns by the first name, stacked by the second."""
    records = of.records()
    along, *kinds = [column.name for column in of.names]
    groups = sorted({str(record[kinds[0]]) for record in records}) if kinds else ["all"]
    values = sorted({record[along] for record in records})[-of.panel.rows :]
    rows = [
        {
            "x": str(record[along]),
            "series": str(record[kinds[0]]) if kinds else "all",
            "place": groups.index(str(record[kinds[0]])) if kinds else 0,
            "now": float(record[of.metric.name] or 0),
            "Now": of.text(record[of.metric.name]),
        }
        for record in records
        if record[along] in values
    ]
    if not rows:
        return Drawing()
    order = [str(value) for value in values]
    spec = charts.columns(of.panel.title, rows, groups, order, of.metric.format)
    return Drawing(spec=json.dumps(spec), legend=charts.coloured(groups) if kinds else [], first=order[-1])
