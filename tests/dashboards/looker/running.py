"""The project's queries on the sample: metrics by dimensions as the registry has them, and its own data tests."""

import duckdb
import sqlglot

from tests.dashboards.looker.reading import Project
from tests.dashboards.looker.rendering import MACROS, Rendering, counted_keys, holds
from tests.helpers.matrix import questions

ERRORS = (duckdb.Error, sqlglot.ParseError, KeyError, ValueError, TypeError, RecursionError)
ENOUGH = 3  # sentences, after which nobody reads on
GRAINS = ("day", "week", "month", "quarter", "year")


class Runs:
    """Runs queries, each once: breakages change few of many."""

    def __init__(self, gold):
        self.gold, self.known, self.written = gold, {}, {}
        for macro in MACROS:
            gold.execute(macro)

    def asked(self, project, explore, fields, where=()):
        """The SQL of a query, written once for the same explore and views: breakages change few of them."""
        used = [project.views.get(view) for view in project.aliases(explore).values()]
        key = (repr((project.explores[explore], used)), tuple(fields), tuple(where))
        if key not in self.written:
            self.written[key] = Rendering(project, explore).sql(fields, where)
        return self.written[key]

    def rows(self, sql):
        if sql not in self.known:
            try:
                self.known[sql] = self.gold.execute(sql).fetchall()
            except duckdb.Error as error:
                self.known[sql] = error
        if isinstance(self.known[sql], duckdb.Error):
            raise self.known[sql]
        return self.known[sql]


def numbers_check(registry, gold, entities=None):
    """A check that asks every explore for every metric by every dimension and grain, and compares with the registry.

    With `entities` only their explores.
    """
    from dashboards.looker.omissions import dimensions_of, left_out
    from metrics.sql import statement

    absent, runs, expected = left_out(registry), Runs(gold), []
    for entity, queries in questions(registry).items():
        for query in queries if entities is None or entity in entities else ():
            metrics = tuple(name for name in query.metrics if name not in absent)
            if metrics and all(name in GRAINS or name in dimensions_of(registry, entity) for name in query.dimensions):
                asked = type(query)(metrics=metrics, dimensions=query.dimensions)
                if (
                    any(registry.measures[name].adds_up == "not time" for name in metrics)
                    and "month" not in query.dimensions
                ):
                    continue
                wanted = statement(registry, asked)
                rows = gold.execute(wanted.sql, dict(wanted.parameters)).fetchall()
                keys = [one.name for one in wanted.columns][: -len(metrics)]
                names = [f"{entity}.{_called(name)}" for name in keys]
                expected.append((entity, [*names, *(f"{entity}.{name}" for name in metrics)], len(names), rows))

    def check(files):
        try:
            project = Project(files)
        except ERRORS as error:
            return [repr(error)[:200]]
        wrong = []
        for entity, fields, keys, rows in expected:
            if len(wrong) >= ENOUGH:
                break
            try:
                mine = runs.rows(runs.asked(project, entity, fields))
            except ERRORS as error:
                wrong.append(f"{fields}: {str(error)[:200]}")
                continue
            if difference := _difference([row[: len(fields)] for row in mine], rows, keys):
                wrong.append(f"{fields}: {difference}")
        return wrong

    check.queries = len(expected)
    return check


def primary_keys_check(gold):
    """A check that no two rows of a view have one primary key: symmetric aggregates would count them as one."""
    runs = Runs(gold)

    def check(files):
        try:
            project = Project(files)
            return [
                f"{name}: {rows} rows have {keys} primary keys"
                for name, view in project.views.items()
                for rows, keys in runs.rows(counted_keys(view))
                if rows != keys
            ]
        except ERRORS as error:
            return [repr(error)[:200]]

    return check


def groups_check(registry, gold):
    """A check that groups of people have the numbers of the AI/BI dashboard's, whose small groups are put together."""
    from dashboards.data_sets.statements import data_set
    from dashboards.looker.groups import group_questions
    from tests.helpers.dashboard_sql import for_duckdb

    runs, expected = Runs(gold), {}
    for question in group_questions(registry):
        data = data_set(registry, [], question)
        fields = [f"{question.name}.{one.name}" for one in data.columns]
        keys = len([one for one in data.columns if one.kind == "dimension"])
        expected[question.name] = (fields, keys, gold.execute(for_duckdb(data.sql, {})).fetchall())

    def check(files):
        wrong = []
        for name, (fields, keys, rows) in expected.items():
            try:
                mine = runs.rows(runs.asked(Project(files), name, fields))
                if difference := _difference(mine, rows, keys):
                    wrong.append(f"{name}: {difference}")
            except ERRORS as error:
                wrong.append(f"{name}: {str(error)[:200]}")
        return wrong

    return check


def data_tests_check(gold):
    """A check that runs the project's data tests as Looker would: every row must pass every assertion."""
    runs = Runs(gold)

    def check(files):
        try:
            project = Project(files)
        except ERRORS as error:
            return [repr(error)[:200]]
        wrong = []
        for test in project.tests:
            if len(wrong) >= ENOUGH:
                break
            source = test["explore_source"]
            try:
                where = [
                    f"${{{key}}} {value}"
                    for group in source.get("filters__all", [])
                    for part in group
                    for key, value in part.items()
                ]
                sql = runs.asked(project, source["name"], [one["field"] for one in source["columns"]], where)
                for one in test["asserts"]:
                    passes = f"COUNT(*) FILTER ({holds(one['expression'])})"
                    ((rows, passed),) = runs.rows(f"SELECT COUNT(*), {passes} FROM ({sql})")
                    if passed < rows or not rows:
                        wrong.append(f"{test['name']}.{one['name']}: {passed} of {rows} rows pass")
            except ERRORS as error:
                wrong.append(f"{test['name']}: {str(error)[:200]}")
        return wrong

    return check


def _called(name):
    return f"day_{'date' if name == 'day' else name}" if name in GRAINS else name


def _difference(mine, theirs, keys):
    """Where the rows differ by more than rounding."""
    one, other = ({tuple(row[:keys]): row[keys:] for row in rows} for rows in (mine, theirs))
    if one.keys() != other.keys():
        return f"rows of {list(one.keys() ^ other.keys())[:3]} are in one only"
    for key, values in one.items():
        for left, right in zip(values, other[key], strict=True):
            if (left is None) != (right is None) or (left is not None and abs(float(left) - float(right)) > 0.000002):
                return f"{key}: {left} instead of {right}"
    return None
