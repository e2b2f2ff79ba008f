import re

import pytest

from tests.conftest import ROOT
from tests.gold.conftest import TABLES

DICTIONARY = (ROOT / "docs" / "data-dictionary.md").read_text()


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_data_dictionary_names_every_table_and_its_columns(table):
    line = next((line for line in DICTIONARY.splitlines() if re.match(rf"\|[^|]*\b{table.name}\b", line)), "")
    assert [column for column in table.column_names if not re.search(rf"\b{column}\b", line)] == []
