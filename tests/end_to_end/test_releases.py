"""Releases of the two snapshot feeds: their order, and the verdict on each. Decisions about them: test_decisions.py."""

import os

import pytest

from bronze.feeds import TITLES_FEED
from local_runtime.cli import run_messages
from local_runtime.cli.status_report import status_text
from local_runtime.inspection.status import inspect
from tests.end_to_end.conftest import people, titles
from tests.helpers.tables import table_rows
from tests.helpers.truth import rows

GOOD = "show_id,type,title,release_year\ns1,Movie,A,2020\ns2,TV Show,B,2021\n"
UNKNOWN = GOOD.replace("type,title", "kind_of,called")
SEMICOLONS = GOOD.replace(",", ";")
# Every line is a malformed record: more cells than the header has.
TITLE_LINE = f"Netflix catalogue 2021\n{GOOD}"
JOB = "0f8fad5b-d9cb-469f-a165-70867728950e"


def land(place, **files):
    for name, content in files.items():
        place.land(f"titles/{name}.csv", content)


def problems(place):
    return {row["file_name"]: row["problem"] for row in table_rows(place.lake, "silver.title_releases")}


def verdicts(place, feed="title"):
    query = f"SELECT release, verdict, coalesce(reason, '') FROM silver.{feed}_verdicts"
    return {release.partition("/")[2]: (verdict, reason) for release, verdict, reason in rows(place, query)}


def said_by(place, outcome):
    problems = run_messages.problems_after(outcome, place.graph, place.lake)
    return "\n".join(run_messages.messages(outcome, place.graph, place.lake, "", problems))


def test_files_that_were_uploaded_in_another_order_give_the_same_gold(released, clean_catalogue):
    first, *others = sorted((released.landing / "titles").iterdir())
    os.utime(first, (2_000_000_000, 2_000_000_000))
    assert others
    released.run()
    assert released.digests() == clean_catalogue


def test_before_the_first_release_there_is_an_empty_history_which_the_first_one_fills(bare):
    for files, count in (({}, 0), ({"v1": UNKNOWN}, 0), ({"v2": GOOD}, 2)):
        land(bare, **files)
        bare.run(layers=("bronze", "silver"))
        assert len(table_rows(bare.lake, "silver.titles")) == count
    assert all(row["__START_AT"].year >= 2026 for row in table_rows(bare.lake, "silver.titles"))


def test_25_a_release_of_malformed_records_only_is_reported_and_the_others_are_applied(place):
    land(place, **{"2021-01": GOOD, "2021-02": TITLE_LINE})
    assert not place.run(layers=("bronze", "silver")).failures
    assert problems(place)["2021-01.csv"] is None
    assert "titles/2021-02.csv was not applied: none of its 3 rows is valid." in problems(place)["2021-02.csv"]
    assert len(table_rows(place.lake, "silver.titles")) == 2


def test_25_a_release_whose_columns_are_not_found_is_told_and_closes_no_title(place):
    land(place, **{"2021-01": GOOD, "2021-02": UNKNOWN, "2021-03": SEMICOLONS})
    outcome = place.run(layers=("bronze", "silver"))
    missing = ", ".join(name for name in TITLES_FEED.column_names if name not in ("show_id", "release_year"))
    assert problems(place) == {
        "2021-01.csv": None,
        "2021-02.csv": "titles/2021-02.csv was not applied: none of its 2 rows is valid. No column was found for "
        f'{missing}. Left-over headers: "called", "kind_of".',
        "2021-03.csv": "titles/2021-03.csv was not applied: none of its 2 rows is valid. No column was found for "
        f'{", ".join(TITLES_FEED.column_names)}. Left-over header: "show_id;type;title;release_year". '
        "It looks separated by ';': save it with commas.",
    }
    assert [row["__END_AT"] for row in table_rows(place.lake, "silver.titles")] == [None, None]
    (told,) = [result for result in outcome.results if result.dataset == "silver.title_releases"]
    failed = {rule.name: rule.failed_records for rule in told.expectations}
    assert (failed["release_is_applied"], failed["release_is_whole"]) == (2, 0)


