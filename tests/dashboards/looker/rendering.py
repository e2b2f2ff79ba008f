"""What a query of an explore means, as SQL for DuckDB: the part of Looker that our LookML uses, and no more.

Tables are joined where a field that is asked for, or a join that is needed, refers to them. A measure of a view whose
rows a join multiplies is a symmetric aggregate: each row counts once, by its primary key.
"""

import re
from functools import cache

import sqlglot
from sqlglot import exp

REFERENCE = re.compile(r"\$\{([^}]+)\}")
CONDITION = re.compile(r"\{% if (.+?) %\}(.*?)\{% endif %\}")
MACROS = (
    "CREATE OR REPLACE MACRO each_sum(key, value) AS "
    "list_sum(list_transform(list_distinct(list(struct_pack(k := key, v := value))), lambda row: row.v))",
    "CREATE OR REPLACE MACRO each_average(key, value) AS "
    "list_avg(list_transform(list_distinct(list(struct_pack(k := key, v := value))), lambda row: row.v))",
)


class Rendering:
    """One query of an explore."""

    def __init__(self, project, explore):
        self.project, self.name = project, explore
        self.explore, self.aliases = project.explores[explore], project.aliases(explore)
        self.used = {explore}

    def sql(self, fields, where=()):
        """The SQL of a query: dimensions and measures, in any order; `where` are conditions of references."""
        needed = [f"{self.name}.{name}" for name in self._required(fields)]
        self.fields = list(dict.fromkeys([*fields, *(one for one in needed if one not in fields)]))
        self.asked = {*self.fields, *(one for condition in where for one in REFERENCE.findall(condition))}
        self._use(where)
        columns, keys = [], []
        for number, field in enumerate(self.fields, 1):
            columns.append(f"{self._field(field)} AS `{field}`")
            keys += [str(number)] if not self._is_measure(field) else []
        conditions = [self._text(self.name, one) for one in [self.explore.get("sql_always_where"), *where] if one]
        text = f"SELECT {', '.join(columns)} FROM {self._source(self.name)} AS {self.name} {self._joins()}"
        text += f" WHERE {' AND '.join(f'({one})' for one in conditions)}" if conditions else ""
        text += f" GROUP BY {', '.join(keys)}" if keys else ""
        return _for_duckdb(text.replace("@{SCHEMA}", "gold"))

    def _required(self, fields):
        for field in fields:
            alias, _, name = field.partition(".")
            yield from self.project.fields(self.aliases[alias])[name].get("required_fields", [])

    def _use(self, where):
        """Finds all tables that the query needs."""
        for field in self.fields:
            self._field(field)
        for condition in [*where, self.explore.get("sql_always_where", "")]:
            self._text(self.name, condition)
        for _ in self.explore.get("joins", []):
            for join in self.explore.get("joins", []):
                if join["name"] in self.used:
                    self._text(self.name, join["sql_on"])

    def _joins(self):
        kinds = {"inner": "INNER JOIN", "left_outer": "LEFT JOIN"}
        joined = [join for join in self.explore.get("joins", []) if join["name"] in self.used]
        return " ".join(
            f"{kinds[join['type']]} {self._source(join['name'])} AS {join['name']} "
            f"ON {self._text(self.name, join['sql_on'])}"
            for join in joined
        )

    def _source(self, alias):
        view = self.project.views[self.aliases[alias]]
        return view["sql_table_name"] if "sql_table_name" in view else f"({view['derived_table']['sql']})"

    def _is_measure(self, field):
        alias, _, name = field.partition(".")
        measures = self.project.views[self.aliases[alias]].get("measures", [])
        return name in {one["name"] for one in measures}

    def _field(self, reference):
        alias, _, name = reference.rpartition(".")
        alias = alias or self.name
        self.used.add(alias)
        field = self.project.fields(self.aliases[alias])[name]
        if self._is_measure(f"{alias}.{name}"):
            return self._measure(alias, field)
        text = self._text(alias, field["sql"])
        if field["type"] == "time" and name.rpartition("_")[2] in ("week", "month", "quarter", "year"):
            return f"CAST(DATE_TRUNC('{name.rpartition('_')[2]}', {text}) AS DATE)"
        return f"({text})"

    def _measure(self, alias, field):
        if field["type"] == "number":
            return f"({self._text(alias, field['sql'])})"
        flags = [key for group in field.get("filters__all", []) for part in group for key in part]
        passes = " AND ".join(self._field(f"{alias}.{flag}") for flag in flags)
        key = self._field(f"{alias}.primary_key")
        value = self._text(alias, field["sql"]) if "sql" in field else "1"
        if passes:
            key, value = f"CASE WHEN {passes} THEN {key} END", f"CASE WHEN {passes} THEN {value} END"
        if field["type"] == "count_distinct":
            return f"COUNT(DISTINCT {value})"
        is_multiplied = any(one.endswith("_pairs") and self._multiplies(one) for one in self.used)
        if field["type"] == "count":
            return f"COUNT(DISTINCT {key})" if is_multiplied else f"COUNT({value})"
        if is_multiplied:
            return f"each_{field['type']}({key}, {value})"
        return f"{'AVG' if field['type'] == 'average' else 'SUM'}({value})"

    def _multiplies(self, alias):
        (join,) = [one for one in self.explore["joins"] if one["name"] == alias]
        return join["relationship"] == "one_to_many"

    def _text(self, alias, text):
        text = CONDITION.sub(lambda found: found[2] if self._holds(found[1]) else "", text)

        def put(found):
            reference = found[1]
            if reference == "TABLE":
                return alias
            return self._field(reference if "." in reference else f"{alias}.{reference}")

        return REFERENCE.sub(put, text)

    def _holds(self, condition):
        return any(one.removesuffix("._in_query") in self.asked for one in condition.split(" or "))


def counted_keys(view):
    """The SQL of how many rows a view has, and how many primary keys; none known counts as one."""
    (key,) = [one["sql"] for one in view["dimensions"] if one.get("primary_key") == "yes"]
    source = view.get("sql_table_name") or f"({view['derived_table']['sql']})"
    text = f"COALESCE(CAST({key.replace('${TABLE}', 't')} AS STRING), '~')"
    sql = f"SELECT COUNT(*), COUNT(DISTINCT {text}) FROM {source} AS t"
    return _for_duckdb(re.sub(r"@\{\w+\}", "gold", sql))


@cache
def _for_duckdb(text):
    tree = sqlglot.parse_one(text, dialect="databricks")

    def wide(node):
        if isinstance(node, exp.DataType) and node.sql("databricks") == "DECIMAL(38, 0)":
            return exp.DataType.build("INT128")
        return node

    return tree.transform(wide).sql(dialect="duckdb")


def holds(expression):
    """An assertion as a condition of SQL, over columns that are called as the fields."""
    text = re.sub(r"is_null\(\$\{([^}]+)\}\)", r'("\1" IS NULL)', expression)
    return REFERENCE.sub(lambda found: f'"{found[1]}"', text)
