"""docs/metrics.md defines each measure as its column's comment does."""

import pytest

from tests.conftest import ROOT
from tests.gold.conftest import TABLES

MEASURED = (
    *("kpi_subscribers", "kpi_monthly", "kpi_top", "kpi_plan_device", "kpi_cohort_retention"),
    *("kpi_genre_completion", "kpi_catalogue_depth"),
)
LINES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "metrics.md").read_text().splitlines()
    if line.startswith("| ") and "." in line.split("|")[1]
]


def test_every_measure_of_viewing_and_of_subscribers_is_defined():
    defined = {line[0].split(".")[1] for line in LINES}
    kpis = [table for name, table in TABLES.items() if name.startswith(MEASURED)]
    measures = {it.name for table in kpis for it in table.columns if it.type.startswith(("BIGINT", "DECIMAL"))}
    assert measures - {"title_key"} <= defined


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_metric_is_what_its_columns_comment_says(line):
    table, column = line[0].split(".")
    (comment,) = [it.comment for it in TABLES[table].columns if it.name == column]
    assert line[1] == comment
    assert all(line)
