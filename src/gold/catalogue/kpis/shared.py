"""What the catalogue's KPIs share: the titles that are in it now, and columns. A title without a value is Unknown."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.aggregates import count_rows
from common.specifications import ColumnSpec

TYPE = ColumnSpec("type", "STRING", "Movie or TV Show")
GENRE = ColumnSpec("genre", "STRING", "genre; Unknown for titles without one")
COUNTRY = ColumnSpec("country", "STRING", "country of production; Unknown for titles without one")
RELEASE_YEAR = ColumnSpec("release_year", "INT", "year in which the titles were first shown")
YEAR_ADDED = ColumnSpec("year_added", "INT", "year in which the titles were added; null if the date is unknown")
TITLE_COUNT = ColumnSpec("titles", "BIGINT", "number of titles")

KNOWN_TYPE = {"known_type": "type IN ('Movie', 'TV Show')"}
COUNTS_TITLES = {"counts_titles": "titles > 0"}


def current_titles(dim_title: DataFrame) -> DataFrame:
    """One row per title that is in the catalogue now, with year_added (null if the date is unknown)."""
    return dim_title.filter("in_catalogue").withColumn("year_added", F.year("date_added").cast("int"))


def count_titles(titles: DataFrame, *columns: str) -> DataFrame:
    """One row per combination of the columns: the number of `titles`."""
    return titles.groupBy(*columns).agg(count_rows("titles")).select(*columns, "titles")


def with_genres(titles: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per title and genre."""
    return titles.join(bridge_title_genre, "title_key", how="inner").join(dim_genre, "genre_key", how="inner")


def with_countries(titles: DataFrame, bridge_title_country: DataFrame, dim_country: DataFrame) -> DataFrame:
    """One row per title and country."""
    return titles.join(bridge_title_country, "title_key", how="inner").join(dim_country, "country_key", how="inner")
