"""KPIs of the catalogue: each counts the titles that are in it now. A title that lacks a value counts under Unknown."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.fractions import ratio
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import UNKNOWN_KEY

GROWTH_YEARS = 5
TREND_FROM = 2010
# A total beside every row. Not by a cross join with the total: Sail then fails on a rule over a ratio.
ALL_ROWS = Window.partitionBy(F.lit(0))

TYPE = ColumnSpec("type", "STRING", "Movie or TV Show")
GENRE = ColumnSpec("genre", "STRING", "Unknown for titles without one")
COUNTRY = ColumnSpec("country", "STRING", "in which the titles were made; Unknown for titles without one")
YEAR_ADDED = ColumnSpec("year_added", "INT", "year in which the titles were added; null where no date is known")
TITLES = ColumnSpec("titles", "BIGINT", "how many titles")
SHARE = ColumnSpec("share", "DECIMAL(18,6)", "titles divided by all titles of the catalogue, 0 to 1, rounded half up")
AVERAGE_DURATION = ColumnSpec(
    "average_duration", "DECIMAL(18,6)", "minutes, of movies of known duration; null without any"
)

KNOWN_TYPE = {"known_type": "type IN ('Movie', 'TV Show')"}
COUNTED = {"counts_titles": "titles > 0"}
FRACTION = {"share_is_a_fraction": "share BETWEEN 0 AND 1"}


def in_catalogue(dim_title: DataFrame) -> DataFrame:
    """One row per title that is in the catalogue now, with year_added (null where no date is known)."""
    return dim_title.filter("in_catalogue").withColumn("year_added", F.year("date_added").cast("int"))


def _counted_by(titles: DataFrame, *columns: str) -> DataFrame:
    """One row per combination of the columns: how many rows have it, as `titles`."""
    return titles.groupBy(*columns).agg(F.count("*").alias("titles")).select(*columns, "titles")


def _with_share(counts: DataFrame) -> DataFrame:
    """The counts, with `share`: titles divided by the titles of all rows."""
    total = counts.withColumn("all_titles", F.sum("titles").over(ALL_ROWS))
    return total.withColumn("share", ratio("titles", "all_titles"))


def _with_genres(titles: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per title and genre."""
    return titles.join(bridge_title_genre, "title_key", how="inner").join(dim_genre, "genre_key", how="inner")


