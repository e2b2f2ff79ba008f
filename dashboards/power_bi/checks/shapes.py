"""The shape of the report's JSON files, closed: the keys that each part has, and what their values look like.

Microsoft's JSON Schemas allow more, and aren't everywhere; a misspelt key is ignored by Power BI, or fails without a
message.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.power_bi.checks.files import content
from dashboards.power_bi.visuals import SCHEMAS
from metrics.registry import Registry

Shape = tuple[str, str]
# The keys that a part must have, and those that it may have; some parts have one of several shapes.
SHAPES: Mapping[str, tuple[Shape, ...]] = {
    "visual.json": (("$schema name position visual", "filterConfig"),),
    "page.json": (("$schema name displayName displayOption height width", "visualInteractions"),),
    "pages.json": (("$schema pageOrder activePageName", ""),),
    "version.json": (("$schema version", ""),),
    "report.json": (("$schema themeCollection settings", ""),),
    "themeCollection": (("", ""),),
    "settings": (("useStylableVisualContainerHeader defaultDrillFilterOtherVisuals", ""),),
    "visualInteractions": (("source target type", ""),),
    "position": (("x y z height width tabOrder", ""),),
    "visual": (
        ("visualType query visualContainerObjects drillFilterOtherVisuals", "objects"),
        ("visualType objects drillFilterOtherVisuals", ""),
    ),
    "query": (("queryState", "sortDefinition"),),
    "queryState": (("", "Values Rows Columns Category Series Y Tooltips"),),
    **dict.fromkeys(("Values", "Rows", "Columns", "Category", "Series", "Y", "Tooltips"), (("projections", ""),)),
    "projections": (("field queryRef nativeQueryRef", "displayName"),),
    **dict.fromkeys(("field", "Expressions", "Left"), (("Column", ""), ("Measure", ""))),
    "Column": (("Expression Property", ""),),
    "Measure": (("Expression Property", ""),),
    "Expression": (("SourceRef", ""), ("Subquery", ""), ("Measure", "")),
    "SourceRef": (("Entity", ""), ("Source", "")),
    "sortDefinition": (("sort isDefaultSort", ""),),
    "sort": (("field direction", ""),),
    "objects": (("general", ""), ("data", "")),
    "visualContainerObjects": (("title general", "subTitle"),),
    "title": (("properties", ""),),
    "subTitle": (("properties", ""),),
    "general": (("properties", ""),),
    "data": (("properties", ""),),
    "properties": (("show text", ""), ("altText", ""), ("mode", ""), ("paragraphs", "")),
    **dict.fromkeys(("show", "text", "altText", "mode"), (("expr", ""),)),
    "expr": (("Literal", ""),),
    "Literal": (("Value", ""),),
    "paragraphs": (("textRuns", ""),),
    "textRuns": (("value textStyle", ""),),
    "textStyle": (("fontSize", "fontWeight"),),
    "filterConfig": (("filters", ""),),
    "filters": (("name field type filter", ""),),
    "filter": (("Version From Where", ""),),
    "From": (("Name Entity Type", ""), ("Name Expression Type", "")),
    "Subquery": (("Query", ""),),
    "Query": (("Version From Select OrderBy Top", ""),),
    "Select": (("Column Name", ""),),
    "OrderBy": (("Direction Expression", ""),),
    "Where": (("Condition", ""),),
    "Condition": (("In", ""), ("Comparison", "")),
    "In": (("Expressions Table", ""),),
    "Table": (("SourceRef", ""),),
    "Comparison": (("ComparisonKind Left Right", ""),),
    "Right": (("Literal", ""),),
}
WHOLE = re.compile(r"\d+")
# What a value must be; others may be any text.
VALUES: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(("x", "y", "z", "height", "width", "tabOrder", "ComparisonKind", "Top"), WHOLE),
    "Version": re.compile("2"),
    "Type": re.compile("[02]"),
    "Direction": re.compile("2"),
    "type": re.compile("TopN|Advanced|NoFilter"),
    "direction": re.compile("Ascending|Descending"),
    "displayOption": re.compile("FitToWidth"),
    "Value": re.compile(r"'(?:[^']|'')+'|true|false|-?\d+L"),
    "fontSize": re.compile(r"\d+pt"),
    "fontWeight": re.compile("bold"),
    "isDefaultSort": re.compile("False"),
    **dict.fromkeys(
        ("drillFilterOtherVisuals", "useStylableVisualContainerHeader", "defaultDrillFilterOtherVisuals"),
        re.compile("True"),
    ),
}
VERSIONS = {
    "visual.json": "visualContainer/2.9.0",
    "page.json": "page/2.1.0",
    "pages.json": "pagesMetadata/1.1.0",
    "version.json": "versionMetadata/1.0.0",
    "report.json": "report/3.3.0",
}
LISTS = {"visualInteractions", "projections", "sort", "filters", "From", "Where", "Select", "OrderBy", "Expressions"}
LISTS |= {"title", "subTitle", "general", "data", "paragraphs", "textRuns", "pageOrder"}


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """Sentences about keys and values of the report's files."""
    found = []
    for path, text in files.items():
        name = path.rpartition("/")[2]
        if name not in VERSIONS:
            continue
        read = content(text)
        found += [f"{path}: {sentence}" for sentence in _part(name, read)]
        if read.get("$schema") != f"{SCHEMAS}/{VERSIONS[name]}/schema.json":
            found.append(f"{path}: its $schema isn't {VERSIONS[name]}")
    return found


def _part(key: str, part: Any) -> Iterator[str]:
    if isinstance(part, list) != (key in LISTS):
        yield f"{key} is {'no list' if key in LISTS else 'a list'}"
    elif isinstance(part, list):
        for one in part:
            yield from _one(key, one)
    else:
        yield from _one(key, part)


def _one(key: str, part: Any) -> Iterator[str]:
    if (key in SHAPES) != isinstance(part, dict):
        yield f"{key} can't be {str(part)[:60]!r}"
    elif isinstance(part, dict):
        if not any(_has_shape(part, shape) for shape in SHAPES[key]):
            yield f"{key} has other keys: {', '.join(part)}"
        for name, value in part.items():
            yield from _part(name, value)
    elif key in VALUES and not VALUES[key].fullmatch(str(part)):
        yield f"{key} can't be {part!r}"


def _has_shape(part: Mapping[str, Any], shape: Shape) -> bool:
    required, optional = ({*names.split()} for names in shape)
    return required <= part.keys() <= required | optional
