"""LookML dashboards: the pages, as far as the explores have what they show."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from dashboards.data_sets.questions import name_of, of_panel
from dashboards.grid import bottom, counters, placed
from dashboards.looker.omissions import dimensions_of, left_out, measures_of
from dashboards.looker.sources import Lookml
from dashboards.looker.views import DAY
from dashboards.pages import PAGES
from dashboards.pages.model import Headline, Kind, Page, Panel
from metrics.query import Query
from metrics.registry import GRAINS, Registry

MODEL = "lakehouse"
PERIOD = "Period"
SCALE = 2  # a grid of 24 columns
TYPES: dict[Kind, str] = {
    "line": "looker_line",
    "columns": "looker_column",
    "bars": "looker_bar",
    "growth": "looker_bar",
    "parts": "looker_bar",
    "table": "looker_grid",
    "heat": "looker_grid",
}
MOST_ROWS = 500


@dataclass(frozen=True)
class Asked:
    """What an element asks: an explore, and its fields."""

    explore: str
    keys: tuple[str, ...]
    metrics: tuple[str, ...]


def asked(registry: Registry, page: Page, panel: Panel) -> Asked | None:
    """The explore and fields of a panel; None where no explore has them. Metrics that Looker lacks are left out."""
    question = of_panel(registry, page, panel)
    if question.people:
        names = tuple(registry.dimension_for(name, panel.query.metrics) for name in panel.query.dimensions)
        return Asked(question.name, names, question.query.metrics)
    return _in_explore(registry, panel.query)


def _in_explore(registry: Registry, query: Query) -> Asked | None:
    absent = left_out(registry)
    if query.metrics[0] in absent:
        return None
    entity = registry.own_entity(query.metrics[0])
    metrics = tuple(name for name in query.metrics if name in measures_of(registry, entity) and name not in absent)
    names = [registry.dimension_for(name, query.metrics) for name in query.dimensions]
    if not {*names} <= {*dimensions_of(registry, entity)}:
        return None
    keys = [*([f"{DAY}_{'date' if query.grain == 'day' else query.grain}"] if query.grain else []), *names]
    return Asked(entity, tuple(keys), metrics)


def boards(registry: Registry) -> dict[str, str]:
    """The texts of the dashboards, by the names of the pages."""
    return {name_of(page): _text(_board(registry, page)) for page in PAGES}


def missing(registry: Registry) -> dict[str, str]:
    """The panels and headlines that the dashboards lack, by page and name, and why."""
    absent = left_out(registry)
    found = {}
    for page in PAGES:
        for panel in page.panels:
            if asked(registry, page, panel) is None:
                names = [*panel.query.metrics[:1], *panel.query.dimensions]
                found[f"{page.title}: {panel.title}"] = next(absent[name] for name in names if name in absent)
    return found


def _board(registry: Registry, page: Page) -> Lookml:
    headlines = [one for one in page.headlines if one.metric not in left_out(registry)]
    panels = [(one, found) for one in page.panels if (found := asked(registry, page, one)) is not None]
    filters = list(_filters(registry, page))
    places = counters(len(headlines), 0)
    places += placed([panel.width for panel, _ in panels], bottom(places))
    elements = [_headline(registry, page, one) for one in headlines]
    elements += [_element(registry, page, panel, found) for panel, found in panels]
    for element, place in zip(elements, places, strict=True):
        element |= {"row": place.y, "col": place.x * SCALE, "width": place.width * SCALE, "height": place.height}
    return {
        "dashboard": name_of(page),
        "title": page.title,
        "description": page.lead,
        "layout": "newspaper",
        "preferred_viewer": "dashboards-next",
        "filters": filters,
        "elements": elements,
    }


def _filters(registry: Registry, page: Page) -> Iterator[Lookml]:
    if page.periods:
        yield {
            "name": PERIOD,
            "title": PERIOD,
            "type": "field_filter",
            "model": MODEL,
            "explore": "play",
            "field": f"play.{DAY}_date",
            "default_value": "",
            "allow_multiple_values": True,
        }
    for choice in page.choices:
        name = choice.dimensions[0]
        if name in left_out(registry):
            continue
        explore = registry.own_entity(choice.listed)
        yield {
            "name": choice.label,
            "title": choice.label,
            "type": "field_filter",
            "model": MODEL,
            "explore": explore,
            "field": f"{explore}.{name}",
            "default_value": "",
            "allow_multiple_values": True,
        }


def _listen(registry: Registry, page: Page, explore: str, in_period: bool) -> dict[str, str]:
    """Which filters of the page an element obeys, and by which field."""
    if explore not in registry.entities:
        return {}
    known = dimensions_of(registry, explore)
    found = {}
    if in_period and page.periods and registry.entities[explore].time:
        found[PERIOD] = f"{explore}.{DAY}_date"
    for choice in page.choices:
        name = choice.dimensions[0]
        if name in known:
            found[choice.label] = f"{explore}.{name}"
    return found


def _headline(registry: Registry, page: Page, headline: Headline) -> Lookml:
    measure = registry.measures[headline.metric]
    explore = registry.own_entity(headline.metric)
    months = [f"{explore}.{DAY}_month"] if headline.last else []
    in_period = headline.last is None and explore != "title"
    return {
        "name": f"headline_{headline.metric}",
        "title": headline.label or measure.label,
        "model": MODEL,
        "explore": explore,
        "type": "single_value",
        "fields": [*months, f"{explore}.{headline.metric}"],
        **({"sorts": [f"{months[0]} desc"], "limit": 1, "hidden_fields": months} if months else {}),
        "note_text": f"The newest month: {measure.description}" if headline.last else measure.description,
        "note_display": "hover",
        "listen": _listen(registry, page, explore, in_period),
    }


def _element(registry: Registry, page: Page, panel: Panel, found: Asked) -> Lookml:
    keys = [f"{found.explore}.{name}" for name in found.keys]
    drawn = found.metrics if panel.kind == "table" else found.metrics[:1]
    series = keys[1:2] if panel.kind in ("line", "columns", "parts", "heat") else []
    limit = panel.rows if panel.kind == "bars" and panel.query.order else panel.query.limit or MOST_ROWS
    filters = {f"{found.explore}.{one.dimension}": f"{one.operator}{one.values[0]}" for one in panel.query.where}
    stacked = {"parts": "percent", "columns": "normal"}.get(panel.kind)
    return {
        "name": panel.name,
        "title": panel.title.replace("{grain}", panel.query.grain or DAY),
        "model": MODEL,
        "explore": found.explore,
        "type": TYPES[panel.kind],
        "fields": [*keys, *(f"{found.explore}.{name}" for name in drawn)],
        **({"pivots": series} if series else {}),
        **({"filters": filters} if filters else {}),
        "sorts": _sorts(found, panel, drawn),
        "limit": limit,
        **({"stacking": stacked} if stacked else {}),
        "note_text": panel.note,
        "note_display": "below",
        "listen": _listen(registry, page, found.explore, panel.in_period),
    }


def _sorts(found: Asked, panel: Panel, drawn: tuple[str, ...]) -> list[str]:
    wanted = [(one.removeprefix("-"), one.startswith("-")) for one in panel.query.order]
    there = [*found.keys, *drawn]
    sorts = [
        f"{found.explore}.{_called(name)}{' desc' if desc else ''}" for name, desc in wanted if _called(name) in there
    ]
    return sorts or [f"{found.explore}.{found.keys[0]}"]


def _called(name: str) -> str:
    return f"{DAY}_{'date' if name == 'day' else name}" if name in GRAINS else name


def _text(board: dict[str, Any]) -> str:
    return yaml.safe_dump([board], sort_keys=False, allow_unicode=True, width=120)
