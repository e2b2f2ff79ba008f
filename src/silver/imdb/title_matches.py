"""Matches of the catalogue's titles with titles at IMDb. Nothing is guessed.

Rules and reasons: docs/decisions/0023-imdb-matches.md.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.specifications import ColumnSpec, TableSpec
from common.text import compose
from silver.imdb.matching import AMBIGUOUS, IS_MATCHED, KNOWN_VERDICT, MATCHED, UNMATCHED, comparable_name

TOLERANCE = 1  # years

IMDB_MATCHES = TableSpec(
    name="imdb_matches",
    comment="One row per title that is or was in the catalogue and candidate at IMDb, or one row without a candidate.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "key of the title"),
        ColumnSpec("type", "STRING", "Movie or TV Show"),
        ColumnSpec("title", "STRING", "name in the catalogue"),
        ColumnSpec("release_year", "INT", "year in the catalogue"),
        ColumnSpec("in_catalogue", "BOOLEAN", "whether the title is in the latest release"),
        ColumnSpec("tconst", "STRING", "id of the candidate at IMDb; null if there is none"),
        ColumnSpec("imdb_title", "STRING", "most popular name of the candidate"),
        ColumnSpec("imdb_original_title", "STRING", "name of the candidate in the original language"),
        ColumnSpec("start_year", "INT", "year of the candidate at IMDb"),
        ColumnSpec("verdict", "STRING", "matched, ambiguous or unmatched: the same in all rows of a title"),
        ColumnSpec("reason", "STRING", "reason for the verdict, in words"),
    ),
    rules={"has_title": "title_key IS NOT NULL", **KNOWN_VERDICT},
)


def imdb_matches(titles: DataFrame, basics: DataFrame) -> DataFrame:
    """One row per title of `titles` (latest versions) and candidate in `basics`, with the verdict.

    Candidates have the type, the name and the year of the title, or else a year that is one off. A title is matched if
    it has one candidate, and no other title of the catalogue has that candidate too; titles that have left the
    catalogue don't count against those that are in it.
    """
    named = titles.select(
        "title_key",
        "type",
        "title",
        "release_year",
        F.col("__END_AT").isNull().alias("in_catalogue"),
        comparable_name(compose(F.col("title"))).alias("name"),
    )
    has_type_and_name = (F.col("type") == F.col("imdb_type")) & (F.col("name") == F.col("imdb_name"))
    pairs = named.join(_titles_by_name(basics), has_type_and_name, how="left").withColumn(
        "years_off", F.abs(F.col("start_year") - F.col("release_year"))
    )
    return pairs.transform(_with_counts).transform(_with_verdict).select(*IMDB_MATCHES.column_names)


def _titles_by_name(basics: DataFrame) -> DataFrame:
    """One row per title at IMDb and different name of it, primary or original, in comparable form."""
    names = F.array_distinct(F.array(comparable_name(F.col("primary_title")), comparable_name(F.col("original_title"))))
    by_name = basics.select(
        "tconst",
        F.col("type").alias("imdb_type"),
        F.col("primary_title").alias("imdb_title"),
        F.col("original_title").alias("imdb_original_title"),
        "start_year",
        F.explode(names).alias("imdb_name"),
    )
    return by_name.filter("imdb_name IS NOT NULL")


def _with_counts(pairs: DataFrame) -> DataFrame:
    """One row per title and candidate that counts, with how many candidates the title has, and titles the candidate.

    A title without candidates has one row, that of the nearest year.
    """
    of_title, of_candidate = Window.partitionBy("title_key"), Window.partitionBy("tconst")
    nearest_first = of_title.orderBy(F.asc_nulls_last("years_off"), F.asc_nulls_last("tconst"))
    is_exact, is_near = F.col("years_off") == 0, F.col("years_off").between(1, TOLERANCE)
    is_current = F.col("in_catalogue")
    per_title = pairs.withColumns(
        {
            "exact": F.count_if(is_exact).over(of_title),
            "near": F.count_if(is_near).over(of_title),
            "position": F.row_number().over(nearest_first),
        }
    )
    counts = F.when(F.col("exact") > 0, is_exact).when(F.col("near") > 0, is_near).otherwise(F.col("position") == 1)
    return per_title.filter(counts).withColumns(
        {
            "exact_titles": F.count_if(is_exact).over(of_candidate),
            "exact_current_titles": F.count_if(is_exact & is_current).over(of_candidate),
            "near_titles": F.count_if(is_near).over(of_candidate),
            "near_current_titles": F.count_if(is_near & is_current).over(of_candidate),
        }
    )


def _with_verdict(counted: DataFrame) -> DataFrame:
    """One row per row, with its verdict and the reason; without the candidate if none is within the tolerance."""

    def rivals(years: str) -> Column:
        # Including the title itself.
        current = F.col(f"{years}_current_titles")
        return F.when(F.col("in_catalogue"), current).otherwise(F.col(f"{years}_titles"))

    by_year = F.col("exact") > 0
    candidates = F.when(by_year, F.col("exact")).otherwise(F.col("near"))
    titles = F.when(by_year, rivals("exact")).otherwise(rivals("near"))
    is_taken = ~by_year & (candidates == 1) & (F.col("exact_titles") > 0)
    verdict = (
        F.when((candidates == 0) | is_taken, UNMATCHED)
        .when((candidates == 1) & (titles == 1), MATCHED)
        .otherwise(AMBIGUOUS)
    )
    which_year = F.when(by_year, "of that year").otherwise("one year apart")
    nearest = F.col("start_year").cast("string")
    reason = (
        F.when(is_taken, "the only candidate, one year apart, has the year of another title of the catalogue")
        .when(
            candidates > 1, F.concat(F.lit("IMDb has "), candidates.cast("string"), F.lit(" such titles "), which_year)
        )
        .when(
            (candidates == 1) & (titles > 1),
            F.concat(titles.cast("string"), F.lit(" titles of the catalogue fit")),
        )
        .when(candidates == 1, F.concat(F.lit("the only title of that type and name, "), which_year))
        .when(F.col("tconst").isNull(), "IMDb has no title of that type and name")
        .when(nearest.isNull(), "IMDb has titles of that type and name, of no year")
        .otherwise(F.concat(F.lit("IMDb has titles of that type and name, the nearest in time of "), nearest))
    )
    explained = counted.withColumns({"verdict": verdict, "reason": reason})
    candidate = ("tconst", "imdb_title", "imdb_original_title", "start_year")
    return explained.withColumns({name: F.when(candidates > 0, F.col(name)) for name in candidate})


def matched_titles(matches: DataFrame) -> DataFrame:
    """One row per matched title: title_key, tconst."""
    return matches.filter(IS_MATCHED).select("title_key", "tconst")


def matched_tconsts(matches: DataFrame) -> DataFrame:
    """One row per title at IMDb that matches a title of the catalogue: tconst."""
    return matched_titles(matches).select("tconst").distinct()
