"""A strict reader of the LookML project: its objects, and whether everything that they refer to is there."""

import re
from functools import cache

import lkml
import yaml

FOLDER = "generated/looker/"
PAGES = ("overview", "catalogue", "growth", "viewing", "audience", "taste")
REFERENCE = re.compile(r"\$\{([^}]+)\}")
PLAIN = re.compile(r"(COALESCE\()?\$\{TABLE\}\.\w+(, '\w+'\))?")
SAME = re.compile(
    r"\(is_null\((?P<one>\$\{\w+\.\w+\})\) AND is_null\((?P<other>\$\{\w+\.\w+\})\)\) "
    r"OR abs\((?P=one) - (?P=other)\) <= 0\.000001"
)
VIEW = ({"name", "dimensions"}, {"sql_table_name", "derived_table", "dimension_groups", "measures"})
FIELD = {"name", "label", "description", "hidden", "type", "sql"}
DIMENSION = FIELD | {"primary_key", "value_format", "convert_tz", "datatype"}
GROUP = FIELD | {"timeframes", "convert_tz", "datatype"}
MEASURE = FIELD | {"value_format", "filters", "required_fields"}
EXPLORE = {"name", "label", "description", "sql_always_where", "joins"}
JOIN = {"name", "from", "type", "relationship", "sql_on"}
DIMENSION_TYPES = {"string", "number", "yesno", "date"}
MEASURE_TYPES = {"count", "count_distinct", "sum", "average", "number"}
ELEMENT_TYPES = {"single_value", "looker_line", "looker_column", "looker_bar", "looker_grid"}


class Project:
    """The project's objects by name. Raises ValueError for a file that can't be read."""

    def __init__(self, files):
        self.views, self.explores, self.tests, self.boards, self.connections = {}, {}, [], {}, {}
        self.constants, self.repeated = {}, []
        for path, text in files.items():
            if text.startswith("\ufeff"):
                raise ValueError(f"{path}: a byte order mark")
            self._add(path.removeprefix(FOLDER), text)

    def _add(self, path, text):
        if path.startswith("dashboards/") and path.endswith(".dashboard.lookml"):
            (board,) = _board(text)
            self.boards[board["dashboard"]] = board
            return
        try:
            content = _loaded(text)
        except SyntaxError as error:
            raise ValueError(f"{path}: {error}") from error
        folder = path.partition("/")[0]
        if path == "manifest.lkml":
            self.constants = {one["name"]: one["value"] for one in content["constants"]}
        elif folder == "models":
            self.connections[path] = content["connection"]
            self.explores |= {one["name"]: one for one in content["explores"]}
        elif folder == "views":
            self.views |= {one["name"]: one for one in content["views"]}
            if [*content] != ["views"] or path != f"views/{content['views'][0]['name']}.view.lkml":
                raise ValueError(f"{path}: isn't the file of one view")
        elif folder == "tests":
            self.tests += content["tests"]
        else:
            raise ValueError(f"{path}: no model includes it")

    def fields(self, view):
        """The fields of a view by name, timeframes of dates among them."""
        found = self.views[view]
        fields = {one["name"]: one for one in [*found["dimensions"], *found.get("measures", [])]}
        for group in found.get("dimension_groups", []):
            fields |= {f"{group['name']}_{frame}": group for frame in group["timeframes"]}
        return fields

    def aliases(self, explore):
        """The views of an explore by what they are called in it."""
        joins = self.explores[explore].get("joins", [])
        return {explore: explore} | {one["name"]: one.get("from", one["name"]) for one in joins}


@cache
def _loaded(text):
    return lkml.load(text)


@cache
def _board(text):
    return yaml.safe_load(text)


