"""Matches of the people whom the catalogue credits with people at IMDb. Nothing is guessed.

Rules and reasons: docs/decisions/0023-imdb-matches.md.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.specifications import ColumnSpec, TableSpec
from common.text import compose
from silver.imdb.matching import AMBIGUOUS, KNOWN_VERDICT, MATCHED, UNMATCHED, comparable_name
from silver.imdb.title_matches import matched_titles

IMDB_PEOPLE_MATCHES = TableSpec(
    name="imdb_people_matches",
    comment="One row per person credited in a matched title and candidate at IMDb, or one row without a candidate.",
    columns=(
        ColumnSpec("person", "STRING", "name in the catalogue"),
        ColumnSpec("nconst", "STRING", "id of the candidate at IMDb; null if there is none"),
        ColumnSpec("imdb_name", "STRING", "name by which the candidate is most often credited"),
        ColumnSpec("birth_year", "INT", "year of birth of the candidate; null if unknown"),
        ColumnSpec("titles", "BIGINT", "matched titles in which both are credited"),
        ColumnSpec("verdict", "STRING", "matched, ambiguous or unmatched: the same in all rows of a person"),
        ColumnSpec("reason", "STRING", "reason for the verdict, in words"),
    ),
    rules={"has_person": "person IS NOT NULL", **KNOWN_VERDICT},
)


def imdb_people_matches(titles: DataFrame, matches: DataFrame, principals: DataFrame, names: DataFrame) -> DataFrame:
    """One row per person credited in a matched title of `titles` (latest versions) and candidate, with the verdict.

    Candidates are the people with the same name whom IMDb credits in the same titles. A person is a name: it is matched
    if all of its titles lead to the same candidate.
    """
    people = F.explode(F.array_union("directors", "cast")).alias("person")
    credits = titles.join(matched_titles(matches), "title_key", how="inner").select("tconst", people).distinct()
    named = credits.withColumn("name", comparable_name(compose(F.col("person"))))
    candidates = principals.join(names, "nconst", how="inner").select(
        F.col("tconst").alias("imdb_tconst"),
        "nconst",
        F.col("primary_name").alias("imdb_name"),
        "birth_year",
        comparable_name(F.col("primary_name")).alias("candidate_name"),
    )
    has_title_and_name = (F.col("tconst") == F.col("imdb_tconst")) & (F.col("name") == F.col("candidate_name"))
    pairs = named.join(candidates, has_title_and_name, how="left")
    by_candidate = pairs.groupBy("person", "nconst", "imdb_name", "birth_year")
    counted = by_candidate.agg(F.count_distinct(F.col("imdb_tconst")).alias("titles"))
    count = F.count("nconst").over(Window.partitionBy("person"))
    verdict = F.when(count == 1, MATCHED).when(count > 1, AMBIGUOUS).otherwise(UNMATCHED)
    reason = (
        F.when(count == 1, "the only one of that name in the same titles")
        .when(count > 1, F.concat(count.cast("string"), F.lit(" people of that name in the same titles")))
        .otherwise("IMDb credits nobody of that name in the same titles")
    )
    explained = counted.withColumns({"verdict": verdict, "reason": reason})
    # If a person has candidates, the titles without any add nothing.
    has_candidate = F.col("nconst").isNotNull() | (F.col("verdict") == UNMATCHED)
    return explained.filter(has_candidate).select(*IMDB_PEOPLE_MATCHES.column_names)
