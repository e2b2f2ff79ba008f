"""Dashboards: the pages, and the windows without which Tableau doesn't open a workbook."""

from collections.abc import Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement

from dashboards.data_sets.questions import name_of, of_panel
from dashboards.data_sets.statements import data_set
from dashboards.grid import COLUMNS, bottom, counters, placed
from dashboards.pages.model import Page, Panel
from dashboards.tableau.datasources import Source, of_groups, of_view
from dashboards.tableau.names import simple_id
from dashboards.tableau.worksheets import Sheet
from metrics.registry import Registry
from metrics.views import MetricView

WHOLE = 100_000  # a zone's measure: parts of the dashboard
HEIGHT = 90  # pixels of a row of the grid
WIDTH = 1400


class Boards:
    """The pages' worksheets, each with its data source; a source is made once."""

    def __init__(self, registry: Registry, views: Sequence[MetricView]):
        self.registry, self.views = registry, views
        self.sources: dict[str, Source] = {}
        self.missing: dict[str, str] = {}
        """What Tableau lacks, by page and title, and why."""

    def sheets(self, page: Page) -> Iterator[tuple[Sheet, bool]]:
        """The worksheets of a page, and whether each is a headline."""
        for headline in page.headlines:
            measure = self.registry.measures[headline.metric]
            title = headline.label or measure.label
            source = None if headline.last else self._source((headline.metric,), [], False)
            if source is None:
                why = "the newest month isn't chosen by a filter" if headline.last else "no metric view has it"
                self.missing[f"{page.title}: {title}"] = why
                continue
            name = f"{page.title}: {title} (number)"
            yield (
                Sheet(
                    name=name,
                    title=title,
                    source=source,
                    kind=None,
                    dimensions=(),
                    metrics=(headline.metric,),
                    filters=self._filters(page, source),
                ),
                True,
            )
        for panel in page.panels:
            sheet = self._sheet(page, panel)
            if sheet is None:
                self.missing[f"{page.title}: {panel.title}"] = "no metric view has its first metric by its dimensions"
            else:
                yield sheet, False

    def _sheet(self, page: Page, panel: Panel) -> Sheet | None:
        query = panel.query
        names = [self.registry.dimension_for(name, query.metrics) for name in query.dimensions]
        needed = [need for name in names if (need := self.registry.dimensions[name].needs)]
        names = list(dict.fromkeys([*needed, *names]))
        question = of_panel(self.registry, page, panel)
        metrics = query.metrics
        if question.people:
            source, metrics = self._groups(page, panel), question.query.metrics
        else:
            found = self._source(metrics[:1], names, bool(query.grain))
            if found is None:
                return None
            source = found
            there = {field.name for field in source.fields}
            # Beside distinct members, the same view would count a row for each of them.
            only_first = bool(self.registry.measures[metrics[0]].count_members)
            metrics = metrics[:1] if only_first else tuple(name for name in metrics if name in there)
        title = panel.title.replace("{grain}", query.grain or "day")
        return Sheet(
            name=f"{page.title}: {title}",
            title=title,
            source=source,
            kind=panel.kind,
            dimensions=tuple(names),
            metrics=metrics if panel.kind in ("table", "growth") else metrics[:1],
            grain=query.grain,
            where=query.where,
            filters=self._filters(page, source),
            is_ranking=panel.kind == "bars" and bool(query.order) and query.order[0].startswith("-"),
        )

    def _source(self, metrics: Sequence[str], names: Sequence[str], has_time: bool) -> Source | None:
        """The source of the first metric view with all of it; one of a bridge only for what is behind it."""
        wanted = {*names, *(["month"] if has_time else [])}
        counts_members = bool(self.registry.measures[metrics[0]].count_members)
        for view in self.views:
            plain = next(one for one in self.views if one.entity == view.entity)
            grouped = view is plain or counts_members or any(name not in plain.dimensions() for name in names)
            if grouped and {*metrics} <= {*view.measures()} and wanted <= {*view.dimensions()}:
                if view.name not in self.sources:
                    self.sources[view.name] = of_view(self.registry, view)
                return self.sources[view.name]
        return None

    def _groups(self, page: Page, panel: Panel) -> Source:
        question = of_panel(self.registry, page, panel)
        plain = type(question)(**{**vars(question), "filters": (), "in_period": False})
        return self.sources.setdefault(question.name, of_groups(self.registry, data_set(self.registry, [], plain)))

    def _filters(self, page: Page, source: Source) -> tuple[str, ...]:
        """The page's filters that a source has; those that a panel groups by stand for themselves."""
        fields = {field.name for field in source.fields}
        names = (name for choice in page.choices for name in choice.dimensions)
        personal = (name for name in names if not self.registry.dimensions[name].personal)
        return tuple(dict.fromkeys(name for name in personal if name in fields and source.key.startswith("metrics_")))


