"""More breakages of the Power BI project, in the order of their kinds."""

import json

from tests.dashboards.breakages import Breakage, edited, path_of, removed, replaced, rewritten
from tests.dashboards.power_bi.first_breakages import REPORT, TABLES, VISUAL

MODEL = "*/Lakehouse.SemanticModel/definition"
METRICS = f"{TABLES}/Metrics.tmdl"
RELATIONSHIPS = f"{MODEL}/relationships.tmdl"


def _both(*plants):
    def plant(files):
        for one in plants:
            files = one(files)
        return files

    return plant


def _change_field(kind, name):
    """Sets the name of a visual's first column or measure."""

    def edit(visual):
        roles = visual["visual"]["query"]["queryState"].values()
        shown = next(one for role in roles for one in role["projections"] if kind in one["field"])
        content = shown["field"][kind]
        content["Property"] = shown["nativeQueryRef"] = name
        shown["queryRef"] = f"{content['Expression']['SourceRef']['Entity']}.{name}"

    return edit


def _move_onto_neighbour(visual):
    visual["position"]["x"] = 24
    visual["position"]["width"] = 1200


def _same_tag(text):
    lines = text.split("\n")
    tags = [place for place, line in enumerate(lines) if line.startswith("\t\tlineageTag")]
    lines[tags[1]] = lines[tags[0]]
    return "\n".join(lines)


def _rename_visual(files):
    path = path_of(files, VISUAL, '"visualType": "card"')
    name = path.split("/")[-2]
    visual = {**json.loads(files[path]), "name": "Revenue"}
    rest = {other: text for other, text in files.items() if other != path}
    return {**rest, path.replace(name, "Revenue"): json.dumps(visual, indent=2) + "\n"}


def _turn_calendar(text):
    for old, new in (("Year", "X"), ("Day", "Year"), ("X", "Day")):
        for start in ("level ", "column: "):
            text = text.replace(f"\t{start}{old}\n", f"\t{start}{new}\n")
    return text


def _second_artifact(shortcut):
    shortcut["artifacts"].append({"semanticModel": {"path": "Lakehouse.SemanticModel"}})


def _other_target(page):
    page["visualInteractions"][0]["target"] = "0" * 20


def _swapped_formulas(files):
    """Two measures of Operations have each other's formula."""
    path = path_of(files, METRICS)
    one, other, text = "'Sessions'[title_key] = -1", "'Sessions'[subscriber_key] = -1", files[path]
    if one not in text or other not in text:
        raise ValueError(f"{path} has no sessions of unknown titles and subscribers")
    return {**files, path: text.replace(one, "HERE").replace(other, one).replace("HERE", other)}


def _unsorted(visual):
    del visual["visual"]["query"]["sortDefinition"]


def _other_newest(visual):
    found = visual["filterConfig"]["filters"]
    (one,) = [one for one in found if one["type"] == "TopN"]
    query = one["filter"]["From"][0]["Expression"]["Subquery"]["Query"]
    query["OrderBy"][0]["Expression"]["Measure"]["Property"] = "Titles"


