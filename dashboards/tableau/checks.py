"""What is wrong with the workbook and its data sources, as sentences: what they name is there.

From their texts and gold's tables alone, so that it needs no data. Tests read them strictly, run their SQL, and compare
numbers with the registry's.
"""

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from dashboards.gold import gold_tables
from metrics.registry import Registry

PILL = re.compile(r"\[(federated\.[a-z0-9]{28})\]\.(\[[^\]]+\])")
FIELD = re.compile(r"\[[^\]]+\]")
SPECIAL = {"[:Measure Names]", "[Multiple Values]"}


def problems(registry: Registry, files: Mapping[str, str]) -> list[str]:
    """All that is wrong with tables, fields, pills, and with the worksheets that dashboards and windows show."""
    try:
        trees = {path: ElementTree.fromstring(text.encode()) for path, text in files.items()}
    except ElementTree.ParseError as error:
        return [f"a file isn't XML: {error}"]
    books = [tree for path, tree in trees.items() if path.endswith(".twb")]
    if len(books) != 1:
        return [f"there are {len(books)} workbooks"]
    sources = {one.get("name", ""): one for one in books[0].iterfind("datasources/datasource")}
    found = [f"{name}: {sentence}" for name, source in sources.items() for sentence in _source(source)]
    own = {tree.findtext("connection/relation") for path, tree in trees.items() if path.endswith(".tds")}
    found += [
        f"{name}: no file has its SQL"
        for name, source in sources.items()
        if source.findtext("connection/relation") not in own
    ]
    return [*found, *_sheets(books[0], sources), *_places(books[0])]


def _source(source: ElementTree.Element) -> Iterator[str]:
    """Tables are gold's, and formulas name fields of the data source."""
    try:
        tree = sqlglot.parse_one(source.findtext("connection/relation") or "", dialect="databricks")
    except ParseError as error:
        yield f"its SQL can't be read: {error}"
        return
    parts = {one.alias for one in tree.find_all(exp.CTE)}
    names = {one.name for one in tree.find_all(exp.Table)} - parts
    yield from (f"gold has no table {name}" for name in sorted(names - {*gold_tables()}))
    fields = {one.get("name") for one in source.iterfind("column")}
    for one in source.iterfind("column/calculation"):
        strangers = {*FIELD.findall(one.get("formula", ""))} - fields
        yield from (f"there is no field {name}" for name in sorted(strangers))


def _sheets(book: ElementTree.Element, sources: Mapping[str, ElementTree.Element]) -> Iterator[str]:
    """Each pill of a worksheet is declared there, and its field is in the data source."""
    for sheet in book.iterfind("worksheets/worksheet"):
        name = sheet.get("name")
        declared = {one.get("name"): one.get("column") for one in sheet.iter("column-instance")}
        pills = dict.fromkeys(PILL.findall(ElementTree.tostring(sheet, encoding="unicode")))
        for source, pill in pills:
            fields = {one.get("name") for one in sources[source].iterfind("column")} if source in sources else set()
            if pill not in SPECIAL and declared.get(pill) not in fields:
                yield f"{name}: the pill {pill} is of no field"


def _places(book: ElementTree.Element) -> Iterator[str]:
    """Each worksheet is on a dashboard once, and has a window."""
    sheets = sorted(one.get("name", "") for one in book.iterfind("worksheets/worksheet"))
    zones = sorted(one.get("name", "") for one in book.iterfind("dashboards/dashboard/zones//zone") if one.get("name"))
    windows = sorted(one.get("name", "") for one in book.iterfind("windows/window[@class='worksheet']"))
    if sheets != zones:
        yield f"worksheets and parts of dashboards differ: {sorted({*sheets} ^ {*zones})[:2]}"
    if sheets != windows or len(sheets) != len({*sheets}):
        yield f"worksheets and windows differ: {sorted({*sheets} ^ {*windows})[:2]}"
