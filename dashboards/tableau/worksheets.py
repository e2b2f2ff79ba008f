"""Worksheets: one for each panel and headline whose first metric a data source has."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from dashboards.pages.model import Kind
from dashboards.tableau.datasources import Source, column, columns_named
from dashboards.tableau.names import simple_id
from metrics.query import Filter

MARKS: dict[Kind, str] = {
    "line": "Line",
    "columns": "Bar",
    "bars": "Bar",
    "parts": "Bar",
    "growth": "Bar",
    "heat": "Square",
}
TRUNCATED = {"day": ("Day-Trunc", "tdy"), "month": ("Month-Trunc", "tmn")}
NAMES, VALUES = "[:Measure Names]", "[Multiple Values]"
USER = "http://www.tableausoftware.com/xml/user"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A worksheet: its source and fields. A headline has no dimensions."""

    name: str
    title: str
    source: Source
    kind: Kind | None
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    grain: str | None = None
    where: tuple[Filter, ...] = ()
    filters: tuple[str, ...] = ()
    is_ranking: bool = False


def pill(sheet: Sheet, name: str) -> str:
    """What a field is called on a worksheet's shelves."""
    return f"[{sheet.source.name}].{_instance(sheet, name)}"


def _instance(sheet: Sheet, name: str) -> str:
    field = sheet.source.field(name)
    if name == "day":
        return f"[{TRUNCATED[sheet.grain or 'day'][1]}:day:qk]"
    if field.formula is not None:
        return f"[usr:{name}:qk]"
    return f"[none:{name}:{'nk' if field.type == 'nominal' else 'ok'}]"


def element(sheet: Sheet) -> Element:
    """The worksheet."""
    found = Element("worksheet", name=sheet.name)
    layout = SubElement(SubElement(SubElement(found, "layout-options"), "title"), "formatted-text")
    SubElement(layout, "run").text = sheet.title
    table = SubElement(found, "table")
    _view(SubElement(table, "view"), sheet)
    SubElement(table, "style")
    _pane(SubElement(table, "panes"), sheet)
    rows, cols = _shelves(sheet)
    SubElement(table, "rows").text = rows
    SubElement(table, "cols").text = cols
    SubElement(found, "simple-id", uuid=simple_id("worksheet", sheet.name))
    return found


def used(sheet: Sheet) -> list[str]:
    """The fields of a worksheet, those of its filters among them."""
    days = ["day"] if sheet.grain else []
    return list(
        dict.fromkeys([*days, *sheet.dimensions, *sheet.metrics, *(f.dimension for f in sheet.where), *sheet.filters])
    )


def is_table(sheet: Sheet) -> bool:
    """Whether several measures stand side by side."""
    return sheet.kind in ("table", "growth") and len(sheet.metrics) > 1


def _view(view: Element, sheet: Sheet) -> None:
    source = sheet.source
    SubElement(SubElement(view, "datasources"), "datasource", caption=source.label, name=source.name)
    dependencies = SubElement(view, "datasource-dependencies", datasource=source.name)
    for field in sorted(columns_named(source, used(sheet)), key=lambda field: field.name):
        dependencies.append(column(field))
    for name in sorted(used(sheet)):
        field = source.field(name)
        derivation = "User" if field.formula is not None else "None"
        kind = field.type
        if name == "day":
            derivation, kind = TRUNCATED[sheet.grain or "day"][0], "quantitative"
        SubElement(
            dependencies,
            "column-instance",
            column=f"[{name}]",
            derivation=derivation,
            name=_instance(sheet, name),
            pivot="key",
            type=kind,
        )
    slices = _filters(view, sheet)
    if sheet.is_ranking:
        SubElement(
            view,
            "computed-sort",
            column=pill(sheet, sheet.dimensions[-1]),
            direction="DESC",
            using=pill(sheet, sheet.metrics[0]),
        )
    if slices:
        listed = SubElement(view, "slices")
        for one in slices:
            SubElement(listed, "column").text = one
    SubElement(view, "aggregation", value="true")


def _filters(view: Element, sheet: Sheet) -> list[str]:
    """The filters: which measures a table has, the panel's own conditions, and those that readers set."""
    slices = []
    if is_table(sheet):
        names = f"[{sheet.source.name}].{NAMES}"
        one = SubElement(view, "filter", {"class": "categorical", "column": names})
        union = SubElement(one, "groupfilter", {"function": "union", f"{{{USER}}}op": "manual"})
        for metric in sheet.metrics:
            SubElement(union, "groupfilter", function="member", level=NAMES, member=f'"{pill(sheet, metric)}"')
        slices.append(names)
    for name in dict.fromkeys([*(one.dimension for one in sheet.where), *sheet.filters]):
        attributes = {"class": "categorical", "column": pill(sheet, name)}
        one = SubElement(view, "filter", attributes)
        condition = next((one for one in sheet.where if one.dimension == name), None)
        if condition is None:
            group = {"function": "level-members", "level": _instance(sheet, name)}
            SubElement(one, "groupfilter", {**group, f"{{{USER}}}ui-enumeration": "all"})
        else:
            text = f"[{name}] {condition.operator} {condition.values[0]}"
            outer = SubElement(one, "groupfilter", expression=text, function="filter")
            SubElement(outer, "groupfilter", function="level-members", level=_instance(sheet, name))
        slices.append(pill(sheet, name))
    return slices


def _pane(panes: Element, sheet: Sheet) -> None:
    pane = SubElement(panes, "pane", {"selection-relaxation-option": "selection-relaxation-allow"})
    SubElement(SubElement(pane, "view"), "breakdown", value="auto")
    mark = "Text" if sheet.kind is None or sheet.kind in ("table", "growth") else MARKS[sheet.kind]
    SubElement(pane, "mark", {"class": mark})
    encodings = SubElement(pane, "encodings")
    color = _color(sheet)
    if color:
        SubElement(encodings, "color", column=color)
    if mark == "Text":
        text = f"[{sheet.source.name}].{VALUES}" if is_table(sheet) else pill(sheet, sheet.metrics[0])
        SubElement(encodings, "text", column=text)
    if "title_key" in sheet.dimensions:  # two titles may have one name
        SubElement(encodings, "lod", column=pill(sheet, "title_key"))


def _color(sheet: Sheet) -> str | None:
    if sheet.kind == "heat":
        return pill(sheet, sheet.metrics[0])
    series = _shown(sheet) if sheet.kind == "line" else _shown(sheet)[1:]
    return pill(sheet, series[0]) if sheet.kind in ("line", "columns", "parts") and series else None


def _shown(sheet: Sheet) -> list[str]:
    return [name for name in sheet.dimensions if name != "title_key"]


def _shelves(sheet: Sheet) -> tuple[str, str]:
    """The rows and the columns."""
    shown, value = _shown(sheet), pill(sheet, sheet.metrics[0])
    if sheet.kind is None:
        return "", ""
    if sheet.kind == "line":
        return value, pill(sheet, "day")
    if sheet.kind == "columns":
        return value, pill(sheet, shown[0])
    if sheet.kind == "heat":
        return pill(sheet, shown[0]), pill(sheet, shown[1])
    if sheet.kind in ("bars", "parts"):
        return pill(sheet, shown[0]), value
    days = ["day"] if sheet.grain else []
    across = f"[{sheet.source.name}].{NAMES}" if is_table(sheet) else ""
    return _nested([pill(sheet, name) for name in [*days, *shown]]), across


def _nested(pills: Sequence[str]) -> str:
    first, *others = pills
    return f"({first} / {_nested(others)})" if others else first
