"""Dimensions of the star schema. Each has an unknown member, key -1, so that every fact joins."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from silver.keys import UNKNOWN_KEY, key_or_unknown, surrogate_key

UNKNOWN = "Unknown"
RECENT_FROM = 2020
MODERN_FROM = 2010


def date_key(date: Column) -> Column:
    """INT yyyymmdd; -1 for null."""
    return F.coalesce(F.date_format(date, "yyyyMMdd").cast("int"), F.lit(UNKNOWN_KEY))


def content_age_category(release_year: Column) -> Column:
    """`Recent` from 2020, `Modern` from 2010, else `Classic`; `Unknown` for null."""
    return (
        F.when(release_year >= RECENT_FROM, "Recent")
        .when(release_year >= MODERN_FROM, "Modern")
        .when(release_year < MODERN_FROM, "Classic")
        .otherwise(UNKNOWN)
    )


def with_unknown(members: DataFrame, one_row: DataFrame, **values: Column) -> DataFrame:
    """The members and the unknown member, made of `values`, a value for every column in the members' order."""
    unknown = one_row.select(*[value.alias(name) for name, value in values.items()])
    return members.unionByName(unknown)


def latest_titles(titles: DataFrame) -> DataFrame:
    """One row per title: its latest version, in the catalogue or not."""
    newest_first = Window.partitionBy("title_key").orderBy(F.desc("__START_AT"))
    return titles.withColumn("age", F.row_number().over(newest_first)).filter("age = 1").drop("age")


def dim_title(latest: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per title as it is now; in_catalogue is false for one that the latest release lacks."""
    members = latest.select(
        "title_key",
        "show_id",
        "title",
        "short_title",
        "type",
        "type_flag",
        "release_year",
        "date_added",
        key_or_unknown(F.col("rating")).alias("rating_key"),
        "duration_minutes",
        "seasons",
        content_age_category(F.col("release_year")).alias("content_age_category"),
        "description",
        F.lit(None).cast("string").alias("imdb_id"),
        F.col("__END_AT").isNull().alias("in_catalogue"),
    )
    return with_unknown(
        members,
        one_row,
        title_key=F.lit(UNKNOWN_KEY).cast("bigint"),
        show_id=F.lit(None).cast("string"),
        title=F.lit(UNKNOWN),
        short_title=F.lit(UNKNOWN),
        type=F.lit(UNKNOWN),
        type_flag=F.lit(UNKNOWN_KEY),
        release_year=F.lit(None).cast("int"),
        date_added=F.lit(None).cast("date"),
        rating_key=F.lit(UNKNOWN_KEY).cast("bigint"),
        duration_minutes=F.lit(None).cast("int"),
        seasons=F.lit(None).cast("int"),
        content_age_category=F.lit(UNKNOWN),
        description=F.lit(None).cast("string"),
        imdb_id=F.lit(None).cast("string"),
        in_catalogue=F.lit(False),
    )


def dim_genre(latest: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per genre."""
    genres = latest.select(F.explode("genres").alias("genre")).distinct()
    return with_unknown(
        genres.select(surrogate_key(F.col("genre")).alias("genre_key"), "genre"),
        one_row,
        genre_key=F.lit(UNKNOWN_KEY).cast("bigint"),
        genre=F.lit(UNKNOWN),
    )


def dim_country(latest: DataFrame, known_countries: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per country, by the catalogue's own name for it; iso_code is ISO 3166-1 alpha-2, region is UN M49."""
    countries = latest.select(F.explode("countries").alias("country")).distinct()
    members = countries.join(known_countries, "country", how="left").select(
        surrogate_key(F.col("country")).alias("country_key"),
        "country",
        "iso_code",
        F.coalesce("region", F.lit(UNKNOWN)).alias("region"),
    )
    return with_unknown(
        members,
        one_row,
        country_key=F.lit(UNKNOWN_KEY).cast("bigint"),
        country=F.lit(UNKNOWN),
        iso_code=F.lit(None).cast("string"),
        region=F.lit(UNKNOWN),
    )


def dim_person(latest: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per person, by the name as written."""
    credited = latest.select(F.explode(F.array_union("directors", "cast")).alias("person")).distinct()
    return with_unknown(
        credited.select(surrogate_key(F.col("person")).alias("person_key"), "person"),
        one_row,
        person_key=F.lit(UNKNOWN_KEY).cast("bigint"),
        person=F.lit(UNKNOWN),
    )


def dim_rating(latest: DataFrame, known_ratings: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per maturity rating; minimum_age in years, null where the rating names none."""
    ratings = latest.filter("rating IS NOT NULL").select("rating").distinct()
    members = ratings.join(known_ratings, "rating", how="left").select(
        surrogate_key(F.col("rating")).alias("rating_key"),
        "rating",
        F.coalesce("audience", F.lit(UNKNOWN)).alias("audience"),
        "minimum_age",
    )
    return with_unknown(
        members,
        one_row,
        rating_key=F.lit(UNKNOWN_KEY).cast("bigint"),
        rating=F.lit(UNKNOWN),
        audience=F.lit(UNKNOWN),
        minimum_age=F.lit(None).cast("int"),
    )


def dim_date(latest: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per day of every year from the first to the last date on which a title was added."""
    first, last = F.trunc(F.min("date_added"), "year"), F.add_months(F.trunc(F.max("date_added"), "year"), 12)
    bounds = latest.agg(first.cast("date").alias("first"), F.date_sub(last.cast("date"), 1).alias("last"))
    days = bounds.filter("first IS NOT NULL").select(F.explode(F.sequence("first", "last")).alias("date"))
    day_of_week = ((F.dayofweek("date") + 5) % 7 + 1).cast("int")
    members = days.select(
        date_key(F.col("date")).alias("date_key"),
        "date",
        F.year("date").cast("int").alias("year"),
        F.quarter("date").cast("int").alias("quarter"),
        F.month("date").cast("int").alias("month"),
        F.date_format("date", "MMMM").alias("month_name"),
        F.dayofmonth("date").cast("int").alias("day"),
        day_of_week.alias("day_of_week"),
        F.date_format("date", "EEEE").alias("day_name"),
        (day_of_week >= 6).alias("is_weekend"),
    )
    return with_unknown(
        members,
        one_row,
        date_key=F.lit(UNKNOWN_KEY),
        date=F.lit(None).cast("date"),
        year=F.lit(None).cast("int"),
        quarter=F.lit(None).cast("int"),
        month=F.lit(None).cast("int"),
        month_name=F.lit(UNKNOWN),
        day=F.lit(None).cast("int"),
        day_of_week=F.lit(None).cast("int"),
        day_name=F.lit(UNKNOWN),
        is_weekend=F.lit(None).cast("boolean"),
    )
