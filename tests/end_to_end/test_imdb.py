"""IMDb's files from landing to ids, ratings and people, and damaged files."""

import gzip
import os

from tests.end_to_end.test_playback import T, event, land
from tests.helpers.truth import rows

TITLES = """show_id,type,title,director,cast,release_year
s1,Movie,"The ""Best"" of Us",Ann Lee,"Bo Dahl, Cy Ng",2020
s2,TV Show,Love & Money,,Bo Dahl,2019
s3,Movie,Twins,Ann Lee,Di Po,2018
s4,Movie,Nobody Knows,,Ed Wu,2017
"""
BASICS = (
    "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres",
    'tt0000001\tmovie\tThe "Best" of Us\tLe Meilleur\t0\t2020\t\\N\t90\tDrama',
    "tt0000002\ttvSeries\tLove and money\tLove and money\t0\t2018\t2021\t\\N\tComedy,Drama",
    "tt0000003\tmovie\tTwins\tTwins\t0\t2018\t\\N\t80\t\\N",
    "tt0000004\ttvMovie\tTwins\tTwins\t0\t2018\t\\N\t81\t\\N",
    "tt0000005\ttvEpisode\tNobody Knows\tNobody Knows\t0\t2017\t\\N\t25\t\\N",
)
RATINGS = (
    "tconst\taverageRating\tnumVotes",
    "tt0000001\t8.1\t5000",
    "tt0000002\t6.5\t100",
    "tt0000003\t9.0\t9999",
    "tt0000005\t9.9\t1",
)
PRINCIPALS = (
    "tconst\tordering\tnconst\tcategory\tjob\tcharacters",
    "tt0000001\t1\tnm0000001\tdirector\t\\N\t\\N",
    'tt0000001\t2\tnm0000002\tactor\t\\N\t["The \\"Boss\\""]',
    "tt0000002\t1\tnm0000003\tactor\t\\N\t\\N",
    "tt0000003\t1\tnm0000004\tactor\t\\N\t\\N",
)
NAMES = (
    "nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles",
    "nm0000001\tAnn Lee\t1970\t\\N\tdirector\ttt0000001",
    "nm0000002\tBo Dahl\t1980\t\\N\tactor\ttt0000001",
    "nm0000003\tBo Dahl\t1990\t\\N\tactor\ttt0000002",
    "nm0000004\tDi Po\t1960\t\\N\tactor\ttt0000003",
)
FILES = {"title_basics": BASICS, "title_ratings": RATINGS, "title_principals": PRINCIPALS, "name_basics": NAMES}


def snapshot(place, feed, lines, name="2026-01-01.tsv", end="\n"):
    folder = place.landing / "imdb" / feed
    folder.mkdir(parents=True, exist_ok=True)
    content = end.join([*lines, ""]).encode()
    (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


def imdb(place, **options):
    (place.landing / "titles" / "2026-01-01.csv").write_text(TITLES)
    for feed, lines in FILES.items():
        snapshot(place, feed, lines, **options)


KNOWN = "SELECT title, imdb_id, average_rating::TEXT, votes FROM gold.dim_title LEFT JOIN gold.fact_title_rating USING (title_key) WHERE title_key <> -1"  # noqa: E501
BEST = 'The "Best" of Us'
FOUND = [
    ("Love & Money", "tt0000002", "6.5", 100),
    ("Nobody Knows", None, None, None),
    (BEST, "tt0000001", "8.1", 5000),
    ("Twins", None, None, None),
]


def test_titles_and_people_are_known_by_their_ids(place):
    imdb(place)
    land(place, "2026/events.json", event("PLAY_START", T), event("PLAY_STOP", T + 600))
    place.run()
    assert sorted(rows(place, KNOWN)) == FOUND
    verdicts = "SELECT verdict, count(DISTINCT title_key) FROM silver.imdb_matches GROUP BY 1 ORDER BY 1"
    assert rows(place, verdicts) == [("ambiguous", 1), ("matched", 2), ("unmatched", 1)]
    assert rows(place, "SELECT person, imdb_id, birth_year FROM gold.dim_person WHERE person_key <> -1 ORDER BY 1") == [
        ("Ann Lee", "nm0000001", 1970),
        ("Bo Dahl", None, None),  # two people of that name
        ("Cy Ng", None, None),
        ("Di Po", None, None),  # of a title that is ambiguous
        ("Ed Wu", None, None),
    ]
    kept = {table: rows(place, f"SELECT count(*) FROM silver.imdb_{table}")[0][0] for table in FILES}
    assert kept == {"title_basics": 4, "title_ratings": 3, "title_principals": 3, "name_basics": 3}
    assert rows(place, "SELECT characters FROM silver.imdb_title_principals WHERE ordering = 2") == [
        ('["The \\"Boss\\""]',)
    ]
    digests = place.digests()
    place.run()
    assert place.digests() == digests


def test_line_ends_and_compression_make_no_difference(place):
    imdb(place, name="2026-01-01.tsv.gz", end="\r\n")
    place.run()
    assert sorted(rows(place, KNOWN)) == FOUND


def test_a_later_snapshot_replaces_the_one_before(place):
    imdb(place)
    place.run()
    snapshot(place, "title_basics", [*BASICS[:4]], "2026-02-01.tsv")  # one of the twins has gone
    snapshot(place, "title_ratings", [*RATINGS[:2], "tt0000003\t9.0\t10000"], "2026-02-01.tsv")
    place.run()
    assert sorted(rows(place, KNOWN)) == [
        ("Love & Money", "tt0000002", None, None),
        ("Nobody Knows", None, None, None),
        (BEST, "tt0000001", "8.1", 5000),
        ("Twins", "tt0000003", "9.0", 10000),
    ]
    assert rows(place, "SELECT imdb_id FROM gold.dim_person WHERE person = 'Di Po'") == [("nm0000004",)]


def test_a_damaged_snapshot_costs_itself_alone(place):
    imdb(place)
    place.run()
    digests = place.digests()
    snapshot(place, "title_basics", BASICS[:1], "2026-03-01.tsv")
    snapshot(place, "title_ratings", ["tconst\taverageRating", *[line[:-5] for line in RATINGS[1:]]], "2026-03-02.tsv")
    snapshot(place, "title_ratings", [RATINGS[0], "tt1\t11\t5", "tt2\t5.0"], "2026-03-03.tsv")
    snapshot(place, "title_principals", PRINCIPALS, "2026-03-04.tsv.gz")
    cut = place.landing / "imdb" / "title_principals" / "2026-03-04.tsv.gz"
    os.truncate(cut, cut.stat().st_size - 10)
    outcome = place.run()
    (rejected,) = [it.rejected for it in outcome.results if it.dataset == "bronze.imdb_title_principals"]
    assert {name: record.reason for name, record in rejected.items()} == {"2026-03-04.tsv.gz": "corrupt_gzip"}
    assert place.digests() == digests
    told = rows(
        place, "SELECT file_name, problem FROM silver.imdb_title_ratings_releases WHERE NOT is_applied ORDER BY 1"
    )
    assert [name for name, _ in told] == ["2026-03-02.tsv", "2026-03-03.tsv"]
    assert "No column was found for numVotes" in told[0][1]
    failed = rows(place, "SELECT failed_rules, _corrupt_record FROM silver.imdb_title_ratings_quarantine")
    assert (["valid_average_rating"], None) in failed
    assert any(line == "tt2\t5.0" for _, line in failed)
