"""The dashboard as one file."""

import json
from collections.abc import Mapping, Sequence

from dashboards.ai_bi import filters, operations, widgets
from dashboards.ai_bi.widgets import Json
from dashboards.data_sets.questions import name_of, of_headlines, of_panel
from dashboards.data_sets.statements import PERIOD, DataSet, data_set
from dashboards.grid import Place, bottom, counters, placed
from dashboards.pages import PAGES
from dashboards.pages.model import Headline, Page
from metrics.registry import Registry
from metrics.views import MetricView, metric_views

PATH = "generated/databricks/lakehouse.lvdash.json"


def files(registry: Registry) -> Mapping[str, str]:
    """The dashboard's file, by its path below the project's folder."""
    views = metric_views(registry)
    data: list[DataSet] = []
    pages = [_page(registry, views, page, data) for page in PAGES]
    lists = filters.members(registry, views, PAGES, data)
    pages.append(_operations(registry, data))
    content = {
        "datasets": [_declared(registry, one) for one in [*data, *lists]],
        "pages": [*pages, filters.page(registry, data, lists)],
    }
    return {PATH: json.dumps(content, indent=2, ensure_ascii=False) + "\n"}


def _page(registry: Registry, views: Sequence[MetricView], page: Page, data: list[DataSet]) -> Json:
    """A page; its data sets are added to `data`."""
    shown: dict[Headline, Json] = {}
    for question, headlines in of_headlines(registry, page):
        data.append(data_set(registry, views, question))
        shown |= {
            headline: _headline(registry, page, headline, data[-1], f"{name_of(page)}_headline_{headline.metric}")
            for headline in headlines
        }
    found = [shown[headline] for headline in page.headlines]
    panels = []
    for panel in page.panels:
        question = of_panel(registry, page, panel)
        data.append(data_set(registry, views, question))
        panels.append(widgets.panel(panel, question.name, data[-1], _described(registry, panel.note, data[-1])))
    places = counters(len(found), 2)
    places += placed([panel.width for panel in page.panels], bottom(places) or 2)
    return _canvas(name_of(page), page.title, page.lead, [*found, *panels], places)


def _headline(registry: Registry, page: Page, headline: Headline, data: DataSet, name: str) -> Json:
    measure = registry.measures[headline.metric]
    note = "The newest month" if headline.last else measure.description
    return widgets.counter(
        name, data, headline.metric, headline.label or measure.label, _described(registry, note, data)
    )


def _described(registry: Registry, note: str, data: DataSet) -> str:
    """What stands below a title: the note, and which filters act."""
    labels = ["Period" if name == PERIOD else registry.dimensions[name].label for name in data.parameters]
    acting = f"Filters that act here: {', '.join(labels)}." if labels else "No filter acts here."
    return f"{note.removesuffix('.')}. {acting}" if note else acting


def _operations(registry: Registry, data: list[DataSet]) -> Json:
    data += [operations.rows(registry), operations.newest(registry)]
    found = [
        widgets.table("operations_rows", data[-2], "Rows by table", "Tables that the metrics are made from"),
        widgets.table("operations_newest", data[-1], "Newest days", "The newest day that each kind of rows has"),
        widgets.text("operations_elsewhere", operations.ELSEWHERE),
    ]
    places = [*placed(["half", "half"], 2), Place(0, 8, 12, 2)]
    return _canvas("operations", operations.TITLE, operations.LEAD, found, places)


def _canvas(name: str, title: str, lead: str, found: Sequence[Json], places: Sequence[Place]) -> Json:
    """A page with its title and lead above its widgets."""
    head = [widgets.text(f"{name}_title", f"## {title}"), widgets.text(f"{name}_lead", lead)]
    both = [*zip(head, (Place(0, 0, 12, 1), Place(0, 1, 12, 1)), strict=True), *zip(found, places, strict=True)]
    return {
        "name": name,
        "displayName": title,
        "pageType": "PAGE_TYPE_CANVAS",
        "layoutVersion": "GRID_V1",
        "layout": [{"widget": widget, "position": vars(place)} for widget, place in both],
    }


def _declared(registry: Registry, data: DataSet) -> Json:
    """A data set. Its lines are joined as they are, so each ends with a line break."""
    declared: Json = {
        "name": data.name,
        "displayName": data.label,
        "queryLines": [f"{line}\n" for line in data.sql.splitlines()],
    }
    if data.parameters:
        declared["parameters"] = filters.parameters(registry, data)
    return declared
