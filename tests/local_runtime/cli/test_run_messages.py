"""What a run says of a release."""

from types import SimpleNamespace

import pytest

from local_runtime.cli import run_messages, run_table
from local_runtime.cli.run_messages import release_messages, unapplied_message
from local_runtime.inspection.releases import note_on_mixed_order
from local_runtime.update.results import Outcome

RELEASE = {
    **{"release": "t/a.csv", "file_name": "a.csv", "verdict": "applied", "problem": None, "ordered_by": "name"},
    **{"missing_columns": [], "leftover_headers": [], "undecided_date": None, "rows": 1000, "quarantined_rows": 0},
    **{"failures": [], "unreadable": []},
}


def said(**changes):
    return list(release_messages({**RELEASE, **changes}, " --lake my"))


def test_a_release_without_anything_to_look_at_is_not_mentioned():
    assert said() == []


@pytest.mark.parametrize(("rows", "is_named"), [(9, False), (10, True)])
def test_a_release_is_named_from_one_row_in_a_hundred_on_with_rule_count_and_value(rows, is_named):
    rule = {"rule": "valid_type", "rows": rows, "example": "Drama"}
    left_out = f't/a.csv: {rows} of its 1,000 rows are left out. valid_type: {rows} rows, e.g. "Drama".'
    unknown = f't/a.csv: cells that could not be read are unknown. valid_type: {rows} rows, e.g. "Drama".'
    assert said(quarantined_rows=rows, failures=[rule]) == ([left_out] if is_named else [])
    assert said(unreadable=[rule]) == ([unknown] if is_named else [])


def test_a_rule_without_a_value_to_show_has_its_count_alone():
    assert said(rows=1, quarantined_rows=1, failures=[{"rule": "valid_user_id", "rows": 1, "example": None}]) == [
        "t/a.csv: its only row is left out. valid_user_id: 1 row."
    ]


@pytest.mark.parametrize("verdict", ["held", "late"])
def test_a_release_that_waits_is_told_with_both_commands(verdict):
    (message,) = said(release="t/a b.csv", verdict=verdict, problem="It waits.")
    assert message.splitlines() == [
        "It waits.",
        "./lakehouse accept 't/a b.csv' --lake my",
        "./lakehouse reject 't/a b.csv' --lake my",
    ]


def test_what_a_rejected_release_would_have_left_out_is_not_mentioned():
    rule = {"rule": "valid_type", "rows": 900, "example": "Drama"}
    assert said(verdict="rejected", quarantined_rows=900, failures=[rule], unreadable=[rule]) == []


def test_only_of_an_applied_release_it_is_said_that_it_was_applied_without_a_column():
    assert said(missing_columns=["cast"]) == ["t/a.csv was applied without cast: no column with a value was found."]
    assert said(missing_columns=["cast"], verdict="rejected") == []


def test_a_feed_of_which_nothing_was_applied_is_named_and_not_the_lake():
    assert unapplied_message(["s.t"]) == "Failed: no release in s.t was applied, so gold has none of it yet."


@pytest.mark.parametrize(
    ("ordered_by", "others"),
    [
        (["name", "modification time", "ingestion"], "ingestion or modification time"),
        (["name", "name"], None),
        (["modification time", "ingestion"], None),
        ([], None),
    ],
)
def test_a_feed_is_ordered_both_ways_only_where_a_name_has_a_date(ordered_by, others):
    said = [*note_on_mixed_order("s.t", [{**RELEASE, "ordered_by": by} for by in ordered_by])]
    assert said == (
        [
            f"s.t: some releases are ordered by the date in their name, and others by {others}. "
            "Give each name its date (2021-09-25)."
        ]
        if others
        else []
    )


def left_out(monkeypatch, rows, files=()):
    """What is said of rows that went to quarantines."""
    tables = {name: SimpleNamespace(properties={"lakehouse.quarantine_of": name.removesuffix("_bad")}) for name in rows}
    monkeypatch.setattr(run_table, "left_out", lambda *_: rows)
    monkeypatch.setattr(run_messages, "_files_left_out_of", lambda *_: {*files})
    return run_messages.messages(Outcome("1"), SimpleNamespace(datasets=tables), None, " --lake my", ())


def test_rows_left_out_are_one_line_with_one_command(monkeypatch):
    assert left_out(monkeypatch, {}) == []
    assert left_out(monkeypatch, {"s.a_bad": 1}) == [
        'Left out: 1 row (s.a). Why: ./lakehouse sql "SELECT failed_rules, count(*) AS rows FROM s.a_bad GROUP BY ALL '
        'ORDER BY rows DESC" --lake my'
    ]
    assert left_out(monkeypatch, {"s.a_bad": 2000, "s.b_bad": 1}) == [
        "Left out: 2,001 rows (s.a 2,000, s.b 1). Why: ./lakehouse status --lake my"
    ]


def test_of_rows_of_one_file_the_command_names_the_file(monkeypatch):
    said = "Left out: 2 rows (s.a). Why: ./lakehouse rejected 'x/a b.csv' --lake my"
    assert left_out(monkeypatch, {"s.a_bad": 2}, ["x/a b.csv"]) == [said]
    assert "rejected" not in left_out(monkeypatch, {"s.a_bad": 2}, ["x/a b.csv", "x/c.csv"])[0]


@pytest.mark.parametrize(
    ("rows", "said_of_it"), [(500, "500 rows"), (501, "501 of 1,000 rows, more than half of them")]
)
def test_a_column_of_which_most_cells_could_not_be_read_is_named_with_a_value(rows, said_of_it):
    (message,) = said(unreadable=[{"rule": "valid_date_added", "rows": rows, "example": "in spring"}])
    assert message.endswith(f'are unknown. valid_date_added: {said_of_it}, e.g. "in spring".')


def test_a_problem_that_a_releases_message_has_said_is_not_repeated():
    graph = SimpleNamespace(datasets={})
    assert run_messages.messages(Outcome("1"), graph, None, "", ["It waits.", "It waits."]) == ["It waits."]


def test_names_and_values_can_neither_break_a_line_nor_colour_it():
    rule = {"rule": "valid_type", "rows": 900, "example": "\x1b[31mFILM\nHealthy."}
    name, headers = "t/a\nHealthy. \x1b[32m.csv", ["\0b"]
    assert said(release=name, unreadable=[rule], missing_columns=["cast"], leftover_headers=headers) == [
        r"t/a\nHealthy. \x1b[32m.csv was applied without cast: no column with a value was found. Headers that match no "
        r"column: \x00b.",
        r"t/a\nHealthy. \x1b[32m.csv: cells that could not be read are unknown. valid_type: 900 of 1,000 rows, more "
        r'than half of them, e.g. "\x1b[31mFILM\nHealthy.".',
    ]
    (waits,) = said(release="t/a\nb.csv", verdict="held", problem="t/a\nb.csv waits.")
    assert waits.splitlines()[:2] == [r"t/a\nb.csv waits.", r"./lakehouse accept $'t/a\nb.csv' --lake my"]
