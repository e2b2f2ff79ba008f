"""Columns found by name, whatever a release calls them."""

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.feeds import RESCUED

SYNONYMS = {
    "show_id": ("id",),
    "type": ("content type",),
    "title": ("name", "movie title"),
    "director": ("directors",),
    "cast": ("cast members", "cast people", "actors", "actor"),
    "country": ("countries", "production country"),
    "date_added": ("added", "added date"),
    "release_year": ("year", "released"),
    "rating": ("age rating", "maturity rating"),
    "duration": ("runtime", "length"),
    "listed_in": ("genre", "genres", "category", "categories"),
    "description": ("movie description", "summary", "synopsis", "overview"),
}


def _normalized(name: str) -> str:
    return name.lower().replace(" ", "").replace("_", "")


def _rescued(entries: Column, names: Iterable[str]) -> Column:
    """The value of the first rescued entry whose name, without case, spaces and underscores, is one of `names`."""
    wanted = [_normalized(name) for name in names]
    matching = F.filter(entries, lambda entry: F.lower(F.regexp_replace(entry["key"], "[ _]", "")).isin(wanted))
    return F.get(F.transform(matching, lambda entry: entry["value"]), F.lit(0))


def by_name(bronze: DataFrame, columns: Iterable[str]) -> DataFrame:
    """One row per bronze row, with `columns` filled from `_rescued_data` where the file had them under another name.

    Names are matched without case, spaces and underscores, by the column's own name and its SYNONYMS.
    """
    entries = F.map_entries(F.from_json(F.col(RESCUED), "map<string,string>"))
    found = {
        name: F.coalesce(F.col(name), _rescued(F.col("_rescued_entries"), (name, *SYNONYMS.get(name, ()))))
        for name in columns
    }
    return bronze.withColumn("_rescued_entries", entries).withColumns(found).drop("_rescued_entries")
