"""Widgets in AI/BI's form. Their fields are columns of a data set, as they are."""

from collections.abc import Callable, Sequence
from typing import Any

from dashboards.data_sets.statements import DataSet
from dashboards.pages.model import Kind, Panel
from metrics.columns import ResultColumn

Json = dict[str, Any]
VERSIONS = {"counter": 2, "table": 2, "bar": 3, "line": 3, "heatmap": 3}
FILTER_VERSION = 2
QUERY = "main_query"


def text(name: str, line: str) -> Json:
    """A line of Markdown."""
    return {"name": name, "multilineTextboxSpec": {"lines": [line]}}


def counter(name: str, data: DataSet, metric: str, title: str, description: str) -> Json:
    """One number."""
    (column,) = [one for one in data.columns if one.name == metric]
    return _widget(name, data, [column], "counter", {"value": _shown(column)}, title, description)


def table(name: str, data: DataSet, title: str, description: str) -> Json:
    """All columns but keys, a row for each of the data set's."""
    columns = [one for one in data.columns if one.type != "key"]
    return _widget(name, data, columns, "table", {"columns": [_shown(one) for one in columns]}, title, description)


def panel(panel: Panel, name: str, data: DataSet, description: str) -> Json:
    """A panel of a page."""
    title = panel.title.replace("{grain}", panel.query.grain or "day")
    keys = [one for one in data.columns if one.kind in ("dimension", "time") and one.type != "key"]
    value = next(one for one in data.columns if one.kind == "metric")
    draw = CHARTS.get(panel.kind)
    if draw is None:
        return table(name, data, title, description)
    kind, encodings, mark = draw(panel, keys, value)
    widget = _widget(name, data, [*keys[:2], value], kind, encodings, title, description)
    if mark:
        widget["spec"]["mark"] = mark
    return widget


Chart = tuple[str, Json, Json | None]


def _line(panel: Panel, keys: Sequence[ResultColumn], value: ResultColumn) -> Chart:
    time = next(one for one in keys if one.kind == "time")
    series = [one for one in keys if one is not time]
    encodings = {"x": _axis(time, "temporal"), "y": _axis(value, "quantitative"), **_color(series)}
    return "line", encodings, None


def _columns(panel: Panel, keys: Sequence[ResultColumn], value: ResultColumn) -> Chart:
    encodings = {"x": _axis(keys[0], "categorical"), "y": _axis(value, "quantitative"), **_color(keys[1:])}
    return "bar", encodings, None


def _bars(panel: Panel, keys: Sequence[ResultColumn], value: ResultColumn) -> Chart:
    is_ranking = bool(panel.query.order) and panel.query.order[0].startswith("-") and keys[0].type == "text"
    y = _axis(keys[0], "categorical")
    if is_ranking:
        y["scale"]["sort"] = {"by": "x-reversed"}
    return "bar", {"x": _axis(value, "quantitative"), "y": y}, None


def _parts(panel: Panel, keys: Sequence[ResultColumn], value: ResultColumn) -> Chart:
    encodings = {"x": _axis(value, "quantitative"), "y": _axis(keys[0], "categorical"), **_color(keys[1:])}
    return "bar", encodings, {"layout": "stack-100"}


def _heat(panel: Panel, keys: Sequence[ResultColumn], value: ResultColumn) -> Chart:
    across = _axis(keys[1], "categorical")
    encodings = {"x": across, "y": _axis(keys[0], "categorical"), "color": _axis(value, "quantitative")}
    return "heatmap", encodings, None


CHARTS: dict[Kind, Callable[[Panel, Sequence[ResultColumn], ResultColumn], Chart]] = {
    "line": _line,
    "columns": _columns,
    "bars": _bars,
    "parts": _parts,
    "heat": _heat,
}


def _widget(
    name: str,
    data: DataSet,
    columns: Sequence[ResultColumn],
    kind: str,
    encodings: Json,
    title: str,
    description: str,
) -> Json:
    query = {"datasetName": data.name, "fields": [field(one.name) for one in columns], "disaggregated": True}
    frame = {"showTitle": True, "title": title}
    if description:
        frame |= {"showDescription": True, "description": description}
    return {
        "name": name,
        "queries": [{"name": QUERY, "query": query}],
        "spec": {"version": VERSIONS[kind], "widgetType": kind, "encodings": encodings, "frame": frame},
    }


def field(name: str) -> Json:
    """A column of a data set, unchanged."""
    return {"name": name, "expression": f"`{name}`"}


def _axis(column: ResultColumn, scale: str) -> Json:
    return {**_shown(column), "scale": {"type": scale}}


def _color(keys: Sequence[ResultColumn]) -> Json:
    return {"color": {**_shown(keys[0]), "scale": {"type": "categorical"}}} if keys else {}


def _shown(column: ResultColumn) -> Json:
    """A field's label and format. Money has no currency: the data name none."""
    shown: Json = {"fieldName": column.name, "displayName": column.label}
    if column.kind in ("metric", "previous", "change"):
        is_share = column.format == "percent"
        places = {"integer": 0, "percent": 1}.get(column.format or "", 2)
        shown["format"] = {
            "type": "number-percent" if is_share else "number",
            "decimalPlaces": {"type": "max", "places": places},
        }
    return shown
