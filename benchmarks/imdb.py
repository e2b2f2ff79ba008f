"""IMDb's files through the pipelines, and through one DuckDB script for the same answers: prints a table.

Ten million principals of 1.25 million titles, 3 million people, and a catalogue of 8,000 titles, unless told otherwise.
"""

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import duckdb

from benchmarks.side_by_side import compare

EACH = 8  # principals of a title
TSV = "(DELIMITER '\t', HEADER, QUOTE '', ESCAPE '')"
KINDS = "['movie', 'short', 'tvSeries', 'tvEpisode', 'video', 'tvMovie', 'tvEpisode', 'tvEpisode']"
FILES = {
    "imdb/title_basics/title.basics.tsv": """
        SELECT printf('tt%07d', i) AS tconst, {kinds}[1 + i % 8] AS "titleType", 'Title number ' || i AS "primaryTitle",
            'Titre numero ' || i AS "originalTitle", 0 AS "isAdult", 1950 + i % 75 AS "startYear", '\\N' AS "endYear",
            90 AS "runtimeMinutes", 'Drama,Comedy' AS genres
        FROM range({titles}) t(i)""",
    "imdb/title_ratings/title.ratings.tsv": """
        SELECT printf('tt%07d', i) AS tconst, (1 + (i % 90) / 10.0)::DECIMAL(3,1) AS "averageRating",
            i % 100000 AS "numVotes"
        FROM range(0, {titles}, 2) t(i)""",
    "imdb/title_principals/title.principals.tsv": """
        SELECT printf('tt%07d', i // {each}) AS tconst, i % {each} + 1 AS ordering,
            printf('nm%07d', (i // {each} + i % {each}) % {people}) AS nconst,
            ['director', 'actor', 'actress', 'self'][1 + i % 4] AS category, '\\N' AS job,
            '["Somebody ' || i % 1000 || '"]' AS characters
        FROM range({titles} * {each}) t(i)""",
    "imdb/name_basics/name.basics.tsv": """
        SELECT printf('nm%07d', i) AS nconst, 'Person ' || i AS "primaryName",
            CASE WHEN i % 3 = 0 THEN (1920 + i % 80)::VARCHAR ELSE '\\N' END AS "birthYear", '\\N' AS "deathYear",
            'actor' AS "primaryProfession", 'tt0000001' AS "knownForTitles"
        FROM range({people}) t(i)""",
}
# Each eighth title at IMDb, a movie, is in the catalogue.
CATALOGUE = """
    SELECT 's' || i AS show_id, 'Movie' AS type, 'TITLE number ' || i * 8 AS title,
        'Person ' || (i * 8) % {people} AS director,
        'Person ' || (i * 8 + 1) % {people} || ', Nobody ' || i AS "cast", 'France' AS country,
        'September 5, 2021' AS date_added, 1950 + (i * 8) % 75 AS release_year, 'PG' AS rating, '90 min' AS duration,
        'Dramas' AS listed_in, 'x' AS description
    FROM range({catalogue}) t(i)
"""
READ = (
    "read_csv('{landing}/imdb/{name}/*.tsv', delim = '\t', quote = '', escape = '', nullstr = '\\N', "
    "all_varchar = true)"
)
SCRIPT = """
SET memory_limit = '4GB';
CREATE TABLE titles AS
SELECT type, lower(trim(title)) AS name, release_year::INT AS year, director, "cast" FROM '{landing}/titles/*.csv';
CREATE TABLE basics AS
SELECT tconst, CASE WHEN "titleType" IN ('tvSeries', 'tvMiniSeries') THEN 'TV Show' ELSE 'Movie' END AS type,
    lower(trim("primaryTitle")) AS name, lower(trim("originalTitle")) AS original, "startYear"::INT AS year
FROM {title_basics} WHERE "titleType" NOT IN ('tvEpisode', 'videoGame');
CREATE TABLE matched AS
SELECT titles.*, any_value(tconst) AS tconst FROM titles
JOIN basics ON titles.type = basics.type AND titles.year = basics.year AND titles.name IN (basics.name, original)
GROUP BY ALL HAVING count(*) = 1;
CREATE TABLE rated AS
SELECT tconst, "averageRating"::DECIMAL(3,1) AS rating, "numVotes"::BIGINT AS votes
FROM {title_ratings} SEMI JOIN matched USING (tconst);
CREATE TABLE principals AS SELECT tconst, nconst FROM {title_principals} SEMI JOIN matched USING (tconst);
CREATE TABLE names AS
SELECT nconst, lower("primaryName") AS name, "birthYear"::INT AS born
FROM {name_basics} SEMI JOIN principals USING (nconst);
CREATE TABLE people AS
WITH mine AS (
    SELECT tconst, unnest(list_distinct(string_split(director, ', ') || string_split("cast", ', '))) AS person
    FROM matched
), pairs AS (
    SELECT DISTINCT person, nconst, born FROM mine JOIN principals USING (tconst) JOIN names USING (nconst)
    WHERE lower(person) = names.name
)
SELECT person, any_value(nconst) AS nconst, any_value(born) AS born FROM pairs GROUP BY person HAVING count(*) = 1;
"""
ANSWERS = {
    "titles": (
        "SELECT count(imdb_id), sum(substr(imdb_id, 3)::HUGEINT) FROM gold.dim_title",
        "SELECT count(*), sum(substr(tconst, 3)::HUGEINT) FROM matched",
    ),
    "ratings": ("SELECT count(*), sum(votes) FROM gold.fact_title_rating", "SELECT count(*), sum(votes) FROM rated"),
    "people": (
        "SELECT count(imdb_id), sum(birth_year) FROM gold.dim_person",
        "SELECT count(*), sum(born) FROM people",
    ),
}


def land(landing: Path, titles: int, people: int, catalogue: int) -> None:
    values = {"titles": titles, "people": people, "catalogue": catalogue, "each": EACH, "kinds": KINDS}
    for name, query in FILES.items():
        (landing / name).parent.mkdir(parents=True)
        duckdb.sql(f"COPY ({query.format(**values)}) TO '{landing / name}' {TSV}")
    (landing / "titles").mkdir()
    duckdb.sql(f"COPY ({CATALOGUE.format(**values)}) TO '{landing / 'titles' / '2021-10-01.csv'}' (HEADER)")


def script(landing: Path) -> str:
    """The script for a landing folder."""
    names = ("title_basics", "title_ratings", "title_principals", "name_basics")
    read = {name: READ.format(landing=landing, name=name) for name in names}
    return SCRIPT.format(landing=landing, **read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--principals", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=3_000_000)
    parser.add_argument("--catalogue", type=int, default=8_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, default=None, help="a file that also gets all that was measured")
    given = parser.parse_args()

    def land_all(landing: Path) -> None:
        land(landing, given.principals // EACH, given.people, given.catalogue)

    compare(f"{given.principals:,} principals", land_all, script, ANSWERS, given.repeat, given.json)


if __name__ == "__main__":
    main()
