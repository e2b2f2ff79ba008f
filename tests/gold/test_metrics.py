"""docs/metrics.md has a line for each measure of the KPIs, which says what the column's comment says."""

import re

import pytest

from tests.conftest import ROOT
from tests.gold.conftest import TABLES

METRICS = (ROOT / "docs" / "metrics.md").read_text()
MEASURES = [
    (table.name, column.name)
    for table in TABLES.values()
    for column in table.columns
    if table.name.startswith("kpi_")
    if column.type.startswith(("BIGINT", "DECIMAL")) and not column.name.endswith("_key")
]


def lines_of(text):
    """The lines of measures, cell by cell, each with its table: those below a heading that names tables."""
    lines = {}
    for section in re.split(r"^### ", text, flags=re.M)[1:]:
        heading, _, body = section.partition("\n")
        rows = [[cell.strip() for cell in row.split("|")] for row in re.findall(r"^\| (.*) \|$", body, re.M)[1:]]
        lines |= {(table, row[0]): row for table in heading.split(", ") for row in rows}
    return lines


LINES = lines_of(METRICS)


def undefined(measures, lines):
    """A sentence for each measure without a line."""
    return [
        f"{table}.{column} has no line in docs/metrics.md: add it to {table} in metrics/definitions/*_tables.yml, with "
        "its meaning (the column's comment), how it is computed, and over what it adds up. "
        "./lakehouse generate metrics writes the line."
        for table, column in measures
        if (table, column) not in lines
    ]


def test_every_measure_of_a_kpi_has_a_line():
    missing = undefined(MEASURES, LINES)
    assert not missing, "\n".join(missing)


def test_a_measure_without_a_line_is_named_with_where_the_line_goes():
    (sentence,) = undefined([("kpi_genre", "titles"), ("kpi_new", "titles")], LINES)
    assert sentence.startswith(
        "kpi_new.titles has no line in docs/metrics.md: add it to kpi_new in metrics/definitions/"
    )


@pytest.mark.parametrize(("table", "column"), LINES, ids=".".join)
def test_a_line_says_what_the_columns_comment_says(table, column):
    (comment,) = [it.comment for it in TABLES[table].columns if it.name == column]
    line = LINES[table, column]
    assert line[1] == comment
    assert len(line) == 4 and all(line)
