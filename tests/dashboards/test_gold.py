"""Gold's tables as its page has them are those that are specified."""

import pytest

from tests.gold.conftest import TABLES

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from dashboards.gold import gold_tables


def test_the_page_has_the_specifications():
    read = gold_tables()
    assert {*read} >= {*TABLES}
    for name, table in TABLES.items():
        columns = {column.name: (column.type, column.comment) for column in table.columns}
        assert {column.name: (column.type, column.meaning) for column in read[name].columns.values()} == columns
        assert read[name].primary_key == table.primary_key
        parents = {column.name: column.parent for column in read[name].columns.values() if column.parent}
        assert parents == dict(table.foreign_keys)
