"""What is wrong with the dashboard's widgets, as sentences: each must show what its panel or headline asks for.

From the file's text, the pages and the registry alone: it knows nothing of how widgets are written.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.ai_bi.dashboard import PATH
from dashboards.ai_bi.filters import EARLIEST, LATEST
from dashboards.data_sets.questions import name_of, of_headlines, of_panel
from dashboards.data_sets.statements import columns_of
from dashboards.pages import PAGES
from dashboards.pages.model import Page, Panel
from metrics.columns import ResultColumn
from metrics.registry import Registry

KINDS = {
    "line": "line",
    "columns": "bar",
    "bars": "bar",
    "growth": "table",
    "parts": "bar",
    "table": "table",
    "heat": "heatmap",
}
PERIOD = {"range": {"dataType": "DATE", "min": {"value": EARLIEST}, "max": {"value": LATEST}}}
FORMATS = {"percent": "number-percent"}
DIGITS = {"integer": 0, "percent": 1}


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """All that is wrong with kinds, axes, formats, titles, orders and default choices."""
    try:
        content = json.loads(files.get(PATH, ""))
    except ValueError as error:
        return [f"{PATH}: no JSON: {error}"]
    placed = [one["widget"] for page in content["pages"] for one in page["layout"]]
    widgets = {widget["name"]: widget for widget in placed}
    found = list(_choices(content))
    for page in PAGES:
        found += [*_headlines(registry, page, widgets), *_panels(registry, page, widgets)]
    return found


def _choices(content: Any) -> Iterator[str]:
    """Nothing is chosen for the reader: no member, and all days."""
    for data in content["datasets"]:
        for one in data.get("parameters", []):
            nothing = {"values": {"dataType": one["dataType"], "values": []}}
            if one.get("defaultSelection") != (PERIOD if one["complexType"] == "RANGE" else nothing):
                yield f"{data['name']}: the filter {one['keyword']} has a choice before readers make one"


def _headlines(registry: Registry, page: Page, widgets: Mapping[str, Any]) -> Iterator[str]:
    for question, headlines in of_headlines(registry, page):
        columns = {one.name: one for one in columns_of(registry, question)}
        for headline in headlines:
            name = f"{name_of(page)}_headline_{headline.metric}"
            title = headline.label or registry.measures[headline.metric].label
            wanted = {"value": _shown(columns[headline.metric])}
            yield from _widget(widgets, name, "counter", title, wanted)


def _panels(registry: Registry, page: Page, widgets: Mapping[str, Any]) -> Iterator[str]:
    for panel in page.panels:
        question = of_panel(registry, page, panel)
        columns = columns_of(registry, question)
        title = panel.title.replace("{grain}", panel.query.grain or "day")
        yield from _widget(widgets, question.name, KINDS[panel.kind], title, _encodings(panel, columns))
        mark = widgets.get(question.name, {}).get("spec", {}).get("mark")
        if mark != ({"layout": "stack-100"} if panel.kind == "parts" else None):
            yield f"{question.name}: its bars are stacked otherwise"


def _widget(
    widgets: Mapping[str, Any], name: str, kind: str, title: str, encodings: Mapping[str, Any]
) -> Iterator[str]:
    spec = widgets.get(name, {}).get("spec")
    if spec is None:
        yield f"there is no widget {name}"
        return
    if spec.get("widgetType") != kind:
        yield f"{name}: is a {spec.get('widgetType')}, and should be a {kind}"
    if spec.get("frame", {}).get("title") != title:
        yield f"{name}: is called {spec.get('frame', {}).get('title')!r}, and should be {title!r}"
    found = spec.get("encodings", {})
    for part in sorted({*found} | {*encodings}):
        if found.get(part) != encodings.get(part):
            yield f"{name}: its {part} is {found.get(part)}, and should be {encodings.get(part)}"


def _encodings(panel: Panel, columns: tuple[ResultColumn, ...]) -> dict[str, Any]:
    """What a widget shows where: rankings and parts lie, what is over time stands."""
    keys = [one for one in columns if one.kind in ("dimension", "time") and one.type != "key"]
    if KINDS[panel.kind] == "table":
        return {"columns": [_shown(one) for one in columns if one.type != "key"]}
    value = _shown(next(one for one in columns if one.kind == "metric"), "quantitative")
    members = [_shown(one, "categorical") for one in keys]
    if panel.kind == "heat":
        return {"x": members[1], "y": members[0], "color": value}
    if panel.kind == "line":
        keys.sort(key=lambda one: one.kind != "time")
        members = [_shown(keys[0], "temporal"), *(_shown(one, "categorical") for one in keys[1:])]
    across, up = (members[0], value) if panel.kind in ("line", "columns") else (value, members[0])
    is_ranking = panel.kind == "bars" and bool(panel.query.order) and panel.query.order[0].startswith("-")
    if is_ranking and keys[0].type == "text":
        up["scale"]["sort"] = {"by": "x-reversed"}
    series = {"color": members[1]} if len(members) > 1 and panel.kind != "bars" else {}
    return {"x": across, "y": up, **series}


def _shown(column: ResultColumn, scale: str | None = None) -> dict[str, Any]:
    shown: dict[str, Any] = {"fieldName": column.name, "displayName": column.label}
    if column.kind not in ("dimension", "time"):
        places = {"type": "max", "places": DIGITS.get(column.format or "", 2)}
        shown["format"] = {"type": FORMATS.get(column.format or "", "number"), "decimalPlaces": places}
    return {**shown, "scale": {"type": scale}} if scale else shown
