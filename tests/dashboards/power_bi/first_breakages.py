"""Ten breakages of the Power BI project that were written before any of its checks."""

from tests.dashboards.breakages import Breakage, edited, removed, renamed, replaced, rewritten

TABLES = "*/Lakehouse.SemanticModel/definition/tables"
REPORT = "*/Lakehouse.Report"
VISUAL = f"{REPORT}/*/visual.json"


def _swap_first_pages(pages):
    pages["pageOrder"][0], pages["pageOrder"][1] = pages["pageOrder"][1], pages["pageOrder"][0]


def _read_other_measure(visual):
    values = visual["visual"]["query"]["queryState"]["Values"]["projections"][0]
    values["field"]["Measure"]["Property"] = "Hours watched"


FIRST = (
    Breakage(
        "a sum became an average",
        "meaning",
        replaced(
            f"{TABLES}/Metrics.tmdl",
            "SUM ( 'Subscription Months'[revenue] )",
            "AVERAGE ( 'Subscription Months'[revenue] )",
        ),
    ),
    Breakage(
        "a column that gold hasn't",
        "names",
        replaced(f"{TABLES}/Titles.tmdl", "sourceColumn: release_year", "sourceColumn: year_of_release"),
    ),
    Breakage(
        "a card shows a measure that the model hasn't",
        "names",
        edited(VISUAL, _read_other_measure, having='"visualType": "card"'),
    ),
    Breakage(
        "weights have four digits",
        "types",
        replaced(f"{TABLES}/Title Genres.tmdl", "dataType: double", "dataType: decimal"),
    ),
    Breakage(
        "a page's name isn't its folder's",
        "ids",
        edited(f"{REPORT}/*/page.json", lambda page: page.update(name="Overview")),
    ),
    Breakage(
        "a byte order mark", "encodings", rewritten(f"{REPORT}/definition/report.json", lambda text: "\ufeff" + text)
    ),
    Breakage("no definition.pbism", "missing files", removed("*/Lakehouse.SemanticModel/definition.pbism")),
    Breakage("the second page comes first", "order", edited(f"{REPORT}/*/pages.json", _swap_first_pages)),
    Breakage(
        "a bridge doesn't filter titles",
        "references",
        replaced("*/Lakehouse.SemanticModel/*/relationships.tmdl", "\tcrossFilteringBehavior: bothDirections\n", ""),
    ),
    Breakage(
        "a table's file has another name",
        "missing files",
        renamed(f"{TABLES}/Plans.tmdl", "Plans.tmdl", "Plan.tmdl"),
    ),
)
