"""KPIs of the catalogue: each counts the titles that are in it now. A title that lacks a value counts under Unknown."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from gold.measures import ratio

GROWTH_YEARS = 5
# A total beside every row. Not by a cross join with the total: Sail then fails on a rule over a ratio.
ALL_ROWS = Window.partitionBy(F.lit(0))


def in_catalogue(dim_title: DataFrame) -> DataFrame:
    """One row per title that is in the catalogue now, with year_added (null where no date is known)."""
    return dim_title.filter("in_catalogue").withColumn("year_added", F.year("date_added").cast("int"))


def _with_share(counts: DataFrame) -> DataFrame:
    """The counts, with `share`: titles divided by the titles of all rows."""
    total = counts.withColumn("all_titles", F.sum("titles").over(ALL_ROWS))
    return total.withColumn("share", ratio("titles", "all_titles"))


def kpi_content_type(dim_title: DataFrame) -> DataFrame:
    """One row per type: titles, and their share of the catalogue."""
    counts = in_catalogue(dim_title).groupBy("type").agg(F.count("*").alias("titles"))
    return _with_share(counts).select("type", "titles", "share")


def kpi_genre(dim_title: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per genre: titles that have it, and their share of the catalogue's titles.

    A title with two genres counts once for each, so the shares add up to more than 1.
    """
    titles = in_catalogue(dim_title).withColumn("all_titles", F.count("*").over(ALL_ROWS))
    with_genres = titles.join(bridge_title_genre, "title_key", how="inner").join(dim_genre, "genre_key", how="inner")
    counts = with_genres.groupBy("genre").agg(F.count("*").alias("titles"), F.max("all_titles").alias("all_titles"))
    return counts.select("genre", "titles", ratio("titles", "all_titles").alias("share"))


def kpi_country(dim_title: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per country: titles made there, of them movies and TV shows. A title of two countries counts for each."""
    made_in = _with_countries(in_catalogue(dim_title), bridge_title_country, dim_country)
    return made_in.groupBy("country").agg(
        F.count("*").alias("titles"),
        F.count_if(F.col("type") == "Movie").alias("movies"),
        F.count_if(F.col("type") == "TV Show").alias("tv_shows"),
    )


def kpi_rating(dim_title: DataFrame, dim_rating: DataFrame) -> DataFrame:
    """One row per rating: titles, and their share of the catalogue."""
    rated = in_catalogue(dim_title).join(dim_rating, "rating_key", how="inner")
    return _with_share(rated.groupBy("rating").agg(F.count("*").alias("titles"))).select("rating", "titles", "share")


def kpi_release_year(dim_title: DataFrame) -> DataFrame:
    """One row per release year and type: titles."""
    return in_catalogue(dim_title).groupBy("release_year", "type").agg(F.count("*").alias("titles"))


def kpi_year_added(dim_title: DataFrame) -> DataFrame:
    """One row per year in which titles were added, and type: titles. The year is null where no date is known."""
    return in_catalogue(dim_title).groupBy("year_added", "type").agg(F.count("*").alias("titles"))


def kpi_content_age(
    dim_title: DataFrame,
    bridge_title_country: DataFrame,
    dim_country: DataFrame,
    bridge_title_genre: DataFrame,
) -> DataFrame:
    """One row per type, age category and country: titles, their average duration, the number of their genres.

    average_duration is in minutes, of the movies whose duration is known; null where there is none.
    """
    made_in = _with_countries(in_catalogue(dim_title), bridge_title_country, dim_country)
    group = ["type", "content_age_category", "country"]
    known_genres = bridge_title_genre.filter("genre_key <> -1").select("title_key", "genre_key")
    genres = (
        made_in.join(known_genres, "title_key", how="inner")
        .groupBy(*group)
        .agg(F.countDistinct("genre_key").alias("genres"))
    )
    is_movie = F.col("type") == "Movie"
    counts = made_in.groupBy(*group).agg(
        F.count("*").alias("content_count"),
        F.coalesce(F.sum(F.when(is_movie, F.col("duration_minutes"))), F.lit(0)).alias("minutes"),
        F.count(F.when(is_movie, F.col("duration_minutes"))).alias("timed"),
    )
    return counts.join(genres, group, how="left").select(
        *group,
        "content_count",
        ratio("minutes", "timed").alias("average_duration"),
        F.coalesce("genres", F.lit(0)).cast("bigint").alias("genres"),
    )


def kpi_genre_trend(dim_title: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per genre and year in which titles were added (null where no date is known): titles."""
    titles = in_catalogue(dim_title).join(bridge_title_genre, "title_key", how="inner")
    with_genres = titles.join(dim_genre, "genre_key", how="inner")
    return with_genres.groupBy("genre", "year_added").agg(F.count("*").alias("titles"))


def kpi_country_growth(dim_title: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per country: titles added in the last five years, in the five before, and the growth between them.

    The last year is the latest in which any title was added. growth is (last - previous) / previous, null where
    nothing was added in the previous years.
    """
    titles = in_catalogue(dim_title).withColumn("last_year", F.max("year_added").over(ALL_ROWS))
    years_ago = F.col("last_year") - F.col("year_added")
    made_in = _with_countries(titles, bridge_title_country, dim_country)
    counts = made_in.groupBy("country").agg(
        F.count_if(years_ago < GROWTH_YEARS).alias("titles_last_5_years"),
        F.count_if((years_ago >= GROWTH_YEARS) & (years_ago < 2 * GROWTH_YEARS)).alias("titles_previous_5_years"),
    )
    change = counts.withColumn("change", F.col("titles_last_5_years") - F.col("titles_previous_5_years"))
    return change.select(
        "country",
        "titles_last_5_years",
        "titles_previous_5_years",
        ratio("change", "titles_previous_5_years").alias("growth"),
    )


def _with_countries(titles: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per title and country."""
    return titles.join(bridge_title_country, "title_key", how="inner").join(dim_country, "country_key", how="inner")
