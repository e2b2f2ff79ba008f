"""The files: the workbook, and each of its data sources."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from dashboards.pages import PAGES
from dashboards.tableau import datasources, worksheets
from dashboards.tableau.boards import Boards, dashboard, windows
from dashboards.tableau.worksheets import USER
from metrics.registry import Registry
from metrics.views import metric_views

FOLDER = "generated/tableau"
BUILD = "2026.1.0 (20261.26.0101.0000)"  # the vendor's schema demands one
MANIFEST = (
    "ObjectModelEncapsulateLegacy",
    "ObjectModelTableType",
    "SchemaViewerObjectModel",
    "SheetIdentifierTracking",
    "WindowsPersistSimpleIdentifiers",
)
HEAD = (
    "<?xml version='1.0' encoding='utf-8' ?>\n\n"
    "<!-- Made from metrics/definitions by ./lakehouse generate tableau -->\n"
)


def files(registry: Registry) -> Mapping[str, str]:
    """The texts of all files, by their paths below the project's folder."""
    register_namespace("user", USER)
    boards = Boards(registry, metric_views(registry))
    pages = [(page, list(boards.sheets(page))) for page in PAGES]
    versions = {"original-version": datasources.VERSION, "source-build": BUILD, "version": datasources.VERSION}
    book = Element("workbook", versions)
    manifest = SubElement(book, "document-format-change-manifest")
    for name in MANIFEST:
        SubElement(manifest, name)
    listed = SubElement(book, "datasources")
    for source in boards.sources.values():
        listed.append(datasources.element(source))
    sheets = SubElement(book, "worksheets")
    for sheet in (sheet for _, found in pages for sheet, _ in found):
        sheets.append(worksheets.element(sheet))
    dashboards = SubElement(book, "dashboards")
    for page, found in pages:
        titles = {sheet.title for sheet, is_headline in found if not is_headline}
        there = [panel for panel in page.panels if panel.title.replace("{grain}", panel.query.grain or "day") in titles]
        dashboards.append(dashboard(page, found, there))
    book.append(windows((page, [sheet for sheet, _ in found]) for page, found in pages))
    texts = {f"{FOLDER}/lakehouse.twb": _text(book)}
    for source in boards.sources.values():
        texts[f"{FOLDER}/{source.key}.tds"] = _text(datasources.document(source))
    return texts


def missing(registry: Registry) -> dict[str, str]:
    """The panels and headlines that the workbook lacks, and why."""
    boards = Boards(registry, metric_views(registry))
    for page in PAGES:
        list(boards.sheets(page))
    return boards.missing


def _text(root: Element) -> str:
    indent(root)
    return f"{HEAD}{tostring(root, encoding='unicode')}\n"
