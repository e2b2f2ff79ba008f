"""Gold's rules let unknown values pass, and a row that they drop needs attention."""

import re

import pytest
from pyspark.sql import functions as F

from common.rules import holds
from local_runtime.inspection.status import inspect
from local_runtime.state.roles import DROPS_ROWS, NEVER
from tests.end_to_end.conftest import load_sample
from tests.gold.conftest import TABLES

# By table the columns whose comments say when the value is null.
UNKNOWN = {
    name: [column.name for column in table.columns if re.search(r"\bnull\b", column.comment)]
    for name, table in TABLES.items()
}


@pytest.fixture
def gold(beginnings):
    """A place where the sample was loaded."""
    return beginnings.after(load_sample)


def test_an_unknown_value_breaks_no_rule(gold):
    for name, columns in {name: columns for name, columns in UNKNOWN.items() if columns}.items():
        rows = gold.session.read.format("delta").load(str(gold.lake.path(f"gold.{name}")))
        types = {column.name: column.type for column in TABLES[name].columns}
        unknown = rows.withColumns({column: F.lit(None).cast(types[column]) for column in columns})
        broken = {rule: unknown.filter(~holds(condition)).count() for rule, condition in TABLES[name].rules.items()}
        assert broken == dict.fromkeys(broken, 0), name
        assert rows.count() > 0, name


def test_gold_drops_nothing_of_the_sample(gold):
    state = inspect(gold.lake)
    declared = {name: gold.lake.log(name).snapshot() for name in gold.lake.tables()}
    never = {name for name, it in declared.items() if it.metadata.get("configuration", {}).get(DROPS_ROWS) == NEVER}
    assert never == {f"gold.{name}" for name in TABLES}
    assert [
        it for table in state.tables for it in table.expectations if it.action == "DROP" and it.failed_records
    ] == []
    assert state.healthy, state.problems
