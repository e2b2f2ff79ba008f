"""A strict reader of the workbook and its data sources, down to gold's columns."""

import re
from functools import cache
from xml.etree import ElementTree

import duckdb
import sqlglot

FOLDER = "generated/tableau/"
BOOK = f"{FOLDER}lakehouse.twb"
PAGES = ["Overview", "Catalogue", "Growth", "Viewing", "Audience and revenue", "Taste and regions"]
UUID = re.compile(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")
PILL = re.compile(r"\[(federated\.[a-z0-9]{28})\]\.(\[[^\]]+\])")
FUNCTIONS = {"COUNT", "COUNTD", "SUM", "AVG", "IIF"}
TYPES = {"VARCHAR": "string", "DATE": "date"}
SPECIAL = {"[:Measure Names]", "[Multiple Values]"}
PERSONAL = {"age_band", "gender", "residence_country", "residence_region"}
FORMS = (
    r"COUNT\(\[\w+_value\]\)",
    r"COUNTD\(\[\w+_value\]\)",
    r"AVG\(\[\w+_value\]\)( / \d+)?",
    r"SUM\(\[\w+_value\]\)",
    r"IIF\(COUNT\(\[\w+_rows\]\) = 0, 0, SUM\(\[\w+_value\]\)( / \d+)?\)",
    r"IIF\(\[(\w+)\] = 0, NULL, \[\w+\] / \[\1\]\)",
    r"IIF\(\[(\w+)\] = 0, NULL, \(\[\w+\] - \[\1\]\) / \[\1\]\)",
    r"\[\w+\] - \[\w+\]",
)
SHEET = ["layout-options", "table", "simple-id"]
TABLE = ["view", "style", "panes", "rows", "cols"]


def reading_check(gold):
    """A check that reads everything; `gold` is a connection with gold's tables, for the columns of the SQL."""
    known = {}

    def columns_of(sql):
        if sql not in known:
            try:
                known[sql] = {name: kind for name, kind, *_ in gold.execute(f"DESCRIBE {for_duckdb(sql)}").fetchall()}
            except (duckdb.Error, sqlglot.ParseError) as error:
                known[sql] = str(error)[:200]
        return known[sql]

    def check(files):
        try:
            trees = {path: parsed(path, text) for path, text in files.items()}
        except (ElementTree.ParseError, ValueError) as error:
            return [str(error)]
        if BOOK not in trees:
            return ["there is no workbook"]
        return list(_Reader(trees, columns_of).problems())

    return check


@cache
def parsed(path, text):
    """The root of a file, read once. Raises ValueError for a file that begins with something else."""
    if not text.startswith("<?xml version='1.0' encoding='utf-8' ?>\n"):
        raise ValueError(f"{path}: begins with something else")
    return ElementTree.fromstring(text)


class _Reader:
    def __init__(self, trees, columns_of):
        self.trees, self.columns_of = trees, columns_of
        self.book = trees[BOOK]
        self.sources = {one.get("name"): one for one in self.book.find("datasources")}
        self.fields = {
            name: {one.get("name"): one for one in source.findall("column")} for name, source in self.sources.items()
        }
        self.sheets = [one.get("name") for one in self.book.find("worksheets")]

    def problems(self):
        files = {f"{FOLDER}{name}.tds" for name in map(_key, self.sources.values())}
        if files != {*self.trees} - {BOOK}:
            yield f"data sources and their files differ: {sorted(files ^ ({*self.trees} - {BOOK}))[:2]}"
        for name, source in self.sources.items():
            yield from self._source(name, source)
        for sheet in self.book.find("worksheets"):
            yield from self._sheet(sheet)
        yield from self._dashboards()
        yield from self._windows()
        ids = [one.get("uuid") for one in self.book.iter("simple-id")]
        if len(ids) != len({*ids}) or not all(map(UUID.fullmatch, ids)):
            yield "an id is no UUID, or is there twice"

    def _source(self, name, source):
        own = self.trees.get(f"{FOLDER}{_key(source)}.tds")
        if own is not None and [*map(_content, own)] != [*map(_content, source)]:
            yield f"{name}: differs from its file"
        connection = source.find("connection")
        (named,) = connection.find("named-connections")
        (inner,) = named
        if (connection.get("class"), inner.get("class")) != ("federated", "databricks"):
            yield f"{name}: isn't a federated connection to Databricks"
        relations = [connection.find("relation"), *source.find("object-graph").iter("relation")]
        if any(one.get("connection") != named.get("name") for one in relations):
            yield f"{name}: a relation has another connection"
        if len({one.text for one in relations}) != 1:
            yield f"{name}: its relations differ"
        yield from self._columns(name, source, relations[0].text)
        yield from self._formulas(name)

    def _columns(self, name, source, sql):
        if "<" in sql or ">" in sql:
            yield f"{name}: its SQL has a sign that marks parameters"
        columns = self.columns_of(sql)
        if isinstance(columns, str):
            yield f"{name}: {columns}"
            return
        records = {one.findtext("remote-name"): one.findtext("local-type") for one in source.iter("metadata-record")}
        kinds = {column: TYPES.get(kind, "number") for column, kind in columns.items()}
        told = {one: "number" if kind in ("integer", "real") else kind for one, kind in records.items()}
        if kinds != told:
            yield f"{name}: its SQL has {sorted(set(kinds.items()) ^ set(told.items()))[:3]} otherwise"
        fields = self.fields[name].items()
        plain = {key.strip("[]"): one.get("datatype") for key, one in fields if one.find("calculation") is None}
        if plain != records:
            yield f"{name}: columns and SQL differ: {sorted({*plain.items()} ^ {*records.items()})[:3]}"
        if PERSONAL & {*columns} and not re.match("(audience|taste)_", _key(source)):
            yield f"{name}: has {sorted(PERSONAL & {*columns})}"

    def _formulas(self, name):
        for field, one in self.fields[name].items():
            calculation = one.find("calculation")
            if calculation is None:
                continue
            formula = calculation.get("formula")
            if not any(re.fullmatch(form, formula) for form in FORMS):
                yield f"{name}{field}: {formula} is no closed form"
            if strangers := {*re.findall(r"\[[^\]]+\]", formula)} - {*self.fields[name]}:
                yield f"{name}{field}: there is no field {sorted(strangers)}"
            if strangers := {*re.findall(r"([A-Z_]+)\(", formula)} - FUNCTIONS:
                yield f"{name}{field}: there is no function {sorted(strangers)}"

    def _sheet(self, sheet):
        name, table = sheet.get("name"), sheet.find("table")
        if [one.tag for one in sheet] != SHEET or [one.tag for one in table] != TABLE:
            yield f"{name}: its parts are {[one.tag for one in table]}"
            return
        (source,) = [one.get("name") for one in table.find("view/datasources")]
        if source not in self.sources:
            yield f"{name}: there is no data source {source}"
            return
        dependencies = table.find("view/datasource-dependencies")
        columns = {one.get("name"): one for one in dependencies.findall("column")}
        instances = {one.get("name"): one.get("column") for one in dependencies.findall("column-instance")}
        for key, one in columns.items():
            known = self.fields[source].get(key)
            if known is None or known.attrib != one.attrib:
                yield f"{name}: the field {key} is another in the data source"
        yield from (f"{name}: there is no field {column}" for column in instances.values() if column not in columns)
        pills = PILL.findall(ElementTree.tostring(table, encoding="unicode"))
        for owner, pill in pills:
            if owner != source or (pill not in instances and pill not in SPECIAL):
                yield f"{name}: the pill {pill} isn't declared"
        used = {pill for _, pill in pills}
        yield from (f"{name}: {instance} isn't used" for instance in instances if instance not in used)

    def _dashboards(self):
        placed = []
        boards = list(self.book.find("dashboards"))
        if [one.get("name") for one in boards] != PAGES:
            yield f"the dashboards are {[one.get('name') for one in boards]}"
        for board in boards:
            (whole,) = board.find("zones")
            zones = list(whole)
            names = [zone.get("name") for zone in zones]
            placed += names
            ids = [zone.get("id") for zone in [whole, *zones]]
            if len(ids) != len({*ids}):
                yield f"{board.get('name')}: two zones have one id"
            for number, zone in enumerate(zones):
                if any(_overlap(_box(zone), _box(other)) for other in zones[:number]):
                    yield f"{board.get('name')}: {zone.get('name')} is over another"
        if sorted(placed) != sorted(self.sheets) or len(placed) != len({*placed}):
            yield f"worksheets and zones differ: {sorted({*placed} ^ {*self.sheets})[:2]}"

    def _windows(self):
        windows = list(self.book.find("windows"))
        sheets = [one.get("name") for one in windows if one.get("class") == "worksheet"]
        boards = [one for one in windows if one.get("class") == "dashboard"]
        if sorted(sheets) != sorted(self.sheets) or [one.get("name") for one in boards] != PAGES:
            yield f"windows are of others: {sorted({*sheets} ^ {*self.sheets})[:2]}"
        for board, window in zip(self.book.find("dashboards"), boards, strict=False):
            zones = {zone.get("name") for zone in board.find("zones").iter("zone")} - {None}
            if zones != {one.get("name") for one in window.find("viewpoints")}:
                yield f"{window.get('name')}: its window shows others"


def _content(element):
    """An element without the blanks between its parts."""
    return element.tag, element.attrib, (element.text or "").strip(), [*map(_content, element)]


def _key(source):
    """What a data source is made from: its object's id without the hash."""
    return source.find("object-graph/objects/object").get("id").rpartition("_")[0]


def _box(zone):
    x, y, width, height = (int(zone.get(name)) for name in "xywh")
    return x, y, x + width, y + height


def _overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def for_duckdb(sql):
    """A data source's SQL, whose names have no schema, for DuckDB."""
    tree = sqlglot.parse_one(sql, dialect="databricks")
    ctes = {cte.alias for cte in tree.find_all(sqlglot.exp.CTE)}
    for table in tree.find_all(sqlglot.exp.Table):
        if table.name not in ctes:
            table.set("db", sqlglot.exp.to_identifier("gold"))

    def wide(node):
        if isinstance(node, sqlglot.exp.DataType) and node.sql("databricks") == "DECIMAL(38, 0)":
            return sqlglot.exp.DataType.build("INT128")
        return node

    return tree.transform(wide).sql(dialect="duckdb")
