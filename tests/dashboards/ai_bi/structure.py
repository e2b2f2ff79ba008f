"""A strict reader of the dashboard's file: everything that AI/BI is known to demand, and nothing else may be there."""

import json
import re
from functools import cache

import sqlglot

PATH = "generated/databricks/lakehouse.lvdash.json"
VERSIONS = {"counter": 2, "table": 2, "bar": 3, "line": 3, "heatmap": 3}
FILTERS = {"filter-multi-select": 2, "filter-date-range-picker": 2}
ENCODINGS = {
    "counter": {"value"},
    "table": {"columns"},
    "bar": {"x", "y"},
    "line": {"x", "y"},
    "heatmap": {"x", "y", "color"},
}
NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")
PAGES = ["overview", "catalogue", "growth", "viewing", "audience", "taste", "operations", "filters"]
TYPES = {"STRING": "MULTI", "INTEGER": "MULTI", "DATE": "RANGE"}
NUMBERS = ("release_year", "year_added")


def problems_of_structure(files):
    """A sentence for each thing that is wrong in the file."""
    if [*files] != [PATH]:
        return [f"the files are {[*files]}"]
    try:
        content = json.loads(files[PATH])
    except ValueError as error:
        return [f"no JSON: {error}"]
    return list(_Reader(content).problems())


