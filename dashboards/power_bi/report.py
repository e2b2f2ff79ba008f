"""The report's files, in PBIR: a page for each of dashboards/pages, and one for operations."""

import json
from collections.abc import Iterator
from typing import Any

from dashboards.pages import PAGES
from dashboards.pages.model import Page
from dashboards.power_bi import operations, visuals
from dashboards.power_bi.layout import CARD_HEIGHT, MOST_CARDS, MOST_SLICERS, SLICER_HEIGHT, WIDTH, Layout
from dashboards.power_bi.places import place_of
from dashboards.power_bi.visuals import SCHEMAS, Json, identity
from metrics.registry import Registry

OPERATIONS = Page(
    path="/operations", title="Operations", lead="How new the data are, and what isn't known of them.", icon=""
)


def as_json(content: Any) -> str:
    """A file's text."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def report_files(registry: Registry) -> dict[str, str]:
    """The texts of the report's files, by their paths below `definition/`."""
    files: dict[str, Any] = {
        "version.json": {"$schema": f"{SCHEMAS}/versionMetadata/1.0.0/schema.json", "version": "2.0.0"},
        "report.json": _report(),
    }
    order = []
    for page in (*PAGES, OPERATIONS):
        made = _Page(registry, page)
        order.append(made.name)
        files |= made.files()
    files["pages/pages.json"] = {
        "$schema": f"{SCHEMAS}/pagesMetadata/1.1.0/schema.json",
        "pageOrder": order,
        "activePageName": order[0],
    }
    return {path: as_json(content) for path, content in files.items()}


def _report() -> Json:
    return {
        "$schema": f"{SCHEMAS}/report/3.3.0/schema.json",
        # Power BI's own theme: one that is named here would have to be in the project as a file.
        "themeCollection": {},
        "settings": {"useStylableVisualContainerHeader": True, "defaultDrillFilterOtherVisuals": True},
    }


class _Page:
    """A page's files in the making."""

    def __init__(self, registry: Registry, page: Page):
        self.registry, self.page = registry, page
        self.name = identity("page", page.path)
        self.layout = Layout()
        self.visuals: list[Json] = []
        # Visuals that the page's period doesn't reach.
        self.without_period: list[str] = []
        self.period: str | None = None

    def files(self) -> dict[str, Any]:
        page = self.page
        self._add("title", self.layout.title(), visuals.textbox(page.title, page.lead))
        self._add_slicers()
        self._add_cards()
        for panel, box in zip(page.panels, self.layout.panels(page.panels), strict=True):
            key = f"{page.path}/panel/{panel.name}"
            filters = visuals.panel_filters(self.registry, panel, key)
            name = self._add(f"panel/{panel.name}", box, visuals.panel_visual(self.registry, panel), filters)
            self.without_period += [] if panel.in_period else [name]
        folder = f"pages/{self.name}"
        made = {f"{folder}/visuals/{one['name']}/visual.json": one for one in self.visuals}
        return {f"{folder}/page.json": self._page(), **made}

    def _page(self) -> Json:
        unfiltered = [
            {"source": self.period, "target": target, "type": "NoFilter"}
            for target in self.without_period
            if self.period
        ]
        return {
            "$schema": f"{SCHEMAS}/page/2.1.0/schema.json",
            "name": self.name,
            "displayName": self.page.title,
            "displayOption": "FitToWidth",
            "height": self.layout.height,
            "width": WIDTH,
            **({"visualInteractions": unfiltered} if unfiltered else {}),
        }

    def _add_slicers(self) -> None:
        found = list(self._slicers())
        boxes = self.layout.evenly(len(found), MOST_SLICERS, SLICER_HEIGHT)
        for (table, column, label), box in zip(found, boxes, strict=True):
            is_period = table == "Dates"
            visual = visuals.slicer(table, column, label, is_period)
            name = self._add(f"slicer/{table}/{column}", box, visual)
            if is_period:
                self.period = name

    def _slicers(self) -> Iterator[tuple[str, str, str]]:
        if self.page.periods:
            yield "Dates", "Day", "Period"
        for choice in self.page.choices:
            for dimension in choice.dimensions:
                label = self.registry.dimensions[dimension].label
                table, column = place_of(self.registry, choice.listed, dimension)
                yield table, column, label

    def _add_cards(self) -> None:
        headlines = self.page.headlines
        if self.page is OPERATIONS:
            boxes = self.layout.evenly(len(operations.MEASURES), MOST_CARDS, CARD_HEIGHT)
            for measure, box in zip(operations.MEASURES, boxes, strict=True):
                self._add(
                    f"card/{measure.name}", box, visuals.named_card(measure.name, measure.name, measure.description)
                )
            return
        for headline, box in zip(headlines, self.layout.evenly(len(headlines), MOST_CARDS, CARD_HEIGHT), strict=True):
            key = f"{self.page.path}/card/{headline.metric}"
            filters = visuals.headline_filters(headline, key)
            name = self._add(f"card/{headline.metric}", box, visuals.card(self.registry, headline), filters)
            self.without_period += [] if headline.grain and not headline.last else [name]

    def _add(self, key: str, box: visuals.Box, visual: Json, filters: list[Json] | None = None) -> str:
        name = identity("visual", self.page.path, key)
        self.visuals.append(visuals.container(name, box, len(self.visuals) + 1, visual, filters or ()))
        return name
