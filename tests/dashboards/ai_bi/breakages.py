"""What could be wrong in the dashboard's file."""

import json

from tests.dashboards.breakages import Breakage, edited, removed, replaced, rewritten

FILE = "generated/databricks/*.lvdash.json"


def _data(content, name):
    return next(one for one in content["datasets"] if one["name"] == name)


def _widget(content, name):
    placed = [one for page in content["pages"] for one in page["layout"]]
    return next(one for one in placed if one["widget"]["name"] == name)


def _sql(content, name, old, new):
    data = _data(content, name)
    text = "".join(data["queryLines"])
    if old not in text:
        raise ValueError(f"{name} has no {old!r}")
    data["queryLines"] = [f"{line}\n" for line in text.replace(old, new, 1).splitlines()]


def in_sql(name, kind, data, old, new):
    """A breakage in a data set's statement."""
    return Breakage(name, kind, edited(FILE, lambda content: _sql(content, data, old, new)))


def in_file(name, kind, edit):
    """A breakage of the file's content."""
    return Breakage(name, kind, edited(FILE, edit))


def _version(content):
    _widget(content, "overview_headline_hours_viewed")["widget"]["spec"]["version"] = 3


def _encoding(content):
    _widget(content, "overview_headline_hours_viewed")["widget"]["spec"]["encodings"]["value"]["fieldName"] = "hours"


def _other_number(content):
    widget = _widget(content, "overview_headline_hours_viewed")["widget"]
    widget["queries"][0]["query"]["fields"] = [{"name": "plays", "expression": "`plays`"}]
    widget["spec"]["encodings"]["value"]["fieldName"] = "plays"


def _other_data(content):
    query = _widget(content, "viewing_devices")["widget"]["queries"][0]["query"]
    query["datasetName"] = "overview_headlines_1"


def _lost_data(content):
    content["datasets"].remove(_data(content, "viewing_devices"))


def _joined_lines(content):
    data = _data(content, "viewing_devices")
    data["queryLines"] = [line.strip() for line in data["queryLines"]]


def _same_name(content):
    _widget(content, "overview_headline_plays")["widget"]["name"] = "overview_headline_hours_viewed"


def _long_name(content):
    _widget(content, "overview_headline_plays")["widget"]["name"] = "overview_" + "plays" * 12


def _overlap(content):
    _widget(content, "overview_headline_plays")["position"]["x"] -= 1


def _hole(content):
    _widget(content, "operations_rows")["position"]["width"] -= 1


def _no_page_type(content):
    del content["pages"][0]["pageType"]


def _parameter_type(content):
    _data(content, "catalogue_types")["parameters"][-1]["dataType"] = "STRING"


def _undeclared(content):
    _data(content, "viewing_devices")["parameters"].pop()


def _unbound(content):
    filters = content["pages"][-1]["layout"]
    widget = next(one["widget"] for one in filters if one["widget"]["name"] == "filter_device")
    widget["queries"].pop()
    widget["spec"]["encodings"]["fields"].pop()


def _pages_swapped(content):
    content["pages"][0], content["pages"][1] = content["pages"][1], content["pages"][0]


def _first(content, kind, has=""):
    """The first widget of a kind whose text has something."""
    placed = [one["widget"] for page in content["pages"] for one in page["layout"]]
    found = [one for one in placed if one.get("spec", {}).get("widgetType") == kind]
    return next(one["spec"] for one in found if has in json.dumps(one))


def _line(content):
    _first(content, "bar").update(widgetType="line")


def _axes_swapped(content):
    encodings = _first(content, "bar")["encodings"]
    encodings["x"], encodings["y"] = encodings["y"], encodings["x"]


def _titles_swapped(content):
    one, other = (
        _widget(content, f"overview_headline_{name}")["widget"]["spec"]["frame"] for name in ("plays", "hours_viewed")
    )
    one["title"], other["title"] = other["title"], one["title"]


def _plain_number(content):
    _first(content, "counter", "number-percent")["encodings"]["value"]["format"]["type"] = "number"


