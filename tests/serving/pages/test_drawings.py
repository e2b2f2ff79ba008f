"""Drawings of few numbers: what has no winner names none, counts are counts, and shares are of a whole group."""

from decimal import Decimal

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

import pyarrow as pa

from dashboards.pages.model import Panel
from metrics.query import Query
from metrics.registry import load_registry
from metrics.sql import statement
from serving.answers import Answer
from serving.locales import ENGLISH
from serving.pages.asking import Asked
from serving.pages.drawings import Artist

OTHER = "Other (fewer than 5)"


def drawing(kind, query, rows, **more):
    columns = statement(load_registry(), query).columns
    panel = Panel(name="p", kind=kind, title="Neutral", query=query, finding="Most: {first}", **more)
    cells = zip(columns, zip(*rows, strict=True), strict=True)
    table = pa.table({column.name: list(values) for column, values in cells})
    answer = Answer(tag="t", query=query, columns=columns, table=table, complete=True)
    return Artist(panel, Asked(query=query, answer=answer), ENGLISH).drawing()


@pytest.mark.parametrize("kind", ["bars", "table"])
@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([("France", 3.02), ("Germany", 2.98)], ""),
        ([("France", 0.0), ("Germany", 0.0)], ""),
        ([("France", 3.0)], ""),
        ([("France", 3.1), ("Germany", 3.0)], "France"),
    ],
    ids=["as good as a tie", "nothing", "one alone", "won"],
)
def test_only_who_has_more_than_the_second_wins(kind, rows, first):
    query = Query(metrics=("hours_viewed",), dimensions=("viewing_country",))
    assert drawing(kind, query, rows).first == first


def test_where_no_growth_is_known_counts_are_drawn_as_counts():
    metrics = ("title_growth", "titles_last_5_years", "titles_previous_5_years")
    query = Query(metrics=metrics, dimensions=("production_country",))
    [bar] = drawing("growth", query, [("France", None, 200, 0)]).bars
    assert (bar.text, bar.note) == ("200", "")
    known = drawing("growth", query, [("France", Decimal("1"), 200, 100)]).bars
    assert known[0].note == "200 against 100"


def test_shares_are_of_groups_that_have_all_their_parts():
    query = Query(metrics=("hours_viewed",), dimensions=("age_band", "type"))
    split = [("18-24", "Movie", 4.0), ("25-34", "Movie", 3.0), ("25-34", "TV Show", 1.0), (OTHER, "TV Show", 2.0)]
    drawn = drawing("parts", query, split)
    assert [(name, [part.text for part in parts]) for name, parts in drawn.parts] == [
        ("25-34", ["75\u202f%", "25\u202f%"])
    ]
    assert "left out" in drawn.left_out
    whole = drawing("parts", query, split[:3])
    assert len(whole.parts) == 2 and not whole.left_out


def test_unknown_is_drawn_where_it_is_most():
    query = Query(metrics=("hours_viewed",), dimensions=("viewing_country",))
    drawn = [drawing("bars", query, [("France", 3.0), ("Unknown", hours)]).bars for hours in (2.9, 3.1)]
    assert [[bar.label for bar in bars] for bars in drawn] == [["France"], ["France", "Unknown"]]