def dashboard(page: Page, sheets: Sequence[tuple[Sheet, bool]], panels: Sequence[Panel]) -> Element:
    """A page's dashboard: its worksheets, placed as on the other surfaces."""
    numbers = [sheet for sheet, is_headline in sheets if is_headline]
    others = [sheet for sheet, is_headline in sheets if not is_headline]
    places = counters(len(numbers), 0)
    places += placed([panel.width for panel in panels], bottom(places))
    rows = bottom(places)
    size = {name: str(rows * HEIGHT if "height" in name else WIDTH) for name in SIZES}
    found = Element("dashboard", name=page.title)
    SubElement(found, "style")
    SubElement(found, "size", size)
    zones = SubElement(found, "zones")
    whole = _zone(zones, 1, {"type-v2": "layout-basic"}, (0, 0, WHOLE, WHOLE))
    for number, (sheet, place) in enumerate(zip([*numbers, *others], places, strict=True), 2):
        box = (
            place.x * WHOLE // COLUMNS,
            place.y * WHOLE // rows,
            place.width * WHOLE // COLUMNS,
            place.height * WHOLE // rows,
        )
        _zone(whole, number, {"name": sheet.name}, box)
    SubElement(found, "simple-id", uuid=simple_id("dashboard", name_of(page)))
    return found


SIZES = ("maxheight", "maxwidth", "minheight", "minwidth")


def _zone(parent: Element, number: int, attributes: dict[str, str], box: tuple[int, int, int, int]) -> Element:
    x, y, width, height = map(str, box)
    return SubElement(parent, "zone", {"h": height, "id": str(number), **attributes, "w": width, "x": x, "y": y})


def windows(pages: Iterable[tuple[Page, Sequence[Sheet]]]) -> Element:
    """A window for each dashboard and worksheet; the first is open."""
    pages = list(pages)
    found = Element("windows", {"source-height": "30"})
    for number, (page, sheets) in enumerate(pages):
        opened = {"maximized": "true"} if number == 0 else {}
        window = SubElement(found, "window", {"class": "dashboard", **opened, "name": page.title})
        points = SubElement(window, "viewpoints")
        for sheet in sheets:
            SubElement(points, "viewpoint", name=sheet.name)
        SubElement(window, "active", id="-1")
        SubElement(window, "simple-id", uuid=simple_id("window", page.title))
    for sheet in (sheet for _, sheets in pages for sheet in sheets):
        window = SubElement(found, "window", {"class": "worksheet", "name": sheet.name})
        _cards(SubElement(window, "cards"))
        SubElement(window, "simple-id", uuid=simple_id("window", sheet.name))
    return found


def _cards(cards: Element) -> None:
    edges = {"left": ("160", ("pages", "filters", "marks")), "top": ("2147483647", ("columns", "rows", "title"))}
    for edge, (size, kinds) in edges.items():
        place = SubElement(cards, "edge", name=edge)
        strips = [kinds] if edge == "left" else [(kind,) for kind in kinds]
        for strip in strips:
            one = SubElement(place, "strip", size=size)
            for kind in strip:
                SubElement(one, "card", type=kind)
