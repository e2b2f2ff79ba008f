"""The calculated fields by every dimension, as SQL over the data sources' own, compared with the registry's answers."""

import re
from xml.etree import ElementTree

import duckdb
import sqlglot

from tests.dashboards.looker.running import _difference
from tests.dashboards.tableau.reading import BOOK, _key, for_duckdb, parsed

ENOUGH = 3


def numbers_check(registry, gold):
    """A check of each calculated field, alone and by each dimension, and of the groups of people."""
    from metrics.query import Query
    from metrics.sql import statement

    answers, results = {}, {}

    def expected(metrics, dimension):
        key = (metrics, dimension)
        if key not in answers:
            query = Query(metrics=metrics, dimensions=(dimension,) if dimension else ())
            wanted = statement(registry, query)
            answers[key] = (
                [one.name for one in wanted.columns],
                gold.execute(wanted.sql, dict(wanted.parameters)).fetchall(),
            )
        return answers[key]

    def rows(sql):
        if sql not in results:
            try:
                results[sql] = gold.execute(sql).fetchall()
            except duckdb.Error as error:
                results[sql] = error
        if isinstance(results[sql], duckdb.Error):
            raise results[sql]
        return results[sql]

    def check(files):
        try:
            book = parsed(BOOK, files[BOOK])
        except (KeyError, ValueError, ElementTree.ParseError) as error:
            return [repr(error)]
        wrong = []
        for source in book.find("datasources"):
            if not _key(source).startswith("metrics_"):
                continue
            try:
                wrong += _source_problems(registry, source, rows, expected)
            except (duckdb.Error, sqlglot.ParseError, KeyError, RecursionError) as error:
                wrong.append(f"{_key(source)}: {str(error)[:200]}")
            if len(wrong) >= ENOUGH:
                break
        return wrong

    return check


def _source_problems(registry, source, rows, expected):
    fields = {one.get("name").strip("[]"): one for one in source.findall("column")}
    formulas = {
        name: one.find("calculation").get("formula")
        for name, one in fields.items()
        if one.find("calculation") is not None
    }
    dimensions = [name for name, one in fields.items() if name in registry.dimensions]
    plain = "_by_" not in _key(source)
    behind = [name for name in dimensions if _has_bridge(registry, formulas, name)]
    for dimension in [*([None] if plain else []), *(dimensions if plain else behind)]:
        metrics = tuple(name for name in formulas if name in registry.metrics and _fits(registry, name, dimension))
        if not metrics:
            continue
        names, theirs = expected(metrics, dimension)
        keys = names[: -len(metrics)]
        columns = [*(f'"{key}"' for key in keys), *(as_sql(formulas, formulas[name]) for name in metrics)]
        grouped = f" GROUP BY {', '.join(str(n + 1) for n in range(len(keys)))}" if keys else ""
        mine = rows(f"SELECT {', '.join(columns)} FROM ({_sql(source)}) AS rows{grouped}")
        if difference := _difference(mine, theirs, len(keys)):
            yield f"{_key(source)} by {dimension}: {difference}"


SQLS = {}


def _sql(source):
    text = source.find("connection/relation").text
    if text not in SQLS:
        SQLS[text] = for_duckdb(text)
    return SQLS[text]


def _has_bridge(registry, formulas, name):
    entity = registry.own_entity(next(iter(formulas)))
    return registry.has_bridge(entity, registry.dimensions_of_entity(entity)[name])


def _fits(registry, name, dimension):
    if any(need != dimension for need in registry.needs_of(name)):
        return False
    if dimension is None:
        return True
    counts = any(registry.measures[base].count_members for base in registry.base_measures(name))
    return dimension in registry.dimensions_of(name) and not counts


def as_sql(formulas, text):
    """A formula of the closed language as SQL; the fields that it names are written out."""
    text = re.sub(r"COUNTD\(([^)]+)\)", r"COUNT(DISTINCT \1)", text)
    text = re.sub(r"\[(\w+)\]", lambda found: _named(formulas, found[1]), text)
    while found := re.search(r"IIF\(", text):
        start, depth, parts, place = found.end(), 1, [], found.end()
        while depth:
            sign = text[place]
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if depth == 0 or (sign == "," and depth == 1):
                parts.append(text[start:place])
                start = place + 1
            place += 1
        condition, then, otherwise = parts
        text = f"{text[: found.start()]}CASE WHEN {condition} THEN {then} ELSE {otherwise} END{text[place:]}"
    return text


def _named(formulas, name):
    return f"({as_sql(formulas, formulas[name])})" if name in formulas else f'"{name}"'


def groups_check(registry, gold):
    """A check that the groups of people are those of the AI/BI dashboard, whose small ones are put together."""
    from dashboards.data_sets.statements import data_set
    from dashboards.looker.groups import group_questions
    from tests.helpers.dashboard_sql import for_duckdb as plain

    expected = {}
    for question in group_questions(registry):
        data = data_set(registry, [], question)
        expected[question.name] = sorted(map(repr, gold.execute(plain(data.sql, {})).fetchall()))

    def check(files):
        wrong = []
        for name, rows in expected.items():
            try:
                path = f"generated/tableau/{name}.tds"
                source = parsed(path, files[path])
                mine = sorted(map(repr, gold.execute(_sql(source)).fetchall()))
                wrong += [f"{name}: has other rows"] if mine != rows else []
            except (duckdb.Error, sqlglot.ParseError, ElementTree.ParseError, KeyError) as error:
                wrong.append(f"{name}: {str(error)[:200]}")
        return wrong

    return check
