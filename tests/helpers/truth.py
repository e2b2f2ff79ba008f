"""Checks of silver and gold against the sample's truth files."""

import json
from datetime import date
from decimal import Decimal

from local_runtime.inspection.query import run_query
from sample import imdb, kpis, playback

WHO_IT_IS = "concat_ws('|', t.type, t.title, t.release_year, array_to_string(t.directors, ', '))"


def rows(place, query):
    return run_query(place.lake, query).fetchall()


def truth_of(place, name):
    return json.loads((place.landing / name).read_text())


def declared_kpis(place):
    """The KPI tables that the pipelines declare, with the names of their columns."""
    datasets = place.graph.datasets
    declared = {name.removeprefix("gold."): it.declared for name, it in datasets.items() if "gold.kpi_" in name}
    return {name: [column.name for column in table.columns] for name, table in declared.items()}


def comparable(columns, found, titles):
    """Rows as sorted texts, with each title_key replaced by its lower-case name in `titles`."""
    texts = []
    for row in found:
        cells = [str(cell) if isinstance(cell, date | Decimal) else cell for cell in row]
        if "title_key" in columns:
            place = columns.index("title_key")
            cells[place] = titles.get(cells[place], cells[place]).casefold()
        texts.append(repr(cells))
    return sorted(texts)


def check_kpis(place):
    """The truth has every declared KPI with all of its columns, and each KPI's rows are equal to it."""
    truth = truth_of(place, kpis.KPI_TRUTH)
    assert {kpi: expected["columns"] for kpi, expected in truth.items()} == declared_kpis(place)
    assert [kpi for kpi, expected in truth.items() if not expected["rows"]] == []
    titles = titles_of(place.lake)
    actual_rows, expected_rows = {}, {}
    for kpi, expected in truth.items():
        actual, correct = kpi_and_truth(place.lake, kpi, expected, titles)
        if actual != correct:  # Others would hide these in a failure's output.
            actual_rows[kpi], expected_rows[kpi] = actual, correct
    assert actual_rows == expected_rows


def titles_of(lake):
    """Who each title is, as the truth writes it, by its key."""
    found = run_query(lake, f"SELECT DISTINCT title_key, {WHO_IT_IS} FROM silver.titles AS t").fetchall()
    return dict(found) | {-1: "Unknown"}


def kpi_and_truth(lake, kpi, expected, titles):
    """The rows of a KPI table and those that it is meant to have, as texts."""
    columns = expected["columns"]
    actual = run_query(lake, f"SELECT {', '.join(columns)} FROM gold.{kpi}").fetchall()
    return comparable(columns, actual, titles), comparable(columns, expected["rows"], titles)


def check_catalogue(place):
    """Each release has the expected numbers of loaded and quarantined rows."""
    loaded = """SELECT 'titles/' || split_part(_source_file, '/', -1), count(*)
        FROM {} WHERE _source_file LIKE '%/netflix_titles_%' GROUP BY 1"""
    found = [dict(rows(place, loaded.format(table))) for table in ("bronze.titles", "silver.titles_quarantine")]
    files = truth_of(place, kpis.CATALOGUE_TRUTH)["files"]
    assert {name: {"rows": found[0][name], "quarantined": found[1].get(name, 0)} for name in found[0]} == files


def check_playback(place):
    """The facts add up to what was played, and each file has the expected loaded and quarantined rows."""
    truth = truth_of(place, playback.PLAYBACK_TRUTH)
    for fact, plays in (("fact_playback", "count(*)"), ("fact_playback_daily", "sum(plays)")):
        assert rows(place, f"SELECT {plays}, sum(watched_seconds) FROM gold.{fact}") == [
            (truth["sessions"], truth["watched_seconds"])
        ]
    files = rows(
        place,
        """SELECT source_file, sum(rows), sum(quarantined)
        FROM silver.playback_deliveries GROUP BY 1""",
    )
    assert {name: (n, q) for name, n, q in files} == {
        name: (it["rows"], it["quarantined"]) for name, it in truth["files"].items() if it["rows"]
    }
    ((duplicates, valid),) = rows(place, "SELECT sum(duplicates), sum(valid) FROM silver.playback_deliveries")
    assert (duplicates, valid) == (sum(it["duplicates"] for it in truth["files"].values()), truth["events"])


def check_imdb(place):
    """Titles and people have the expected IMDb matches, ratings and birth years."""
    truth = truth_of(place, imdb.IMDB_TRUTH)
    verdicts = "SELECT verdict, count(DISTINCT title_key) FROM silver.imdb_matches GROUP BY 1"
    assert dict(rows(place, verdicts)) == truth["verdicts"]
    verdicts = (
        f"SELECT DISTINCT {WHO_IT_IS}, verdict FROM silver.imdb_matches JOIN silver.titles AS t USING (title_key)"
    )
    found = {title.casefold(): verdict for title, verdict in rows(place, verdicts)}
    assert found == {title.casefold(): verdict for title, verdict in truth["title_verdicts"].items()}
    titles = f"""SELECT imdb_id, {WHO_IT_IS} FROM gold.dim_title JOIN silver.titles AS t USING (title_key)
        WHERE imdb_id IS NOT NULL"""
    found = {tconst: title.casefold() for tconst, title in rows(place, titles)}
    assert found == {tconst: title.casefold() for tconst, title in truth["titles"].items()}
    ratings = """SELECT imdb_id, average_rating::TEXT, votes
        FROM gold.fact_title_rating JOIN gold.dim_title USING (title_key)"""
    assert {tconst: [*rest] for tconst, *rest in rows(place, ratings)} == truth["ratings"]
    people = "SELECT person, imdb_id, birth_year FROM gold.dim_person WHERE imdb_id IS NOT NULL"
    assert {name: [*rest] for name, *rest in rows(place, people)} == truth["people"]
    verdicts = "SELECT verdict, count(DISTINCT person) FROM silver.imdb_people_matches GROUP BY 1"
    assert dict(rows(place, verdicts)) == truth["people_verdicts"]