def _with_countries(titles: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per title and country."""
    return titles.join(bridge_title_country, "title_key", how="inner").join(dim_country, "country_key", how="inner")


def _known_by_title(bridge: DataFrame, dimension: DataFrame, name: str) -> DataFrame:
    """One row per title with known members: `known`, the array of their names (column `name`)."""
    key = f"{name}_key"
    members = bridge.filter(F.col(key) != UNKNOWN_KEY).join(dimension, key, how="inner")
    return members.groupBy("title_key").agg(F.collect_set(name).alias("known"))


def _distinct_known() -> Column:
    """ARRAY<STRING>: the different names in `known` of all rows of a group, sorted."""
    return F.sort_array(F.array_distinct(F.flatten(F.collect_list("known"))))


def _content() -> list[Column]:
    """Of the titles of a group: content_count, and what `_with_average_duration` needs."""
    movie_minutes = F.when(F.col("type") == "Movie", F.col("duration_minutes"))
    return [
        F.count("*").alias("content_count"),
        F.sum(movie_minutes).alias("minutes"),
        F.count(movie_minutes).alias("timed_movies"),
    ]


def _with_average_duration(content: DataFrame) -> DataFrame:
    """The groups, with average_duration: minutes, of the movies whose duration is known."""
    return content.withColumn("average_duration", ratio("minutes", "timed_movies"))


KPI_CONTENT_TYPE = TableSpec(
    name="kpi_content_type",
    comment="One row per type: titles, and their share of the catalogue.",
    columns=(TYPE, TITLES, SHARE),
    rules={**KNOWN_TYPE, **COUNTED, **FRACTION},
)


def kpi_content_type(dim_title: DataFrame) -> DataFrame:
    """One row per type: titles, and their share of the catalogue."""
    return _with_share(_counted_by(in_catalogue(dim_title), "type")).select("type", "titles", "share")


KPI_GENRE = TableSpec(
    name="kpi_genre",
    comment="One row per genre: titles that have it, and their share; a title counts once for each of its genres.",
    columns=(GENRE, TITLES, SHARE),
    rules={"has_genre": "genre IS NOT NULL", **COUNTED, **FRACTION},
)


def kpi_genre(dim_title: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per genre: titles that have it, and their share. The shares add up to more than 1."""
    titles = in_catalogue(dim_title).withColumn("all_titles", F.count("*").over(ALL_ROWS))
    of_genre = _with_genres(titles, bridge_title_genre, dim_genre).groupBy("genre")
    counts = of_genre.agg(F.count("*").alias("titles"), F.max("all_titles").alias("all_titles"))
    return counts.select("genre", "titles", ratio("titles", "all_titles").alias("share"))


KPI_COUNTRY = TableSpec(
    name="kpi_country",
    comment="One row per country: titles made there; a title counts once for each of its countries.",
    columns=(
        COUNTRY,
        TITLES,
        ColumnSpec("movies", "BIGINT", "how many of the titles are movies"),
        ColumnSpec("tv_shows", "BIGINT", "how many of the titles are TV shows"),
    ),
    rules={"has_country": "country IS NOT NULL", "types_add_up": "titles = movies + tv_shows", **COUNTED},
)


def kpi_country(dim_title: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per country: titles made there, of them movies and TV shows."""
    made_in = _with_countries(in_catalogue(dim_title), bridge_title_country, dim_country)
    counts = made_in.groupBy("country").agg(
        F.count("*").alias("titles"),
        F.count_if(F.col("type") == "Movie").alias("movies"),
        F.count_if(F.col("type") == "TV Show").alias("tv_shows"),
    )
    return counts.select("country", "titles", "movies", "tv_shows")


KPI_RATING = TableSpec(
    name="kpi_rating",
    comment="One row per maturity rating: titles, and their share of the catalogue.",
    columns=(ColumnSpec("rating", "STRING", "Unknown for titles without one"), TITLES, SHARE),
    rules={"has_rating": "rating IS NOT NULL", **COUNTED, **FRACTION},
)


def kpi_rating(dim_title: DataFrame, dim_rating: DataFrame) -> DataFrame:
    """One row per maturity rating: titles, and their share of the catalogue."""
    rated = in_catalogue(dim_title).join(dim_rating, "rating_key", how="inner")
    return _with_share(_counted_by(rated, "rating")).select("rating", "titles", "share")


KPI_RELEASE_YEAR = TableSpec(
    name="kpi_release_year",
    comment="One row per release year and type: titles.",
    columns=(ColumnSpec("release_year", "INT", "year in which the titles were released"), TYPE, TITLES),
    rules={"has_year": "release_year IS NOT NULL", **KNOWN_TYPE, **COUNTED},
)


def kpi_release_year(dim_title: DataFrame) -> DataFrame:
    """One row per release year and type: titles."""
    return _counted_by(in_catalogue(dim_title), "release_year", "type")


KPI_YEAR_ADDED = TableSpec(
    name="kpi_year_added",
    comment="One row per year in which titles were added, and type: titles.",
    columns=(YEAR_ADDED, TYPE, TITLES),
    rules={**KNOWN_TYPE, **COUNTED},
)


def kpi_year_added(dim_title: DataFrame) -> DataFrame:
    """One row per year in which titles were added, and type: titles."""
    return _counted_by(in_catalogue(dim_title), "year_added", "type")


KPI_CONTENT_AGE = TableSpec(
    name="kpi_content_age",
    comment="One row per type, age category and country: titles, how long their movies are, and their genres.",
    columns=(
        TYPE,
        ColumnSpec(
            "content_age_category", "STRING", "by release year: Recent from 2020, Modern from 2010, else Classic"
        ),
        COUNTRY,
        ColumnSpec("content_count", "BIGINT", "how many titles"),
        AVERAGE_DURATION,
        ColumnSpec("genres", "BIGINT", "how many different genres, Unknown not counted"),
        ColumnSpec("genre_names", "ARRAY<STRING>", "the different genres, sorted; empty where none is known"),
    ),
    rules={
        **KNOWN_TYPE,
        "known_category": "content_age_category IN ('Recent', 'Modern', 'Classic')",
        "has_country": "country IS NOT NULL",
        "counts_titles": "content_count > 0",
        "genres_are_named": "genres = size(genre_names)",
    },
)


def kpi_content_age(
    dim_title: DataFrame,
    bridge_title_country: DataFrame,
    dim_country: DataFrame,
    bridge_title_genre: DataFrame,
    dim_genre: DataFrame,
) -> DataFrame:
    """One row per type, age category and country: titles, how long their movies are, and their genres."""
    genres = _known_by_title(bridge_title_genre, dim_genre, "genre")
    titles = in_catalogue(dim_title).join(genres, "title_key", how="left")
    made_in = _with_countries(titles, bridge_title_country, dim_country)
    by_age = made_in.groupBy("type", "content_age_category", "country")
    counts = by_age.agg(*_content(), _distinct_known().alias("genre_names"))
    genres_counted = counts.withColumn("genres", F.size("genre_names").cast("bigint"))
    return _with_average_duration(genres_counted).select(*KPI_CONTENT_AGE.column_names)


KPI_CONTENT_TREND = TableSpec(
    name="kpi_content_trend",
    comment="One row per release year from 2010 and type: titles, how long their movies are, and how many countries.",
    columns=(
        ColumnSpec("release_year", "INT", "year in which the titles were released, from 2010"),
        TYPE,
        ColumnSpec("content_count", "BIGINT", "how many titles"),
        AVERAGE_DURATION,
        ColumnSpec("countries", "BIGINT", "how many different countries they were made in, Unknown not counted"),
    ),
    rules={
        "is_recent": "release_year >= 2010",
        **KNOWN_TYPE,
        "counts_titles": "content_count > 0",
        "counts_countries": "countries >= 0",
    },
)


def kpi_content_trend(dim_title: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per release year from 2010 and type: titles, how long their movies are, and how many countries."""
    countries = _known_by_title(bridge_title_country, dim_country, "country")
    recent = in_catalogue(dim_title).filter(F.col("release_year") >= TREND_FROM)
    by_year = recent.join(countries, "title_key", how="left").groupBy("release_year", "type")
    counts = by_year.agg(*_content(), F.size(_distinct_known()).cast("bigint").alias("countries"))
    return _with_average_duration(counts).select(*KPI_CONTENT_TREND.column_names)


KPI_GENRE_TREND = TableSpec(
    name="kpi_genre_trend",
    comment="One row per genre and year in which titles were added: titles.",
    columns=(GENRE, YEAR_ADDED, TITLES),
    rules={"has_genre": "genre IS NOT NULL", **COUNTED},
)


def kpi_genre_trend(dim_title: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per genre and year in which titles were added: titles."""
    with_genres = _with_genres(in_catalogue(dim_title), bridge_title_genre, dim_genre)
    return _counted_by(with_genres, "genre", "year_added")


KPI_COUNTRY_GROWTH = TableSpec(
    name="kpi_country_growth",
    comment="One row per country: titles added in the last five years, in the five before, and the growth.",
    columns=(
        COUNTRY,
        ColumnSpec(
            "titles_last_5_years",
            "BIGINT",
            "titles added in the five years up to the latest in which any title was added",
        ),
        ColumnSpec("titles_previous_5_years", "BIGINT", "titles added in the five years before those"),
        ColumnSpec("growth", "DECIMAL(18,6)", "(last - previous) / previous; null where previous is 0"),
    ),
    rules={
        "has_country": "country IS NOT NULL",
        "counts_titles": "titles_last_5_years >= 0 AND titles_previous_5_years >= 0",
    },
)


def kpi_country_growth(dim_title: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per country: titles added in the last five years, in the five before, and the growth."""
    titles = in_catalogue(dim_title).withColumn("last_year", F.max("year_added").over(ALL_ROWS))
    years_ago = F.col("last_year") - F.col("year_added")
    made_in = _with_countries(titles, bridge_title_country, dim_country)
    counts = made_in.groupBy("country").agg(
        F.count_if(years_ago < GROWTH_YEARS).alias("titles_last_5_years"),
        F.count_if((years_ago >= GROWTH_YEARS) & (years_ago < 2 * GROWTH_YEARS)).alias("titles_previous_5_years"),
    )
    change = counts.withColumn("change", F.col("titles_last_5_years") - F.col("titles_previous_5_years"))
    growth = change.withColumn("growth", ratio("change", "titles_previous_5_years"))
    return growth.select(*KPI_COUNTRY_GROWTH.column_names)
