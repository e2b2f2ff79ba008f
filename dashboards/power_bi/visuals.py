"""Visuals of the report, in PBIR: cards for headlines, slicers for choices, and a chart or table for each panel."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dashboards.pages.model import Headline, Panel
from dashboards.power_bi.operations import NEWEST_MONTH
from dashboards.power_bi.places import GRAINS, place_of
from dashboards.power_bi.tmdl import METRICS
from metrics.query import Filter
from metrics.registry import Registry

SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition"
VISUAL_SCHEMA = f"{SCHEMAS}/visualContainer/2.9.0/schema.json"
CHARTS = {
    "line": "lineChart",
    "columns": "columnChart",
    "bars": "clusteredBarChart",
    "growth": "clusteredBarChart",
    "parts": "hundredPercentStackedBarChart",
    "table": "tableEx",
    "heat": "pivotTable",
}
COMPARISONS = {"=": 0, ">": 1, ">=": 2, "<": 3, "<=": 4}
DESCENDING = 2
Json = dict[str, Any]


@dataclass(frozen=True)
class Box:
    """Where a visual is on its page, in pixels."""

    x: int
    y: int
    width: int
    height: int


def identity(*key: str) -> str:
    """20 lowercase hexadecimal digits that stay the same: Power BI Desktop shows pages of other names blank."""
    return hashlib.sha256("/".join(key).encode()).hexdigest()[:20]


def column_field(table: str, column: str) -> Json:
    """A column of the model."""
    return {"Column": {"Expression": {"SourceRef": {"Entity": table}}, "Property": column}}


def measure_field(name: str) -> Json:
    """A measure of the model."""
    return {"Measure": {"Expression": {"SourceRef": {"Entity": METRICS}}, "Property": name}}


def projection(field: Json, label: str | None = None) -> Json:
    """A field in a role of a visual; `label` is its name there, where that isn't the field's own."""
    ((_, content),) = field.items()
    table, name = content["Expression"]["SourceRef"]["Entity"], content["Property"]
    renamed = {"displayName": label} if label and label != name else {}
    return {"field": field, "queryRef": f"{table}.{name}", "nativeQueryRef": name, **renamed}


def text(value: str) -> Json:
    """A text as a property's value."""
    doubled = value.replace("'", "''")
    return {"expr": {"Literal": {"Value": f"'{doubled}'"}}}


def container(name: str, box: Box, order: int, visual: Json, filters: Iterable[Json] = ()) -> Json:
    """A visual's file."""
    found = list(filters)
    return {
        "$schema": VISUAL_SCHEMA,
        "name": name,
        "position": {
            "x": box.x,
            "y": box.y,
            "z": order,
            "height": box.height,
            "width": box.width,
            "tabOrder": order,
        },
        "visual": visual,
        **({"filterConfig": {"filters": found}} if found else {}),
    }


def _titled(visual: Json, title: str, note: str = "") -> Json:
    shown = {"show": {"expr": {"Literal": {"Value": "true"}}}}
    objects: Json = {"title": [{"properties": {**shown, "text": text(title)}}]}
    if note:
        objects["subTitle"] = [{"properties": {**shown, "text": text(note)}}]
    objects["general"] = [{"properties": {"altText": text(f"{title}. {note}".strip())}}]
    return {**visual, "visualContainerObjects": objects, "drillFilterOtherVisuals": True}


def textbox(title: str, lead: str) -> Json:
    """A page's title and what it answers."""
    runs = [
        {"textRuns": [{"value": title, "textStyle": {"fontSize": "20pt", "fontWeight": "bold"}}]},
        {"textRuns": [{"value": lead, "textStyle": {"fontSize": "11pt"}}]},
    ]
    return {
        "visualType": "textbox",
        "objects": {"general": [{"properties": {"paragraphs": runs}}]},
        "drillFilterOtherVisuals": True,
    }


def slicer(table: str, column: str, label: str, is_period: bool = False) -> Json:
    """A filter of the page: a menu, or a period from one day to another."""
    mode = "Between" if is_period else "Dropdown"
    visual = {
        "visualType": "slicer",
        "query": {"queryState": {"Values": {"projections": [projection(column_field(table, column), label)]}}},
        "objects": {"data": [{"properties": {"mode": text(mode)}}]},
    }
    return _titled(visual, label)


def card(registry: Registry, headline: Headline) -> Json:
    """A number at the top of a page."""
    measure = registry.measures[headline.metric]
    label = headline.label or measure.label
    note = measure.description if headline.is_explained else ""
    if headline.last == "1m":
        note = f"{note}; newest month" if note else "newest month"
    return named_card(measure.label, label, note)


def named_card(measure: str, label: str, note: str = "") -> Json:
    """A measure as a number."""
    fields = [projection(measure_field(measure), label)]
    return _titled({"visualType": "card", "query": {"queryState": {"Values": {"projections": fields}}}}, label, note)