class _Reader:
    def __init__(self, content):
        self.content = content
        self.data = {one["name"]: one for one in content["datasets"]}
        self.sql = {name: "".join(one["queryLines"]) for name, one in self.data.items()}
        self.used, self.names = set(), set()

    def problems(self):
        yield from _keys("dashboard", self.content, {"datasets", "pages"})
        if len(self.data) != len(self.content["datasets"]):
            yield "two data sets have one name"
        for one in self.content["datasets"]:
            yield from self._data_set(one)
        if [page["name"] for page in self.content["pages"]] != PAGES:
            yield f"the pages are {[page['name'] for page in self.content['pages']]}"
        for page in self.content["pages"]:
            yield from self._page(page)
        yield from (f"nothing uses the data set {name}" for name in self.data.keys() - self.used)
        yield from self._filters()

    def _data_set(self, one):
        yield from _keys(one["name"], one, {"name", "displayName", "queryLines"}, {"parameters"})
        yield from self._name(one["name"])
        if not all(line.endswith("\n") for line in one["queryLines"]):
            yield f"{one['name']}: a line doesn't end, and the next is joined to it"
        sql = self.sql[one["name"]]
        if sentence := _problem_of(sql):
            yield f"{one['name']}: {sentence}"
        declared = {parameter["keyword"]: parameter for parameter in one.get("parameters", [])}
        if {*declared} != {*re.findall(r":([a-z_]+)", sql)}:
            yield f"{one['name']}: declares {sorted(declared)}, and its statement has others"
        for name, parameter in declared.items():
            yield from _keys(name, parameter, {"displayName", "keyword", "dataType", "complexType", "defaultSelection"})
            kind = "DATE" if name == "period" else "INTEGER" if name in NUMBERS else "STRING"
            if parameter["dataType"] != kind or parameter["complexType"] != TYPES[kind]:
                yield f"{one['name']}: the parameter {name} is {parameter['dataType']} {parameter['complexType']}"

    def _name(self, name):
        if not NAME.fullmatch(name):
            yield f"{name}: no name of at most 60 letters and digits"

    def _page(self, page):
        yield from _keys(page["name"], page, {"name", "displayName", "pageType", "layoutVersion", "layout"})
        kind = "GLOBAL_FILTERS" if page["name"] == "filters" else "CANVAS"
        if page.get("pageType") != f"PAGE_TYPE_{kind}" or page.get("layoutVersion") != "GRID_V1":
            yield f"{page['name']}: its type or grid is another"
        yield from _grid(page["name"], [one["position"] for one in page["layout"]])
        for one in page["layout"]:
            yield from self._widget(one["widget"])

    def _widget(self, widget):
        name = widget["name"]
        yield from self._name(name)
        if name in self.names:
            yield f"two widgets are called {name}"
        self.names.add(name)
        if "multilineTextboxSpec" in widget:
            yield from _keys(name, widget, {"name", "multilineTextboxSpec"})
            if len(widget["multilineTextboxSpec"]["lines"]) != 1:
                yield f"{name}: lines of a text are joined: it has one"
            return
        yield from _keys(name, widget, {"name", "queries", "spec"})
        spec = widget["spec"]
        yield from _keys(name, spec, {"version", "widgetType", "encodings", "frame"}, {"mark"})
        if spec["version"] != {**VERSIONS, **FILTERS}.get(spec["widgetType"]):
            yield f"{name}: a {spec['widgetType']} of version {spec['version']}"
            return
        yield from self._queries(name, widget)
        if spec["widgetType"] in VERSIONS:
            yield from self._chart(name, widget)

    def _queries(self, name, widget):
        for one in widget["queries"]:
            query = one["query"]
            if query["datasetName"] not in self.data:
                yield f"{name}: there is no data set {query['datasetName']}"
            self.used.add(query["datasetName"])

    def _chart(self, name, widget):
        ((query,), spec) = ([one["query"] for one in widget["queries"]], widget["spec"])
        if widget["queries"][0]["name"] != "main_query" or query["disaggregated"] is not True:
            yield f"{name}: its query isn't main_query of rows as they are"
        fields = {one["name"] for one in query["fields"]}
        # Names say what is shown: a part its data set, a headline its metric.
        is_other = query["datasetName"] != name
        if is_other if spec["widgetType"] != "counter" else fields != {name.partition("_headline_")[2]}:
            yield f"{name}: shows {sorted(fields)} of {query['datasetName']}"
        for one in query["fields"]:
            yield from _keys(name, one, {"name", "expression"})
            if one["expression"] != f"`{one['name']}`":
                yield f"{name}: the field {one['name']} is {one['expression']}"
        encodings = spec["encodings"]
        yield from _keys(name, encodings, ENCODINGS[spec["widgetType"]], {"color"})
        shown = [one for value in encodings.values() for one in (value if isinstance(value, list) else [value])]
        for one in shown:
            yield from _keys(name, one, {"fieldName", "displayName"}, {"format", "scale"})
        if {one["fieldName"] for one in shown} != fields:
            yield f"{name}: shows {sorted(one['fieldName'] for one in shown)} and asks for {sorted(fields)}"

    def _filters(self):
        """Each parameter of each data set is bound by the filter of its name."""
        bound = set()
        for one in self.content["pages"][-1]["layout"]:
            spec, queries = one["widget"].get("spec", {}), {q["name"]: q["query"] for q in one["widget"]["queries"]}
            name = one["widget"]["name"].removeprefix("filter_")
            for encoding in spec["encodings"]["fields"]:
                query = queries.get(encoding["queryName"])
                if query is None:
                    yield f"filter_{name}: there is no query {encoding['queryName']}"
                elif "parameterName" in encoding:
                    bound.add((query["datasetName"], encoding["parameterName"]))
            if len(queries) != len(spec["encodings"]["fields"]):
                yield f"filter_{name}: a query that nothing is bound to"
        declared = {(name, p["keyword"]) for name, one in self.data.items() for p in one.get("parameters", [])}
        yield from (f"{data}: no filter sets {name}" for data, name in sorted(declared - bound))
        yield from (f"{data}: has no {name}, which a filter sets" for data, name in sorted(bound - declared))


@cache
def _problem_of(sql):
    try:
        parsed = sqlglot.parse(sql, dialect="databricks")
    except sqlglot.ParseError as error:
        return f"no SQL: {str(error)[:80]}"
    if len(parsed) != 1 or any(table.db for table in parsed[0].find_all(sqlglot.exp.Table)):
        return "several statements, or a table with its schema"
    return None


def _keys(place, value, needed, optional=frozenset()):
    if not needed <= {*value} <= needed | optional:
        yield f"{place}: has the keys {sorted(value)}"


def _grid(page, positions):
    """Rows fill the twelve columns, each cell once."""
    taken = {}
    for place in positions:
        for x in range(place["x"], place["x"] + place["width"]):
            for y in range(place["y"], place["y"] + place["height"]):
                taken[x, y] = taken.get((x, y), 0) + 1
    height = max(y for _, y in taken) + 1
    cells = {(x, y) for x in range(12) for y in range(height)}
    if max(taken.values()) > 1 or {*taken} != cells:
        yield f"{page}: widgets overlap, leave a hole, or stand beside the grid"