def reading_check(gold):
    """A check that reads everything; `gold` has the columns and their types by table."""

    def check(files):
        try:
            project = Project(files)
        except (ValueError, KeyError, yaml.YAMLError) as error:
            return [str(error)[:200] or repr(error)]
        text = "\n".join(files.values())
        found = [f"@{{{name}}} isn't declared" for name in {*re.findall(r"@\{(\w+)\}", text)} - {*project.constants}]
        return [
            *found,
            *_views(project, gold),
            *_explores(project),
            *_tests(project),
            *_boards(project),
            *_legacy(project),
        ]

    return check


def _views(project, gold):
    for name, view in project.views.items():
        needed, optional = VIEW
        if not needed <= {*view} <= needed | optional:
            yield f"{name}: has the keys {sorted(view)}"
        table = view.get("sql_table_name", "").rpartition(".")[2]
        if table and table not in gold:
            yield f"{name}: gold has no table {table}"
        fields = [*view["dimensions"], *view.get("dimension_groups", []), *view.get("measures", [])]
        names = [one["name"] for one in fields]
        yield from (f"{name}: two fields are called {one}" for one in {*names} if names.count(one) > 1)
        if len([one for one in view["dimensions"] if one.get("primary_key") == "yes"]) != 1:
            yield f"{name}: has no primary key"
        for one in fields:
            if one.get("hidden") != "yes" and "description" not in one:
                yield f"{name}.{one['name']}: is shown without a description"
            yield from _columns(name, table, one, gold)
        yield from _fields(name, view)


def _columns(name, table, field, gold):
    """Columns of the table, and whether their types are those of the field."""
    columns = re.findall(r"\$\{TABLE\}\.(\w+)", field.get("sql", ""))
    if not table:
        return
    yield from (
        f"{name}.{field['name']}: {table} has no column {one}" for one in columns if one not in gold.get(table, {})
    )
    if (
        field["type"] in DIMENSION_TYPES
        and len(columns) == 1
        and re.fullmatch(r"(COALESCE\()?\$\{TABLE\}\.\w+(, '\w+'\))?", field["sql"])
    ):
        kind = {"STRING": "string", "DATE": "date", "BOOLEAN": "yesno"}.get(
            gold.get(table, {}).get(columns[0]), "number"
        )
        if field["type"] != kind and field.get("primary_key") != "yes":
            yield f"{name}.{field['name']}: is a {field['type']}, its column a {kind}"


def _fields(name, view):
    known = {one["name"] for one in [*view["dimensions"], *view.get("measures", [])]}
    known |= {f"{one['name']}_{frame}" for one in view.get("dimension_groups", []) for frame in one["timeframes"]}
    for one in view["dimensions"]:
        if not {*one} <= DIMENSION or one["type"] not in DIMENSION_TYPES:
            yield f"{name}.{one['name']}: has the keys {sorted(one)} and the type {one['type']}"
        if (kind := one["type"]) != "string" and "COALESCE" in one["sql"] and one.get("hidden") != "yes":
            yield f"{name}.{one['name']}: is a {kind} with a text for unknown"
    for one in view.get("dimension_groups", []):
        if not {*one} <= GROUP or one["type"] != "time":
            yield f"{name}.{one['name']}: has the keys {sorted(one)}"
    for one in view.get("measures", []):
        if not {*one} <= MEASURE | {"filters__all"} or one["type"] not in MEASURE_TYPES:
            yield f"{name}.{one['name']}: has the keys {sorted(one)} and the type {one['type']}"
        flags = [key for group in one.get("filters__all", []) for part in group for key in part]
        yield from (f"{name}.{one['name']}: {flag} is no field" for flag in flags if flag not in known)
        yield from (
            f"{name}.{one['name']}: {need} is no field" for need in one.get("required_fields", []) if need not in known
        )


