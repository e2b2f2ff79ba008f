"""Charts as Vega-Lite specifications. Colours are variables of the style sheet, so that a theme needs no new chart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

MOST_SERIES = 8
MOST_LABELS = 6
MOST_TICKS = 5
FEW = 7  # days that are drawn as points, too: a line of one day isn't seen
LINE = {"type": "line", "strokeWidth": 2.25}
POINT = {"size": 36, "filled": True}
HEIGHT = 288
BANDS = 600  # pixels that the bands of all days have together
FONT = "Inter, Segoe UI, system-ui, Roboto, Liberation Sans, sans-serif"
GRID = {"grid": True, "gridColor": "var(--line)", "domain": False, "ticks": False, "labelColor": "var(--dim)"}
TEXT = {"labelFontSize": 12, "labelPadding": 8, "title": None}
CONFIG = {"view": {"stroke": None}, "font": FONT, "background": "transparent", "axis": TEXT}


def colours(count: int) -> list[str]:
    """The colours of so many series, in the order of the style sheet."""
    return [f"var(--series-{place})" for place in range(1, count + 1)]


def coloured(names: Sequence[str]) -> list[tuple[str, str]]:
    """Names of series, and the classes of their colours."""
    return [(name, f"series-{place}") for place, name in enumerate(names, 1)]


def _base(description: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": description,
        "width": "container",
        "height": HEIGHT,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": CONFIG,
        "data": {"values": values},
    }


def _time(grain: str, values: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The axis of time: each label is of a day (or month) that is there, so that none is there twice."""
    moments = sorted({value["t"] for value in values})
    form = "%b %Y" if grain == "month" else "%-d %b"
    axis = {"format": form, "labelColor": "var(--dim)", "domainColor": "var(--line)", "tickColor": "var(--line)"}
    shown = moments[:: max(1, -(-len(moments) // MOST_LABELS))]
    return {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {**axis, "values": shown, "labelOverlap": True, "labelFlush": True, "grid": False},
    }


def _amount(field: str, form: str | None, largest: float) -> dict[str, Any]:
    """The axis of amounts, by the format of their column; counts up to so many have whole numbers only."""
    count = max(1, min(MOST_TICKS, int(largest))) if form == "integer" else MOST_TICKS
    axis = {**GRID, "format": ".0%" if form == "percent" else ",~r", "tickCount": count}
    return {"field": field, "type": "quantitative", "axis": axis}


def _largest(values: Iterable[dict[str, Any]]) -> float:
    return max((float(value.get(name) or 0) for value in values for name in ("now", "before", "end")), default=0.0)


def line(description: str, values: list[dict[str, Any]], grain: str, form: str | None, has_before: bool) -> Any:
    """One series over time: rows of `t`, `now`, `before` and the texts `when`, `Now`, `Before`.

    The last row may have `unfinished` and `end` in place of `now`, where the row before it has `unfinished`, too.
    """
    x, largest = _time(grain, values), _largest(values)
    point = {**POINT, "color": "var(--series-1)"}
    tooltip = [{"field": "when", "title": " "}, {"field": "Now", "title": "Now"}]
    shown = [
        {
            "mark": {"type": "area", "line": False, "color": "var(--series-1)", "opacity": 0.16},
            "encoding": {"x": x, "y": {**_amount("now", form, largest), "stack": None}},
        },
        {
            "mark": {**LINE, "color": "var(--series-1)", "point": len(values) <= FEW and point},
            "encoding": {"x": x, "y": _amount("now", form, largest)},
        },
    ]
    if has_before:
        tooltip.append({"field": "Before", "title": "Before"})
        mark = {"type": "line", "color": "var(--dim)", "strokeWidth": 1.5, "strokeDash": [4, 4]}
        shown.insert(1, {"mark": mark, "encoding": {"x": x, "y": _amount("before", form, largest)}})
    if any("end" in value for value in values):
        shown += _unfinished(x, form, largest)
    shown += _pointed("var(--series-1)", x, "now", tooltip, len(values))
    return {**_base(description, values), "layer": shown}


def _unfinished(x: dict[str, Any], form: str | None, largest: float) -> list[dict[str, Any]]:
    """Layers: a thin line to the newest value, which may be incomplete, and an open point there."""
    line = {"type": "line", "color": "var(--series-1)", "strokeWidth": 1.25, "strokeDash": [2, 3]}
    point = {**POINT, "filled": True, "fill": "var(--paper)", "stroke": "var(--series-1)", "type": "point"}
    return [
        {"mark": line, "encoding": {"x": x, "y": _amount("unfinished", form, largest)}},
        {"mark": point, "encoding": {"x": x, "y": _amount("end", form, largest)}},
    ]


def _pointed(
    colour: str, x: dict[str, Any], field: str, tooltip: list[dict[str, str]], count: int
) -> list[dict[str, Any]]:
    """Layers: a point at the day under the pointer, and bands, which aren't seen, that show a day's numbers."""
    y = {"field": field, "type": "quantitative"}
    chosen = {"name": "at", "select": {"type": "point", "on": "pointerover", "clear": "pointerout", "fields": ["t"]}}
    return [
        {
            "mark": {"type": "point", "filled": True, "size": 70, "color": colour},
            "encoding": {
                "x": x,
                "y": y,
                "opacity": {"condition": {"param": "at", "empty": False, "value": 1}, "value": 0},
            },
        },
        {
            "params": [chosen],
            "mark": {"type": "rule", "strokeWidth": max(4, BANDS // max(count, 1)), "opacity": 0},
            "encoding": {"x": x, "tooltip": tooltip},
        },
    ]


def lines(description: str, values: list[dict[str, Any]], series: Sequence[str], grain: str, form: str | None) -> Any:
    """Several series over time: rows of `t`, `series`, `now` and the texts `when`, `Now`."""
    x, largest = _time(grain, values), _largest(values)
    colour = {
        "field": "series",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(series), "range": colours(len(series))},
    }
    tooltip = [{"field": name, "title": title} for name, title in (("when", " "), ("series", "  "), ("Now", "   "))]
    return {
        **_base(description, values),
        "mark": {**LINE, "point": POINT},
        "encoding": {"x": x, "y": _amount("now", form, largest), "color": colour, "tooltip": tooltip},
    }


def columns(
    description: str, values: list[dict[str, Any]], series: Sequence[str], order: Sequence[str], form: str | None
) -> Any:
    """Columns by a number or name `x`, stacked by `series`: rows of `x`, `series`, `now` and the text `Now`."""
    sums = Counter[str]()
    for value in values:
        sums[value["x"]] += value["now"]
    largest = max(sums.values(), default=0)
    axis = {"labelAngle": 0, "labelOverlap": True, "labelColor": "var(--dim)", "domainColor": "var(--line)"}
    tooltip = [{"field": name, "title": title} for name, title in (("x", " "), ("series", "  "), ("Now", "   "))]
    return {
        **_base(description, values),
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": {
                "field": "x",
                "type": "ordinal",
                "sort": list(order),
                "scale": {"paddingInner": 0.25},
                "axis": {**axis, "ticks": False},
            },
            "y": {**_amount("now", form, largest), "stack": "zero"},
            "order": {"field": "place", "type": "quantitative"},
            "color": {
                "field": "series",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": list(series), "range": colours(len(series))},
            },
            "tooltip": tooltip,
        },
    }