def test_25_a_later_release_that_is_applied_settles_it_and_the_run_names_each(place):
    land(place, **{"2021-01": UNKNOWN, "2021-02": SEMICOLONS, "2021-03": GOOD})
    outcome = place.run(layers=("bronze", "silver"))
    found = {
        row["file_name"]: (row["is_applied"], row["is_superseded"])
        for row in table_rows(place.lake, "silver.title_releases")
    }
    assert found == {"2021-01.csv": (False, True), "2021-02.csv": (False, True), "2021-03.csv": (True, False)}
    said = said_by(place, outcome)
    assert "titles/2021-01.csv was not applied" in said
    assert "titles/2021-02.csv was not applied" in said
    land(place, **{"2021-04": GOOD})
    assert "was not applied" not in said_by(place, place.run(layers=("bronze", "silver")))


def test_34_a_release_that_would_change_too_much_is_held_and_costs_no_other(place):
    """One feed, one run: each release is compared with the first, because no other one is applied before the parts."""
    everything = titles(range(400), gaps=80)
    place.land("titles/a_2021-01-01.csv", everything)
    place.land("titles/cut_2021-02-01.csv", everything[: len(everything) // 4])
    place.land("titles/other product_2021-03-01.csv", titles(range(1000, 1400), gaps=1080))
    place.land("titles/gaps filled_2021-04-01.csv", titles(range(400), gaps=0))
    place.land("titles/no director_2021-05-01.csv", titles(range(400), gaps=80).replace("director", "boss of all", 1))
    place.land(
        "titles/half is broken_2021-05-02.csv", everything + titles(range(400), gaps=80, kind="Drama", header="")
    )
    for part, ids in enumerate((range(200), range(200, 402))):
        place.land(f"titles/2021-06-01/part-{part:05}-{JOB}-c000.csv", titles(ids, gaps=80))
    place.land("titles/z_2091-07-01.csv", everything)
    place.land("subscribers/a_2023-01-01.csv", people(range(300)))
    place.land("subscribers/cut_2023-02-01.csv", people(range(100)))
    outcome = place.run(layers=("bronze", "silver"))
    closes = "closes too many"
    assert verdicts(place) == {
        "a_2021-01-01.csv": ("applied", ""),
        "cut_2021-02-01.csv": ("held", closes),
        "other product_2021-03-01.csv": ("held", closes),
        "gaps filled_2021-04-01.csv": ("held", "gaps filled"),
        "no director_2021-05-01.csv": ("held", f"{closes}, identity column missing"),
        "half is broken_2021-05-02.csv": ("held", "leaves out too many rows"),
        f"2021-06-01/{JOB}": ("applied", ""),
        "z_2091-07-01.csv": ("held", "future date"),
    }
    assert verdicts(place, "subscriber") == {
        "a_2023-01-01.csv": ("applied", ""),
        "cut_2023-02-01.csv": ("held", closes),
    }
    assert rows(place, "SELECT count(*), count(__END_AT) FROM silver.titles") == [(402, 0)]
    assert rows(place, "SELECT count(*), count(__END_AT) FROM silver.subscribers") == [(300, 0)]
    said = said_by(place, outcome)
    assert "./lakehouse accept titles/cut_2021-02-01.csv" in said
    assert "./lakehouse reject 'titles/other product_2021-03-01.csv'" in said
    assert 'valid_type: 400 rows, e.g. "Drama"' in said
    state = inspect(place.lake)
    assert sum(" is held" in problem for problem in state.problems) == 7
    assert not state.healthy


def test_35_dates_in_names_and_folders_decide_the_order_and_impossible_times_do_not(place):
    modified = {
        "2021-09-25/x.csv": "2021-01-01",
        "2021-01-11/x.csv": "2021-10-01",
        "netflix_25-10-2021.csv": "2021-01-02",
        "netflix_2021-12-31.csv": "2021-01-03",
        "old clock.csv": "1980-01-01",
    }
    for number, (name, day) in enumerate(modified.items()):
        place.land(f"titles/{name}", titles([number]), modified=day)
    outcome = place.run(layers=("bronze", "silver"))
    in_order = "SELECT release, verdict FROM silver.title_verdicts ORDER BY release_order"
    names = ["2021-01-11/x", "2021-09-25/x", "netflix_25-10-2021", "netflix_2021-12-31", "old clock"]
    assert rows(place, in_order) == [(f"titles/{name}.csv", "applied") for name in names]
    assert rows(place, "SELECT title FROM silver.titles WHERE __END_AT IS NULL") == [("Title 4",)]
    mixed = "silver.title_releases: some releases are ordered by the date in their name"
    assert mixed in said_by(place, outcome)
    assert mixed in status_text(inspect(place.lake))
    place.land("titles/netflix 03-04-2022.csv", titles([1]), modified="2022-05-01")
    undecided = "titles/netflix 03-04-2022.csv: 03-04-2022 in its name may be a date, and was not read as one."
    assert undecided in said_by(place, place.run(layers=("bronze", "silver")))
    assert undecided in status_text(inspect(place.lake))


def test_36_a_file_of_the_year_2300_is_named_and_costs_no_other(place):
    place.land("titles/a_2021-01-01.csv", titles([1]))
    place.land("titles/b.csv", titles([1, 2]), modified="2300-01-01")
    outcome = place.run(layers=("bronze", "silver"))
    assert "titles/b.csv: its file can't have been modified when it says" in said_by(place, outcome)
    assert rows(place, "SELECT title, __END_AT FROM silver.titles ORDER BY 1") == [("Title 1", None), ("Title 2", None)]


def test_35_a_late_release_waits_while_all_other_feeds_go_on(place):
    place.land("titles/t_2021-02-01.csv", titles(range(3)))
    place.run(layers=("bronze", "silver"))
    place.land("titles/t_2021-01-01.csv", titles(range(2)))
    place.land("subscribers/s_2023-01-01.csv", people(range(5)))
    place.run()
    assert verdicts(place)["t_2021-01-01.csv"] == ("late", "")
    assert rows(place, "SELECT sum(titles)::INT FROM gold.kpi_content_type") == [(3,)]
    assert rows(place, "SELECT sum(subscribers)::INT FROM gold.kpi_subscribers") == [(5,)]
    (problem,) = [problem for problem in inspect(place.lake).problems if "too late" in problem]
    assert "./lakehouse accept titles/t_2021-01-01.csv" in problem


def test_a_feed_without_a_valid_row_is_named_beside_feeds_that_have_some(place):
    place.land("titles/a_2021-01-01.csv", titles(range(3)))
    place.land("subscribers/s_2023-01-01.csv", "User ID;Plan\n1;Basic\n")
    outcome = place.run(layers=("bronze", "silver"))
    assert run_messages.without_valid_rows(outcome, place.graph, place.lake) == ["silver.subscriber_releases"]
    assert "subscribers/s_2023-01-01.csv was not applied: its only row is not valid." in said_by(place, outcome)


@pytest.mark.parametrize(("unreadable", "most"), [(3, False), (9, True)])
def test_cells_that_cannot_be_read_are_counted_and_cost_no_row(place, unreadable, most):
    place.land("titles/a_2021-01-01.csv", titles(range(12)).replace("90 min", "a while", unreadable))
    said = said_by(place, place.run(layers=("bronze", "silver")))
    how_many = f"{unreadable} of 12 rows, more than half of them" if most else f"{unreadable} rows"
    assert f'valid_duration: {how_many}, e.g. "a while"' in said
    assert rows(place, "SELECT count(*), count(duration_minutes) FROM silver.titles") == [(12, 12 - unreadable)]


def test_35_part_files_that_come_later_wait_and_close_nothing(place):
    place.land(f"titles/2021-06-01/part-00000-{JOB}.csv", titles(range(3)))
    place.run(layers=("bronze", "silver"))
    place.land(f"titles/2021-06-01/part-00001-{JOB}.csv", titles(range(3, 5)))
    outcome = place.run(layers=("bronze", "silver"))
    assert sorted(verdict for verdict, _ in verdicts(place).values()) == ["applied", "late"]
    assert rows(place, "SELECT count(*), count(__END_AT) FROM silver.titles") == [(3, 0)]
    first = f"titles/2021-06-01/{JOB}"
    said = said_by(place, outcome)
    assert f"came too late, and was not applied: other part files of {first} were loaded before." in said
    assert f"./lakehouse accept '{first} of 20" in said
