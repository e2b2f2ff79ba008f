"""Whether the report has the pages that it should, and its visuals show what the model has."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.pages import PAGES
from dashboards.power_bi.checks.fields import field_problems
from dashboards.power_bi.checks.files import content
from dashboards.power_bi.checks.panels import panel_problems
from dashboards.power_bi.checks.reading_model import Model, models
from dashboards.power_bi.project import FOLDER, NAME
from dashboards.power_bi.report import OPERATIONS
from metrics.registry import Registry

DEFINITION = f"{FOLDER}/{NAME}.Report/definition"
PATH = re.compile(rf"{re.escape(DEFINITION)}/pages/([^/]+)/(?:page\.json|visuals/([^/]+)/visual\.json)")
IDENTITY = re.compile(r"[0-9a-f]{20}")
SCHEMAS = re.compile(
    r"https://developer\.microsoft\.com/json-schemas/fabric/item/report/definition/(\w+)/[\d.]+/schema\.json"
)


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """Sentences about the report's pages and visuals."""
    model = models(files)[0]
    found = list(_folders(files))
    order = content(files.get(f"{DEFINITION}/pages/pages.json", ""))
    names = order.get("pageOrder", [])
    pages = {name: content(files.get(f"{DEFINITION}/pages/{name}/page.json", "")) for name in names}
    wanted = [page.title for page in (*PAGES, OPERATIONS)]
    titles = [str(page.get("displayName")) for page in pages.values()]
    if titles != wanted:
        found.append(f"the pages are {', '.join(titles)}, and should be {', '.join(wanted)}")
    if order.get("activePageName") != next(iter(names), None):
        found.append("the report doesn't open with its first page")
    for page, name in zip((*PAGES, OPERATIONS), names, strict=False):
        visuals = _visuals(files, name)
        found += _page(model, pages[name], visuals)
        found += [f"{page.title}: {sentence}" for sentence in panel_problems(registry, page, visuals)]
    return found


def _visuals(files: Mapping[str, str], page: str) -> list[Any]:
    start = f"{DEFINITION}/pages/{page}/visuals/"
    return [content(text) for path, text in files.items() if path.startswith(start)]


def _folders(files: Mapping[str, str]) -> Iterator[str]:
    """Names of pages and visuals are those of their folders, and 20 hexadecimal digits."""
    order = content(files.get(f"{DEFINITION}/pages/pages.json", "")).get("pageOrder", [])
    pages = set()
    for path, text in files.items():
        if not path.startswith(f"{DEFINITION}/pages/") or path.endswith("/pages.json"):
            continue
        found = PATH.fullmatch(path)
        if found is None:
            yield f"{path} is no page and no visual"
            continue
        pages.add(found[1])
        folder, read = found[2] or found[1], content(text)
        if not IDENTITY.fullmatch(folder):
            yield f"{path}: its folder's name isn't 20 hexadecimal digits"
        if read.get("name") != folder:
            yield f"{path}: its name isn't that of its folder"
        schema = SCHEMAS.fullmatch(str(read.get("$schema")))
        if schema is None or schema[1] != ("visualContainer" if found[2] else "page"):
            yield f"{path}: its $schema is another"
    for page in sorted(pages - {*order}):
        yield f"the page {page} isn't in pages.json"
    for page in order:
        if f"{DEFINITION}/pages/{page}/page.json" not in files:
            yield f"the page {page} has no page.json"
    if len(order) != len({*order}):
        yield "pages.json has a page twice"


def _page(model: Model, page: Any, visuals: list[Any]) -> Iterator[str]:
    title = page.get("displayName")
    names = {visual.get("name") for visual in visuals}
    for interaction in page.get("visualInteractions", []):
        if not {interaction.get("source"), interaction.get("target")} <= names:
            yield f"{title}: an interaction is of a visual that the page hasn't"
    positions = [visual.get("position", {}) for visual in visuals]
    for order in ("z", "tabOrder"):
        counts = Counter(position.get(order) for position in positions)
        if any(count > 1 for count in counts.values()):
            yield f"{title}: two visuals have the same {order}"
    for place, one in enumerate(positions):
        if not _is_inside(one, page):
            yield f"{title}: a visual isn't on the page"
        if any(_overlap(one, other) for other in positions[place + 1 :]):
            yield f"{title}: a visual covers another"
    for visual in visuals:
        yield from (f"{title}: {sentence}" for sentence in field_problems(model, visual))


def _is_inside(position: Any, page: Any) -> bool:
    x, y, width, height = (position.get(key, -1) for key in ("x", "y", "width", "height"))
    across, down = page.get("width", 0), page.get("height", 0)
    return bool(min(x, y) >= 0 and min(width, height) > 0 and x + width <= across and y + height <= down)


def _overlap(one: Any, other: Any) -> bool:
    return all(
        one.get(start, 0) < other.get(start, 0) + other.get(size, 0)
        and other.get(start, 0) < one.get(start, 0) + one.get(size, 0)
        for start, size in (("x", "width"), ("y", "height"))
    )
