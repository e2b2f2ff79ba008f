"""Release files: ordered by date, and unreadable ones."""

import os

from bronze.feeds import TITLES_FEED
from tests.helpers.tables import table_rows

GOOD = "show_id,type,title,release_year\ns1,Movie,A,2020\ns2,TV Show,B,2021\n"
UNKNOWN = GOOD.replace("type,title", "kind_of,called")
SEMICOLONS = GOOD.replace(",", ";")
# Every line is a malformed record: more cells than the header has.
TITLE_LINE = f"Netflix catalogue 2021\n{GOOD}"


def land(place, **files):
    for name, content in files.items():
        (place.landing / "titles" / f"{name}.csv").write_text(content)


def problems(place):
    return {row["file_name"]: row["problem"] for row in table_rows(place.lake, "silver.title_releases")}


def test_files_that_were_uploaded_in_another_order_give_the_same_gold(released, clean_catalogue):
    first, *others = sorted((released.landing / "titles").iterdir())
    os.utime(first, (2_000_000_000, 2_000_000_000))
    assert others
    released.run()
    assert released.digests() == clean_catalogue


def test_before_the_first_release_there_is_an_empty_history_which_the_first_one_fills(bare):
    for files, titles in (({}, 0), ({"v1": UNKNOWN}, 0), ({"v2": GOOD}, 2)):
        land(bare, **files)
        bare.run(layers=("bronze", "silver"))
        assert len(table_rows(bare.lake, "silver.titles")) == titles
    assert all(row["__START_AT"].year >= 2026 for row in table_rows(bare.lake, "silver.titles"))


def test_25_a_release_of_malformed_records_only_is_reported_and_the_others_are_applied(place):
    land(place, **{"2021-01": GOOD, "2021-02": TITLE_LINE})
    assert not place.run(layers=("bronze", "silver")).failures
    assert problems(place)["2021-01.csv"] is None
    assert "2021-02.csv was not applied: none of its 3 rows is valid." in problems(place)["2021-02.csv"]
    assert len(table_rows(place.lake, "silver.titles")) == 2


def test_25_a_release_whose_columns_are_not_found_is_told_and_closes_no_title(place):
    land(place, **{"2021-01": GOOD, "2021-02": UNKNOWN, "2021-03": SEMICOLONS})
    outcome = place.run(layers=("bronze", "silver"))
    missing = ", ".join(name for name in TITLES_FEED.column_names if name not in ("show_id", "release_year"))
    assert problems(place) == {
        "2021-01.csv": None,
        "2021-02.csv": "2021-02.csv was not applied: none of its 2 rows is valid. No column was found for "
        f'{missing}. Left-over headers: "called", "kind_of".',
        "2021-03.csv": "2021-03.csv was not applied: none of its 2 rows is valid. No column was found for "
        f'{", ".join(TITLES_FEED.column_names)}. Left-over header: "show_id;type;title;release_year". '
        "It looks separated by ';': save it with commas.",
    }
    assert [row["__END_AT"] for row in table_rows(place.lake, "silver.titles")] == [None, None]
    (told,) = [result for result in outcome.results if result.dataset == "silver.title_releases"]
    assert {rule.name: rule.failed_records for rule in told.expectations} == {
        "release_is_applied": 2,
        "release_is_whole": 0,
    }


def test_25_a_later_release_that_is_applied_settles_it(place):
    land(place, **{"2021-02": UNKNOWN, "2021-03": GOOD})
    place.run(layers=("bronze", "silver"))
    found = {
        row["file_name"]: (row["is_applied"], row["is_superseded"])
        for row in table_rows(place.lake, "silver.title_releases")
    }
    assert found == {"2021-02.csv": (False, True), "2021-03.csv": (True, False)}
