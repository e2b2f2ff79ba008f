"""What the statements of data sets give: their columns over empty tables, their numbers over the sample's."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import sqlglot

from tests.dashboards.ai_bi.structure import PATH
from tests.helpers.dashboard_sql import for_duckdb

PERSONAL = "Other (fewer than 5)"
FIRST, LAST = date(2019, 12, 1), date(2019, 12, 3)
"""A period of the sample, before which it has days, too."""
TRANSLATED = {}
CHOSEN = {
    "type": ["Movie"],
    "viewing_country": ["United States", "India", "United Kingdom"],
    "device": ["mobile", "smart tv", "tv"],
    "plan": ["Basic"],
    "event_type": ["PAUSE"],
    "genre": ["Comedies", "Dramas", "Documentaries", "International Movies"],
    "production_country": ["India", "United States"],
    "viewing_region": ["Americas"],
}


def data_sets(files):
    """The statements by name; none where the file can't be read."""
    try:
        content = json.loads(files[PATH])
    except (KeyError, ValueError):
        return {}
    return {one["name"]: ("".join(one["queryLines"]), one.get("parameters", [])) for one in content["datasets"]}


class Runs:
    """Runs statements for Databricks on DuckDB, each once: breakages change one of many."""

    def __init__(self, gold, views):
        self.gold, self.views, self.known = gold, views, {}

    def run(self, sql, chosen=None):
        """Columns and rows, or the sentence of what is wrong."""
        key = (sql, repr(chosen))
        if key not in self.known:
            self.known[key] = self._run(sql, chosen)
        return self.known[key]

    def _run(self, sql, chosen):
        try:
            result = self.gold.execute(self._translated(sql, chosen))
            return {column[0] for column in result.description}, result.fetchall(), None
        except (duckdb.Error, sqlglot.ParseError, KeyError, ValueError) as error:
            return set(), [], str(error)[:200]

    def _translated(self, sql, chosen):
        """The statement for DuckDB; several checks ask for the same."""
        key = (sql, repr(chosen or {}))
        if key not in TRANSLATED:
            TRANSLATED[key] = for_duckdb(sql, self.views, chosen)
        return TRANSLATED[key]


def columns_check(gold, views):
    """A check that runs every statement over tables without rows, and compares its columns with what widgets ask."""

    runs = Runs(gold, views)

    def check(files):
        found = data_sets(files)
        if not found:
            return ["there are no statements"]
        return [*_columns(json.loads(files[PATH]), found)]

    def _columns(content, found):
        asked = {}
        for one in (one for page in content["pages"] for one in page["layout"]):
            for query in (query["query"] for query in one["widget"].get("queries", [])):
                asked.setdefault(query["datasetName"], set()).update(field["name"] for field in query.get("fields", []))
        for name, (sql, _) in found.items():
            columns, _, sentence = runs.run(sql)
            if sentence:
                yield f"{name}: {sentence}"
                continue
            if missing := asked.get(name, set()) - columns:
                yield f"{name}: has no column {sorted(missing)}"

    return check


def numbers_check(registry, views, questions, gold):
    """A check that compares each data set's rows with the registry's answer, unfiltered and with filters."""
    from metrics.query import Filter

    expected, runs = {}, Runs(gold, views)
    for question in questions:
        filters = [Filter(name, "in", tuple(CHOSEN[name])) for name in question.filters if name in CHOSEN]
        period = {"period.min": FIRST.isoformat(), "period.max": LAST.isoformat()} if question.in_period else {}
        time = [Filter("day", "between", (FIRST, LAST))] if period else []
        chosen = {one.dimension: list(one.values) for one in filters} | period
        expected[question.name] = [
            ({}, _answer(registry, gold, question, ())),
            (chosen, _answer(registry, gold, question, (*filters, *time))),
        ]

    def check(files):
        found = data_sets(files)
        wrong = [f"there is no data set {name}" for name in expected.keys() - found.keys()]
        for name in expected.keys() & found.keys():
            for chosen, rows in expected[name]:
                _, mine, sentence = runs.run(found[name][0], chosen)
                if sentence is not None:
                    wrong.append(f"{name}: {sentence}")
                    break
                if (difference := _difference(mine, rows)) is not None:
                    wrong.append(f"{name} {chosen}: {difference}")
                    break
        return wrong

    return check


def _answer(registry, gold, question, where):
    """The rows that the registry has; small groups of people are put together here in Python."""
    from metrics.sql import statement

    query = replace(question.query, where=(*question.query.where, *where), compare=None)
    if question.query.compare and where:  # The registry compares what ends with a day, not a range of days.
        where = tuple(one for one in where if one.dimension != "day")
        query = replace(question.query, where=where, last=f"{(LAST - FIRST).days + 1}d", until=LAST)
    metrics = query.metrics
    if question.people:
        query = replace(query, metrics=(question.people, *(name for name in metrics if name != question.people)))
    wanted = statement(registry, query)
    rows = gold.execute(wanted.sql, dict(wanted.parameters)).fetchall()
    if question.people:
        rows = _together(registry, wanted, rows, metrics)
    return rows[: question.rows]


def _together(registry, wanted, rows, metrics):
    names = [one.name for one in wanted.columns]
    keys = [n for n, one in enumerate(wanted.columns) if one.kind != "metric"]
    personal = {n for n in keys if registry.dimensions[wanted.columns[n].source].personal}
    people = next(n for n, one in enumerate(wanted.columns) if one.kind == "metric")
    cells = {}
    for row in rows:
        cells.setdefault(tuple(row[n] for n in keys if n not in personal), []).append(row)
    found = {}
    for members in cells.values():
        small = 0
        for row in sorted(members, key=lambda row: (row[people], *(row[n] for n in keys if n in personal))):
            is_small = row[people] < 5 or 0 < small < 5
            small += row[people] if is_small else 0
            key = tuple(PERSONAL if n in personal and is_small else row[n] for n in keys)
            values = [row[names.index(metric)] for metric in metrics]
            before = found.get(key, [None] * len(metrics))
            found[key] = [
                one if other is None else other if one is None else one + other
                for one, other in zip(values, before, strict=True)
            ]
    return [(*key, *values) for key, values in found.items()]


def _difference(mine, theirs):
    """Where the rows differ; columns that the registry's answer lacks (of the period before) aren't compared."""
    width = len(theirs[0]) if theirs else None
    one = sorted(repr(tuple(_plain(value) for value in row[:width])) for row in mine)
    other = sorted(repr(tuple(_plain(value) for value in row)) for row in theirs)
    if one == other:
        return None
    return f"{[row for row in one if row not in other][:2]} instead of {[row for row in other if row not in one][:2]}"


def _plain(value):
    if isinstance(value, float):  # a change, which is divided without decimals
        return Decimal(str(round(value, 6))).normalize()
    return value.normalize() if isinstance(value, Decimal) else value
