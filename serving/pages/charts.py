"""Charts as Vega-Lite specifications. Colours are variables of the style sheet, so that a theme needs no new chart."""

from collections.abc import Sequence
from typing import Any

MOST_SERIES = 8
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


def _time(grain: str) -> dict[str, Any]:
    form = "%b %Y" if grain == "month" else "%-d %b"
    axis = {"format": form, "labelColor": "var(--dim)", "domainColor": "var(--line)", "tickColor": "var(--line)"}
    return {
        "field": "t",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {**axis, "tickCount": 6, "labelOverlap": True, "labelFlush": True, "grid": False},
    }


def _amount(field: str, is_share: bool) -> dict[str, Any]:
    form = ".0%" if is_share else ",~r"
    return {"field": field, "type": "quantitative", "axis": {**GRID, "format": form, "tickCount": 5}}


def line(description: str, values: list[dict[str, Any]], grain: str, is_share: bool, has_before: bool) -> Any:
    """One series over time: rows of `t`, `now`, `before` and the texts `when`, `Now`, `Before`."""
    x = _time(grain)
    tooltip = [{"field": "when", "title": " "}, {"field": "Now", "title": "Now"}]
    shown = [
        {
            "mark": {"type": "area", "line": False, "color": "var(--series-1)", "opacity": 0.16},
            "encoding": {"x": x, "y": {**_amount("now", is_share), "stack": None}},
        },
        {
            "mark": {"type": "line", "color": "var(--series-1)", "strokeWidth": 2.25},
            "encoding": {"x": x, "y": _amount("now", is_share)},
        },
    ]
    if has_before:
        tooltip.append({"field": "Before", "title": "Before"})
        mark = {"type": "line", "color": "var(--dim)", "strokeWidth": 1.5, "strokeDash": [4, 4]}
        shown.insert(1, {"mark": mark, "encoding": {"x": x, "y": _amount("before", is_share)}})
    shown += _pointed("var(--series-1)", x, "now", tooltip, len(values))
    return {**_base(description, values), "layer": shown}


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


def lines(description: str, values: list[dict[str, Any]], series: Sequence[str], grain: str, is_share: bool) -> Any:
    """Several series over time: rows of `t`, `series`, `now` and the texts `when`, `Now`."""
    x = _time(grain)
    colour = {
        "field": "series",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(series), "range": colours(len(series))},
    }
    tooltip = [{"field": name, "title": title} for name, title in (("when", " "), ("series", "  "), ("Now", "   "))]
    return {
        **_base(description, values),
        "mark": {"type": "line", "strokeWidth": 2.25, "point": {"size": 36, "filled": True}},
        "encoding": {"x": x, "y": _amount("now", is_share), "color": colour, "tooltip": tooltip},
    }


def columns(
    description: str, values: list[dict[str, Any]], series: Sequence[str], order: Sequence[str], is_share: bool
) -> Any:
    """Columns by a number or name `x`, stacked by `series`: rows of `x`, `series`, `now` and the text `Now`."""
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
            "y": {**_amount("now", is_share), "stack": "zero"},
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
