"""Whether a page's visuals show the metrics and dimensions of its headlines, choices and panels (dashboards/pages), in
their order.
"""

from collections.abc import Iterator
from typing import Any

from dashboards.pages.model import Page, Panel
from dashboards.power_bi.operations import NEWEST_MONTH
from dashboards.power_bi.places import GRAINS, place_of
from dashboards.power_bi.tmdl import METRICS
from metrics.registry import Registry

KINDS = {
    "line": "lineChart",
    "columns": "columnChart",
    "bars": "clusteredBarChart",
    "growth": "clusteredBarChart",
    "parts": "hundredPercentStackedBarChart",
    "table": "tableEx",
    "heat": "pivotTable",
}


def panel_problems(registry: Registry, page: Page, visuals: list[Any]) -> Iterator[str]:
    """Sentences about a page's visuals as a whole."""
    by_title: dict[str, list[Any]] = {}
    for visual in visuals:
        by_title.setdefault(_title(visual), []).append(visual)
    for panel in page.panels:
        title = panel.title.replace("{grain}", panel.query.grain or "")
        found = [one for one in by_title.get(title, []) if one["visual"].get("visualType") == KINDS[panel.kind]]
        if len(found) != 1:
            yield f"{title!r}: there is no {KINDS[panel.kind]} of it"
            continue
        yield from (f"{title!r}: {sentence}" for sentence in _panel(registry, panel, found[0]))
    cards = [_names(one) for one in visuals if one.get("visual", {}).get("visualType") == "card"]
    for headline in page.headlines:
        if [registry.measures[headline.metric].label] not in cards:
            yield f"no card has {headline.metric}"
        newest = [one for one in visuals if _names(one) == [registry.measures[headline.metric].label]]
        if headline.last == "1m" and not any(_newest(one) == 1 for one in newest):
            yield f"{headline.metric}: no card is of the newest month"
    slicers = [_names(one) for one in visuals if one.get("visual", {}).get("visualType") == "slicer"]
    for choice in page.choices:
        for dimension in choice.dimensions:
            if [place_of(registry, choice.listed, dimension)[1]] not in slicers:
                yield f"no slicer has {dimension}"


def _panel(registry: Registry, panel: Panel, visual: Any) -> Iterator[str]:
    query = panel.query
    groups = [GRAINS[query.grain]] if query.grain else []
    groups += [place_of(registry, query.metrics[0], dimension)[1] for dimension in query.dimensions]
    metrics = [registry.measures[name].label for name in query.metrics]
    shown = metrics[:1] if panel.kind == "heat" else metrics
    if _names(visual) != [*groups, *shown]:
        yield f"it shows {', '.join(_names(visual))}, and should show {', '.join([*groups, *shown])}"
    filters = visual.get("filterConfig", {}).get("filters", [])
    if len([one for one in filters if one.get("type") == "Advanced"]) != len(query.where):
        yield "its filters aren't those of its query"
    if query.grain == "month" and query.last and _newest(visual) != int(query.last.removesuffix("m")):
        yield f"it isn't of the newest {query.last}"
    if _sorted_by(visual) != _order(registry, panel):
        yield "its rows aren't in the order of its query"


def _order(registry: Registry, panel: Panel) -> list[tuple[str, str, str]]:
    """Table, name and direction of what a panel's rows are sorted by: rankings begin with the most."""
    query, found = panel.query, []
    ranked = (f"-{query.metrics[0]}",) if panel.kind in ("bars", "growth") else ()
    for one in () if panel.kind == "heat" else query.order or ranked:
        name, direction = one.removeprefix("-"), "Descending" if one.startswith("-") else "Ascending"
        if name in registry.measures:
            place = METRICS, registry.measures[name].label
        else:
            place = ("Dates", GRAINS[name]) if name in GRAINS else place_of(registry, query.metrics[0], name)
        found.append((*place, direction))
    return found


def _sorted_by(visual: Any) -> list[tuple[str, str, str]]:
    found = []
    for one in visual["visual"].get("query", {}).get("sortDefinition", {}).get("sort", []):
        for field in one.get("field", {}).values():
            table = field.get("Expression", {}).get("SourceRef", {}).get("Entity", "")
            found.append((table, field.get("Property", ""), one.get("direction", "")))
    return found


def _title(visual: Any) -> str:
    objects = visual.get("visual", {}).get("visualContainerObjects", {}).get("title", [])
    values = [
        one.get("properties", {}).get("text", {}).get("expr", {}).get("Literal", {}).get("Value", "") for one in objects
    ]
    return values[0][1:-1].replace("''", "'") if values else ""


def _names(visual: Any) -> list[str]:
    """The fields that a visual shows, in the order of its roles."""
    state = visual.get("visual", {}).get("query", {}).get("queryState", {})
    return [one.get("nativeQueryRef", "") for role in state.values() for one in role.get("projections", [])]


def _newest(visual: Any) -> int | None:
    """How many of the newest months a visual is of; None where its months are others, or chosen by another measure."""
    for one in visual.get("filterConfig", {}).get("filters", []):
        for source in one.get("filter", {}).get("From", []):
            query = source.get("Expression", {}).get("Subquery", {}).get("Query", {})
            if "Top" in query and _chosen_by(query) == [(2, NEWEST_MONTH.name)]:  # 2: descending
                return int(query["Top"])
    return None


def _chosen_by(query: Any) -> list[tuple[int, str]]:
    orders = query.get("OrderBy", [])
    return [(one.get("Direction"), one.get("Expression", {}).get("Measure", {}).get("Property", "")) for one in orders]