def panel_visual(registry: Registry, panel: Panel) -> Json:
    """The chart or table of a panel."""
    query, kind = panel.query, CHARTS[panel.kind]
    main = query.metrics[0]
    groups = [projection(column_field("Dates", GRAINS[query.grain]), query.grain.capitalize())] if query.grain else []
    groups += [_dimension(registry, main, name) for name in query.dimensions]
    metrics = [projection(measure_field(registry.measures[name].label)) for name in query.metrics]
    roles = _roles(kind, groups, metrics)
    state = {role: {"projections": fields} for role, fields in roles.items() if fields}
    visual: Json = {"visualType": kind, "query": {"queryState": state}}
    if sort := _sort(registry, panel):
        visual["query"]["sortDefinition"] = {"sort": sort, "isDefaultSort": False}
    return _titled(visual, panel.title.replace("{grain}", query.grain or ""), panel.note)


def _dimension(registry: Registry, metric: str, name: str) -> Json:
    return projection(column_field(*place_of(registry, metric, name)), registry.dimensions[name].label)


def _roles(kind: str, groups: list[Json], metrics: list[Json]) -> dict[str, list[Json]]:
    """The fields of a visual by their roles: charts draw the first metric and name the others when pointed at."""
    if kind == "tableEx":
        return {"Values": [*groups, *metrics]}
    if kind == "pivotTable":
        return {"Rows": groups[:1], "Columns": groups[1:], "Values": metrics[:1]}
    return {"Category": groups[:1], "Series": groups[1:], "Y": metrics[:1], "Tooltips": metrics[1:]}


def _sort(registry: Registry, panel: Panel) -> list[Json]:
    """The order of rows; a pivot table's is that of its rows' names."""
    if panel.kind == "heat":
        return []
    found = []
    for one in panel.query.order or ((panel.query.metrics[0],) if panel.kind in ("bars", "growth") else ()):
        name = one.removeprefix("-")
        if name in registry.measures:
            field = measure_field(registry.measures[name].label)
        elif name in GRAINS:
            field = column_field("Dates", GRAINS[name])
        else:
            field = column_field(*place_of(registry, panel.query.metrics[0], name))
        descending = one.startswith("-") or not panel.query.order
        found.append({"field": field, "direction": "Descending" if descending else "Ascending"})
    return found


def panel_filters(registry: Registry, panel: Panel, key: str) -> list[Json]:
    """What a panel filters for itself: conditions of its query, and the newest months."""
    found = [_comparison(registry, panel, one, key) for one in panel.query.where]
    if panel.query.last and panel.query.grain == "month":
        found.append(newest("Month", int(panel.query.last.removesuffix("m")), NEWEST_MONTH.name, key))
    return found


def headline_filters(headline: Headline, key: str) -> list[Json]:
    """The newest month, of a headline that is of one."""
    return [newest("Month", 1, NEWEST_MONTH.name, key)] if headline.last == "1m" else []


def newest(column: str, count: int, measure: str, key: str) -> Json:
    """The newest periods that have a measure, however old the data are: Power BI's relative dates begin today."""
    field = {"Column": {"Expression": {"SourceRef": {"Source": "d"}}, "Property": column}}
    order = {"Measure": {"Expression": {"SourceRef": {"Source": "m"}}, "Property": measure}}
    query = {
        "Version": 2,
        "From": [{"Name": "d", "Entity": "Dates", "Type": 0}, {"Name": "m", "Entity": METRICS, "Type": 0}],
        "Select": [{**field, "Name": "field"}],
        "OrderBy": [{"Direction": DESCENDING, "Expression": order}],
        "Top": count,
    }
    condition = {"In": {"Expressions": [field], "Table": {"SourceRef": {"Source": "subquery"}}}}
    return {
        "name": identity(key, "newest", column),
        "field": column_field("Dates", column),
        "type": "TopN",
        "filter": {
            "Version": 2,
            "From": [
                {"Name": "subquery", "Expression": {"Subquery": {"Query": query}}, "Type": 2},
                {"Name": "d", "Entity": "Dates", "Type": 0},
            ],
            "Where": [{"Condition": condition}],
        },
    }


def _comparison(registry: Registry, panel: Panel, one: Filter, key: str) -> Json:
    table, column = place_of(registry, panel.query.metrics[0], one.dimension)
    field = {"Column": {"Expression": {"SourceRef": {"Source": "t"}}, "Property": column}}
    (value,) = one.values
    comparison = {
        "ComparisonKind": COMPARISONS[one.operator],
        "Left": field,
        "Right": {"Literal": {"Value": f"{value}L"}},
    }
    return {
        "name": identity(key, "where", one.dimension),
        "field": column_field(table, column),
        "type": "Advanced",
        "filter": {
            "Version": 2,
            "From": [{"Name": "t", "Entity": table, "Type": 0}],
            "Where": [{"Condition": {"Comparison": comparison}}],
        },
    }
