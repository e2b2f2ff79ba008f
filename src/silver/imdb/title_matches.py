"""Which title at IMDb a title of the catalogue is, and which person somebody credited in it. Nothing is guessed.

Rules and reasons: docs/decisions/0023-imdb-matches.md.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.specifications import ColumnSpec, TableSpec
from common.text import compose, fold

MATCHED, AMBIGUOUS, UNMATCHED = "matched", "ambiguous", "unmatched"
TOLERANCE = 1  # years
KNOWN_VERDICT = {"known_verdict": f"verdict IN ('{MATCHED}', '{AMBIGUOUS}', '{UNMATCHED}')"}

IMDB_MATCHES = TableSpec(
    name="imdb_matches",
    comment="One row per title of the catalogue, now or once, and candidate at IMDb; one without where there is none.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "the title"),
        ColumnSpec("type", "STRING", "Movie or TV Show"),
        ColumnSpec("title", "STRING", "its name in the catalogue"),
        ColumnSpec("release_year", "INT", "its year in the catalogue"),
        ColumnSpec("in_catalogue", "BOOLEAN", "whether the latest release has it"),
        ColumnSpec("tconst", "STRING", "id of the candidate at IMDb; null where there is none"),
        ColumnSpec("imdb_title", "STRING", "the name that the candidate is known by"),
        ColumnSpec("imdb_original_title", "STRING", "its name in the original language"),
        ColumnSpec("start_year", "INT", "its year at IMDb"),
        ColumnSpec("verdict", "STRING", "matched, ambiguous or unmatched: the same in all rows of a title"),
        ColumnSpec("reason", "STRING", "why, in words"),
    ),
    rules={"has_title": "title_key IS NOT NULL", **KNOWN_VERDICT},
)

IMDB_PEOPLE_MATCHES = TableSpec(
    name="imdb_people_matches",
    comment="One row per person credited in a matched title and candidate at IMDb; one without where there is none.",
    columns=(
        ColumnSpec("person", "STRING", "the name as the catalogue has it"),
        ColumnSpec("nconst", "STRING", "id of the candidate at IMDb; null where there is none"),
        ColumnSpec("imdb_name", "STRING", "the name that the candidate is credited by"),
        ColumnSpec("birth_year", "INT", "when the candidate was born; null where unknown"),
        ColumnSpec("titles", "BIGINT", "matched titles in which both are credited"),
        ColumnSpec("verdict", "STRING", "matched, ambiguous or unmatched: the same in all rows of a person"),
        ColumnSpec("reason", "STRING", "why, in words"),
    ),
    rules={"has_person": "person IS NOT NULL", **KNOWN_VERDICT},
)


def comparable(name: Column) -> Column:
    """STRING by which names are compared: lower case, words of letters, marks and digits with a space between them.

    Apostrophes vanish, `&` is `and`. A name of signs alone (`#`) stays as it is.
    """
    words = F.regexp_replace(F.regexp_replace(F.lower(name), "['`\u2018\u2019\u02bc]", ""), "&", " and ")
    plain = F.trim(F.regexp_replace(words, r"[^\p{L}\p{M}\p{N}]+", " "))
    return F.coalesce(F.nullif(plain, F.lit("")), fold(F.lower(name)))


def _titles_by_name(basics: DataFrame) -> DataFrame:
    """One row per title at IMDb and another name of it: the primary and the original one, as they are compared."""
    names = F.array_distinct(F.array(comparable(F.col("primary_title")), comparable(F.col("original_title"))))
    by_name = basics.select(
        "tconst",
        F.col("type").alias("imdb_type"),
        F.col("primary_title").alias("imdb_title"),
        F.col("original_title").alias("imdb_original_title"),
        "start_year",
        F.explode(names).alias("imdb_name"),
    )
    return by_name.filter("imdb_name IS NOT NULL")


def imdb_matches(latest: DataFrame, basics: DataFrame) -> DataFrame:
    """One row per title of `latest` (one row each) and its candidates in `basics`, with the verdict.

    Candidates have the type, the name and the year of the title; where none has, they are those one year apart.
    A title is matched where it has one candidate and no other title of the catalogue has that candidate too; titles
    that have left the catalogue don't stand against those that are in it.
    """
    titles = latest.select(
        "title_key",
        "type",
        "title",
        "release_year",
        F.col("__END_AT").isNull().alias("in_catalogue"),
        comparable(compose(F.col("title"))).alias("name"),
    )
    found = _titles_by_name(basics)
    is_named_so = (F.col("type") == F.col("imdb_type")) & (F.col("name") == F.col("imdb_name"))
    pairs = titles.join(found, is_named_so, how="left").withColumn(
        "apart", F.abs(F.col("start_year") - F.col("release_year"))
    )
    return _judged(_counted(pairs)).select(*IMDB_MATCHES.column_names)


def _counted(pairs: DataFrame) -> DataFrame:
    """One row per title and candidate that counts, with how many of them the title has, and titles the candidate.

    A title without candidates has one row, which names none: that of the nearest year.
    """
    of_title, of_candidate = Window.partitionBy("title_key"), Window.partitionBy("tconst")
    nearest_first = of_title.orderBy(F.asc_nulls_last("apart"), F.asc_nulls_last("tconst"))
    is_exact, is_near, is_now = F.col("apart") == 0, F.col("apart").between(1, TOLERANCE), F.col("in_catalogue")
    of_titles = pairs.withColumns(
        {
            "exact": F.count_if(is_exact).over(of_title),
            "near": F.count_if(is_near).over(of_title),
            "place": F.row_number().over(nearest_first),
        }
    )
    counts = F.when(F.col("exact") > 0, is_exact).when(F.col("near") > 0, is_near).otherwise(F.col("place") == 1)
    return of_titles.filter(counts).withColumns(
        {
            "exact_titles": F.count_if(is_exact).over(of_candidate),
            "exact_titles_now": F.count_if(is_exact & is_now).over(of_candidate),
            "near_titles": F.count_if(is_near).over(of_candidate),
            "near_titles_now": F.count_if(is_near & is_now).over(of_candidate),
        }
    )


def _judged(counted: DataFrame) -> DataFrame:
    """One row per row, with its verdict and the reason; without a candidate where none is within the tolerance."""

    def rivals(count: str) -> Column:
        # The title itself is one of them.
        return F.when(F.col("in_catalogue"), F.col(f"{count}_now")).otherwise(F.col(count))

    by_year = F.col("exact") > 0
    candidates = F.when(by_year, F.col("exact")).otherwise(F.col("near"))
    titles = F.when(by_year, rivals("exact_titles")).otherwise(rivals("near_titles"))
    is_taken = ~by_year & (candidates == 1) & (F.col("exact_titles") > 0)
    verdict = (
        F.when((candidates == 0) | is_taken, UNMATCHED)
        .when((candidates == 1) & (titles == 1), MATCHED)
        .otherwise(AMBIGUOUS)
    )
    at = F.when(by_year, "of that year").otherwise("one year apart")
    nearest = F.col("start_year").cast("string")
    reason = (
        F.when(is_taken, "the only candidate, one year apart, has the year of another title of the catalogue")
        .when(candidates > 1, F.concat(F.lit("IMDb has "), candidates.cast("string"), F.lit(" such titles "), at))
        .when(
            (candidates == 1) & (titles > 1),
            F.concat(titles.cast("string"), F.lit(" titles of the catalogue fit")),
        )
        .when(candidates == 1, F.concat(F.lit("the only title of that type and name, "), at))
        .when(F.col("tconst").isNull(), "IMDb has no title of that type and name")
        .when(nearest.isNull(), "IMDb has titles of that type and name, of no year")
        .otherwise(F.concat(F.lit("IMDb has titles of that type and name, the nearest in time of "), nearest))
    )
    judged = counted.withColumns({"verdict": verdict, "reason": reason})
    candidate = ("tconst", "imdb_title", "imdb_original_title", "start_year")
    return judged.withColumns({name: F.when(candidates > 0, F.col(name)) for name in candidate})


def matched_titles(matches: DataFrame) -> DataFrame:
    """One row per matched title: title_key, tconst."""
    return matches.filter(f"verdict = '{MATCHED}'").select("title_key", "tconst")


def matched_tconsts(matches: DataFrame) -> DataFrame:
    """One row per title at IMDb that a title of the catalogue is: tconst."""
    return matched_titles(matches).select("tconst").distinct()


def imdb_people_matches(latest: DataFrame, matches: DataFrame, principals: DataFrame, names: DataFrame) -> DataFrame:
    """One row per person credited in a matched title of `latest` and candidate, with the verdict.

    Candidates are the people of that name whom IMDb credits in the same titles. A person is a name: it is matched where
    all of its titles lead to one candidate.
    """
    people = F.explode(F.array_union("directors", "cast")).alias("person")
    credited = latest.join(matched_titles(matches), "title_key", how="inner").select("tconst", people)
    mine = credited.distinct().withColumn("name", comparable(compose(F.col("person"))))
    theirs = principals.join(names, "nconst", how="inner").select(
        F.col("tconst").alias("imdb_tconst"),
        "nconst",
        F.col("primary_name").alias("imdb_name"),
        "birth_year",
        comparable(F.col("primary_name")).alias("their_name"),
    )
    is_the_same = (F.col("tconst") == F.col("imdb_tconst")) & (F.col("name") == F.col("their_name"))
    pairs = mine.join(theirs, is_the_same, how="left").groupBy("person", "nconst", "imdb_name", "birth_year")
    counted = pairs.agg(F.count_distinct(F.col("imdb_tconst")).alias("titles"))
    candidates = F.count("nconst").over(Window.partitionBy("person"))
    verdict = F.when(candidates == 1, MATCHED).when(candidates > 1, AMBIGUOUS).otherwise(UNMATCHED)
    reason = (
        F.when(candidates == 1, "the only one of that name in the same titles")
        .when(candidates > 1, F.concat(candidates.cast("string"), F.lit(" people of that name in the same titles")))
        .otherwise("IMDb credits nobody of that name in the same titles")
    )
    judged = counted.withColumns({"verdict": verdict, "reason": reason})
    # Of a matched or ambiguous person a title without them says nothing.
    return judged.filter(F.col("nconst").isNotNull() | (F.col("verdict") == UNMATCHED)).select(
        *IMDB_PEOPLE_MATCHES.column_names
    )


def matched_people(matches: DataFrame) -> DataFrame:
    """One row per matched person: person, nconst, birth_year."""
    return matches.filter(f"verdict = '{MATCHED}'").select("person", "nconst", "birth_year")