NAMES = (
    Breakage(
        "a table that gold hasn't",
        "names",
        replaced(f"{TABLES}/Titles.tmdl", 'Name = "dim_title"', 'Name = "dim_titles"'),
    ),
    Breakage(
        "a column that gold hasn't, in the query too",
        "names",
        _both(
            replaced(f"{TABLES}/Title Ratings.tmdl", '"votes"', '"vote_count"'),
            replaced(f"{TABLES}/Title Ratings.tmdl", "sourceColumn: votes", "sourceColumn: vote_count"),
        ),
    ),
    Breakage("SQL names a column that gold hasn't", "names", replaced(f"{TABLES}/Events.tmdl", "`iso_code`", "`iso2`")),
    Breakage(
        "a measure of a column that isn't there",
        "names",
        replaced(METRICS, "'Sessions'[watched_seconds]", "'Sessions'[seconds]"),
    ),
    Breakage("a measure of a measure that isn't there", "names", replaced(METRICS, "[Movies] + 0", "[Films] + 0")),
    Breakage(
        "a measure isn't called as in the registry",
        "names",
        replaced(METRICS, "measure Viewers", "measure 'Unique viewers'"),
    ),
    Breakage(
        "a chart of a column that the model hasn't",
        "names",
        edited(VISUAL, _change_field("Column", "Genre name"), having='"queryRef": "Genres.Genre"'),
    ),
    Breakage(
        "two names that differ in case only",
        "names",
        replaced(f"{TABLES}/Dates.tmdl", "column month_number", "column month"),
    ),
)
WRONG_TYPES = (
    Breakage(
        "a key is text",
        "types",
        replaced(
            f"{TABLES}/Sessions.tmdl", "column title_key\n\t\tdataType: int64", "column title_key\n\t\tdataType: string"
        ),
    ),
    Breakage(
        "money is a floating-point number",
        "types",
        replaced(f"{TABLES}/Subscription Months.tmdl", "dataType: decimal", "dataType: double"),
    ),
    Breakage(
        "a text is compared with a number",
        "types",
        replaced(METRICS, "'Titles'[Type] = \"Movie\"", "'Titles'[Type] = 1"),
    ),
    Breakage("a year is compared with a text", "types", replaced(VISUAL, '"2015L"', "\"'2015'\"")),
    Breakage(
        "a key is related to a name",
        "types",
        replaced(RELATIONSHIPS, "toColumn: Genres.genre_key", "toColumn: Genres.Genre"),
    ),
)
FUNCTIONS = (
    Breakage(
        "a sum of an expression",
        "functions",
        replaced(
            METRICS,
            "SUM ( 'Sessions'[watched_seconds] )",
            "SUM ( 'Sessions'[watched_seconds] * 'Title Genres'[weight] )",
        ),
    ),
    Breakage(
        "a function that DAX hasn't",
        "functions",
        replaced(METRICS, "COUNTROWS ( 'Titles' )", "COUNT_ROWS ( 'Titles' )"),
    ),
    Breakage(
        "a division without a divisor",
        "functions",
        replaced(METRICS, "DIVIDE ( [Completed plays] + 0, [Plays of movies] )", "DIVIDE ( [Completed plays] + 0 )"),
    ),
    Breakage(
        "a parenthesis is missing",
        "functions",
        replaced(METRICS, "CALCULATE ( SUM ( 'Events'[events] ) )", "CALCULATE ( SUM ( 'Events'[events] )"),
    ),
    Breakage(
        "a relationship that isn't there is used",
        "functions",
        replaced(
            METRICS,
            "USERELATIONSHIP ( 'Titles'[date_added], 'Dates'[Day] )",
            "USERELATIONSHIP ( 'Titles'[date_added], 'Dates'[Month] )",
        ),
    ),
    Breakage("blank counts as a viewer", "functions", replaced(METRICS, "DISTINCTCOUNTNOBLANK", "DISTINCTCOUNT")),
)
IDS = (
    Breakage("a visual is called by a word", "ids", _rename_visual),
    Breakage("two columns have one lineageTag", "ids", rewritten(f"{TABLES}/Genres.tmdl", _same_tag)),
    Breakage(
        "two items have one logicalId",
        "ids",
        lambda files: {
            **files,
            path_of(files, f"{REPORT}/.platform"): files[path_of(files, f"{REPORT}/.platform")].replace(
                json.loads(files[path_of(files, f"{REPORT}/.platform")])["config"]["logicalId"],
                json.loads(files[path_of(files, "*/Lakehouse.SemanticModel/.platform")])["config"]["logicalId"],
            ),
        },
    ),
)
ENCODINGS = (
    Breakage(
        "Windows line ends", "encodings", rewritten(f"{TABLES}/Plans.tmdl", lambda text: text.replace("\n", "\r\n"))
    ),
    Breakage("not UTF-8", "encodings", replaced(f"{REPORT}/*/page.json", "Overview", "\udce9")),
    Breakage(
        "blanks for tabs", "encodings", replaced(f"{TABLES}/Plans.tmdl", "\tcolumn plan_key", "    column plan_key")
    ),
)
MISSING = (
    Breakage("a page without page.json", "missing files", removed(f"{REPORT}/*/page.json")),
    Breakage("no relationships", "missing files", removed(RELATIONSHIPS)),
    Breakage("a table is gone", "missing files", removed(f"{TABLES}/Devices.tmdl")),
    Breakage(
        "version.json without $schema",
        "missing files",
        edited(f"{REPORT}/definition/version.json", lambda version: version.pop("$schema")),
    ),
)
ORDER = (
    Breakage("days come before years", "order", rewritten(f"{TABLES}/Dates.tmdl", _turn_calendar)),
    Breakage("a visual covers another", "order", edited(VISUAL, _move_onto_neighbour, having='"visualType": "card"')),
)
REFERENCES = (
    Breakage(
        "the report is of another model",
        "references",
        edited(
            f"{REPORT}/definition.pbir",
            lambda one: one["datasetReference"]["byPath"].update(path="../Other.SemanticModel"),
        ),
    ),
    Breakage("the shortcut opens a model too", "references", edited("*/Lakehouse.pbip", _second_artifact)),
    Breakage("days reach titles by two ways", "references", replaced(RELATIONSHIPS, "\tisActive: false\n", "")),
    Breakage(
        "an interaction with no visual",
        "references",
        edited(f"{REPORT}/*/page.json", _other_target, having="visualInteractions"),
    ),
)
MEANING = (
    Breakage(
        "titles that aren't in the catalogue count",
        "meaning",
        replaced(METRICS, "\t\t\t            KEEPFILTERS ( 'Titles'[in_catalogue] = TRUE () ),\n", ""),
    ),
    Breakage(
        "actors have no weights",
        "meaning",
        replaced(METRICS, "\n\t\t\t        * CALCULATE ( SUM ( 'Title Actors'[weight] ) )", ""),
    ),
    Breakage("hours are minutes", "meaning", replaced(METRICS, "/ 3600", "/ 60")),
    Breakage(
        "actors are directors",
        "meaning",
        replaced(f"{TABLES}/Title Actors.tmdl", '[role] = "cast"', '[role] = "director"'),
    ),
    Breakage(
        "a visual shows another measure",
        "meaning",
        edited(VISUAL, _change_field("Measure", "TV shows"), having='"queryRef": "Metrics.Titles"'),
    ),
)
SWAPPED = (
    Breakage("sessions of unknown titles are those of unknown subscribers", "meaning", _swapped_formulas),
    Breakage(
        "events without a known device are lost",
        "meaning",
        replaced(f"{TABLES}/Events.tmdl", "LEFT JOIN", "INNER JOIN"),
    ),
    Breakage(
        "events are joined to countries by another column",
        "meaning",
        replaced(f"{TABLES}/Events.tmdl", "`iso_code`", "`country`"),
    ),
    Breakage("each row is one event", "meaning", replaced(f"{TABLES}/Events.tmdl", "`t`.`events`", "1")),
    Breakage("the least comes first", "order", replaced(VISUAL, '"Descending"', '"Ascending"')),
    Breakage("a ranking isn't sorted", "order", edited(VISUAL, _unsorted, having='"sortDefinition"')),
    Breakage("the newest month is that of the most titles", "order", edited(VISUAL, _other_newest, having='"TopN"')),
)
MORE = (*SWAPPED, *NAMES, *WRONG_TYPES, *FUNCTIONS, *IDS, *ENCODINGS, *MISSING, *ORDER, *REFERENCES, *MEANING)