def _explores(project):
    for name, explore in project.explores.items():
        if not {*explore} <= EXPLORE or name not in project.views:
            yield f"explore {name}: has the keys {sorted(explore)}, and perhaps no view"
            continue
        aliases = project.aliases(name)
        if missing := [view for view in aliases.values() if view not in project.views]:
            yield f"explore {name}: there is no view {missing}"
            continue
        known = {name}
        for join in explore.get("joins", []):
            if not {*join} <= JOIN or join["type"] not in ("inner", "left_outer"):
                yield f"explore {name}, join {join['name']}: has the keys {sorted(join)}"
            expected = "one_to_many" if join["name"].endswith("_pairs") else "many_to_one"
            if join["relationship"] != expected:
                yield f"explore {name}, join {join['name']}: is {join['relationship']}"
            known.add(join["name"])
            yield from _references(project, name, join["sql_on"], known)
        yield from _references(project, name, explore.get("sql_always_where", ""), {name})
        for field in {id(one): one for one in project.fields(name).values()}.values():
            yield from _references(project, name, field.get("sql", ""), known)


def _references(project, explore, sql, known):
    aliases = project.aliases(explore)
    for reference in REFERENCE.findall(sql) + re.findall(r"(\w+\.\w+)\._in_query", sql):
        if reference == "TABLE":
            continue
        alias, _, field = reference.rpartition(".")
        alias = alias or explore
        if alias not in known:
            yield f"explore {explore}: {reference} is not joined there"
        elif field not in project.fields(aliases[alias]):
            yield f"explore {explore}: there is no field {reference}"


def _field_is_there(project, explore, field):
    alias, _, name = field.partition(".")
    view = project.aliases(explore).get(alias) if explore in project.explores else None
    return view in project.views and name in project.fields(view)


def _tests(project):
    for one in project.tests:
        source = one["explore_source"]
        fields = [column["field"] for column in source["columns"]]
        yield from (
            f"{one['name']}: no field {field}"
            for field in fields
            if not _field_is_there(project, source["name"], field)
        )
        for part in one["asserts"]:
            named = REFERENCE.findall(part["expression"])
            yield from (f"{one['name']}: {field} isn't asked for" for field in named if field not in fields)
            if not SAME.fullmatch(part["expression"]):
                yield f"{one['name']}.{part['name']}: isn't the comparison of two fields"


def _boards(project):
    if sorted(project.boards) != sorted(PAGES):
        yield f"the dashboards are {sorted(project.boards)}"
    for name, board in project.boards.items():
        filters = {one["name"] for one in board["filters"]}
        for one in board["filters"]:
            if not _field_is_there(project, one["explore"], one["field"]):
                yield f"{name}: the filter {one['name']} has no field {one['field']}"
        cells = set()
        for one in board["elements"]:
            yield from _element(project, name, filters, one)
            mine = {
                (x, y)
                for x in range(one["col"], one["col"] + one["width"])
                for y in range(one["row"], one["row"] + one["height"])
            }
            if cells & mine or max(x for x, _ in mine) > 23:
                yield f"{name}.{one['name']}: is over another, or beside the grid"
            cells |= mine


def _element(project, board, filters, one):
    if one["type"] not in ELEMENT_TYPES or one["model"] != "lakehouse":
        yield f"{board}.{one['name']}: is a {one['type']} of {one['model']}"
    sorts = [sort.removesuffix(" desc") for sort in one.get("sorts", [])]
    fields = [*one["fields"], *one.get("pivots", []), *one.get("filters", {}), *one["listen"].values(), *sorts]
    for field in fields:
        if not _field_is_there(project, one["explore"], field):
            yield f"{board}.{one['name']}: there is no field {field}"
    yield from (f"{board}.{one['name']}: there is no filter {name}" for name in one["listen"] if name not in filters)


def _legacy(project):
    """What a source system names literally."""
    name = "analytics_netflix_current"
    fields = {"show_id", "type", "country", "release_year", "total_titles"}
    explore = project.explores.get(name, {})
    if project.connections.get(f"models/{name}.model.lkml") != "bigquery_connection":
        yield "the legacy model has another connection"
    if explore.get("label") != "Netflix Content Explore" or not fields <= {*project.fields(name)}:
        yield "the legacy explore has other names"