def _chosen(content):
    found = next(one for data in content["datasets"] for one in data.get("parameters", []) if one["keyword"] == "type")
    found["defaultSelection"]["values"]["values"] = [{"value": "Movie"}]


def _shorter(content):
    period = next(
        one for data in content["datasets"] for one in data.get("parameters", []) if one["keyword"] == "period"
    )
    period["defaultSelection"]["range"]["min"]["value"] = "2020-01-01"


def _unsorted(content):
    del _first(content, "bar", "x-reversed")["encodings"]["y"]["scale"]["sort"]


def _unstacked(content):
    del _first(content, "bar", "stack-100")["mark"]


BREAKAGES = (
    in_file("bars that are a line", "meaning", _line),
    in_file("axes in each other's place", "meaning", _axes_swapped),
    in_file("two headlines with each other's title", "meaning", _titles_swapped),
    in_file("a share that is a plain number", "types", _plain_number),
    in_file("a choice that nobody made", "meaning", _chosen),
    in_file("a period that nobody chose", "meaning", _shorter),
    in_file("a ranking that isn't sorted", "order", _unsorted),
    in_file("parts beside each other", "meaning", _unstacked),
    in_file("a headline with another number", "meaning", _other_number),
    in_file("a table of another data set", "meaning", _other_data),
    in_sql("a table that gold hasn't", "names", "viewing_starts", "`kpi_top_titles`", "`kpi_titles`"),
    in_sql("a measure that the view hasn't", "names", "viewing_devices", "MEASURE(`plays`)", "MEASURE(`play`)"),
    in_sql("a schema in the statement", "names", "viewing_devices", "`metrics_play`", "gold.`metrics_play`"),
    in_file("a list of numbers that is of texts", "types", _parameter_type),
    in_sql("a function of another engine", "functions", "viewing_devices", "ARRAY_CONTAINS", "ARRAY_HAS_ANY_OF"),
    in_file("two widgets of one name", "ids", _same_name),
    in_file("a name of more than 60 characters", "ids", _long_name),
    Breakage("a byte order mark", "encodings", rewritten(FILE, lambda text: "\ufeff" + text)),
    Breakage("no file", "missing files", removed(FILE)),
    in_file("a data set is missing", "missing files", _lost_data),
    in_file("lines that are joined without a blank", "order", _joined_lines),
    in_file("two pages in each other's place", "order", _pages_swapped),
    in_file("a widget over another", "order", _overlap),
    in_file("a hole in a row", "order", _hole),
    in_file("an encoding of a field that isn't asked for", "references", _encoding),
    in_file("a parameter that isn't declared", "references", _undeclared),
    in_file("a filter that leaves out a data set", "references", _unbound),
    in_file("a counter of version 3", "versions", _version),
    in_file("a page without its type", "versions", _no_page_type),
    in_sql("distinct people counted as rows", "meaning", "viewing_devices", "MEASURE(`viewers`)", "MEASURE(`plays`)"),
    in_sql("hours without the bridge's weight", "meaning", "taste_directors", "`b5`.`weight` * 1000000", "1000000"),
    in_sql(
        "a period that is one day",
        "meaning",
        "viewing_devices",
        ":period.min AND :period.max",
        ":period.max AND :period.min",
    ),
    in_sql("small groups of people are shown", "meaning", "audience_groups", "`subscribers` < 5", "`subscribers` < 0"),
    in_sql("an average for a sum", "meaning", "audience_revenue", "SUM(", "AVG("),
    in_sql(
        "a period before that is shorter",
        "meaning",
        "taste_region_growth",
        ":period.max) - 1",
        ":period.max) + 1",
    ),
    in_sql("a filter that filters nothing", "meaning", "viewing_devices", "ARRAY_CONTAINS(:type, `type`)", "TRUE"),
    Breakage(
        "text for a label",
        "encodings",
        replaced(FILE, '"displayName": "Hours viewed"', '"displayname": "Hours viewed"'),
    ),
)
