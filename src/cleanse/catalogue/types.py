"""Types of titles, and which column of a release they are in."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from cleanse.catalogue.lengths import MOVIE, TV_SHOW
from cleanse.releases.rows import READ_TOGETHER
from common.text import NAME_PLACEHOLDERS, placeholder_to_null

TYPE_FLAGS = {"Movie": MOVIE, "TV Show": TV_SHOW}
# How sources write each type, in lower case; tvMovie is IMDb's.
SPELLINGS = {
    "Movie": ("movie", "movies", "film", "tvmovie"),
    "TV Show": ("tv show", "tv shows", "show", "shows", "series", "tv series", "tvseries", "tv", "mini-series"),
}


def type_named(text: Column) -> Column:
    """STRING: the type as the catalogue spells it; null for another text."""
    spelled = F.lower(text)
    name = F.when(spelled.isin(*SPELLINGS["Movie"]), F.lit("Movie"))
    return name.when(spelled.isin(*SPELLINGS["TV Show"]), F.lit("TV Show"))


def with_type(titles: DataFrame) -> DataFrame:
    """One row per row, with type as the catalogue spells it, type_flag (1 Movie, 2 TV Show; else null), listed_in_text.

    Where a release has more types in its column `category` than in `type`, that column is the type. What the other one
    has is the genres, unless a column of its own has them.
    """
    release = Window.partitionBy(*READ_TOGETHER)
    read = titles.withColumns({"type_name": type_named(F.col("type")), "category_name": type_named(F.col("category"))})
    decided = read.withColumns(
        {
            "category_is_type": F.count("category_name").over(release) > F.count("type_name").over(release),
            "genres_are_listed": F.count("listed_in_text").over(release) > 0,
        }
    )
    is_swapped = F.col("category_is_type")
    name = F.when(is_swapped, F.col("category_name")).otherwise(F.col("type_name"))
    other = F.when(is_swapped, placeholder_to_null(F.col("type"), NAME_PLACEHOLDERS)).otherwise(F.col("category"))
    named = decided.withColumns(
        {
            "type_name": name,
            "type_text": F.when(is_swapped, F.col("category")).otherwise(F.col("type")),
            "listed_in_text": F.when(F.col("genres_are_listed"), F.col("listed_in_text")).otherwise(other),
        }
    )
    flag = F.coalesce(*[F.when(F.col("type_name") == name, F.lit(flag)) for name, flag in TYPE_FLAGS.items()])
    return named.withColumns({"type_flag": flag, "type": F.coalesce("type_name", "type_text")})
