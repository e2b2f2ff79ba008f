"""KPIs of what is watched by genre, person, type and region.

A title with two genres counts once for each in `plays`, and by its bridge's weight in `hours_viewed`: hours add up.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.fractions import PARTS, divided, ratio
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import UNKNOWN, UNKNOWN_KEY

PLAYS = ColumnSpec("plays", "BIGINT", "viewing sessions; one of a title that has several counts for each")
HOURS = ColumnSpec("hours_viewed", "DECIMAL(18,6)", "hours watched, by the bridge weights, rounded half up")
COUNTED = {"has_plays": "plays > 0", "never_negative": "hours_viewed >= 0"}
# Of a second. Half a millionth of an hour is 9 of them: what is cut off below one changes no rounding.
TICKS = 5_000


def _watched(name: str, of_what: str) -> TableSpec:
    return TableSpec(
        name=name,
        comment=f"One row per {of_what} of a title that was watched: hours and plays.",
        columns=(ColumnSpec("name", "STRING", "Unknown where the title is unknown, or has none"), HOURS, PLAYS),
        rules={"has_name": "name IS NOT NULL", **COUNTED},
    )


KPI_WATCHED_GENRE = _watched("kpi_watched_genre", "genre")
KPI_WATCHED_DIRECTOR = _watched("kpi_watched_director", "director")
KPI_WATCHED_ACTOR = _watched("kpi_watched_actor", "actor")

KPI_TYPE_PREFERENCE = TableSpec(
    name="kpi_type_preference",
    comment="One row per country of viewing, age band and type of title: hours, and their share of the band.",
    columns=(
        ColumnSpec("country", "STRING", "where it was watched; Unknown"),
        ColumnSpec("age_band", "STRING", "of the subscriber; Unknown"),
        ColumnSpec("type", "STRING", "Movie or TV Show; Unknown"),
        ColumnSpec("hours_viewed", "DECIMAL(18,6)", "hours watched, rounded half up"),
        ColumnSpec(
            "share", "DECIMAL(18,6)", "of all hours of the country and age band, 0 to 1; null where there are none"
        ),
    ),
    rules={"has_country": "country IS NOT NULL", "never_negative": "hours_viewed >= 0"},
)

KPI_REGIONAL_PERFORMANCE = TableSpec(
    name="kpi_regional_performance",
    comment="One row per country of viewing and genre: hours and plays.",
    columns=(
        ColumnSpec("region", "STRING", "UN M49 region of the country; Unknown"),
        ColumnSpec("country", "STRING", "where it was watched; Unknown"),
        ColumnSpec("genre", "STRING", "Unknown where the title is unknown, or has none"),
        HOURS,
        PLAYS,
    ),
    rules={"has_country": "country IS NOT NULL", **COUNTED},
)


def _shared_out(daily: DataFrame, bridge: DataFrame, key: str) -> DataFrame:
    """One row per row of fact_playback_daily and `key` of its title, with its share of the time.

    In whole seconds and millionths of them, so that sums are exact. A title without a bridge is the unknown member's.
    """
    weights = bridge.select(F.col("title_key").alias("of"), key, "weight")
    joined = daily.join(weights, F.col("title_key") == F.col("of"), how="left")
    weight = F.coalesce((F.col("weight") * PARTS).cast("bigint"), F.lit(PARTS).cast("bigint"))
    parts = joined.withColumn("parts", F.col("watched_seconds") * weight)
    return parts.withColumns(
        {
            key: F.coalesce(key, F.lit(UNKNOWN_KEY).cast("bigint")),
            "seconds": divided(F.col("parts"), F.lit(PARTS).cast("bigint")),
            "rest": F.col("parts") % PARTS,
        }
    )


def _added_up(shared: DataFrame, *by: str) -> DataFrame:
    """One row per group: hours_viewed and plays."""
    sums = shared.groupBy(*by).agg(
        F.sum("seconds").cast("bigint").alias("seconds"),
        F.sum("rest").cast("bigint").alias("rest"),
        F.sum("plays").cast("bigint").alias("plays"),
    )
    rest = divided(F.col("rest"), F.lit(PARTS // TICKS).cast("bigint"))
    timed = sums.withColumns({"ticks": F.col("seconds") * TICKS + rest, "an_hour": F.lit(3600 * TICKS).cast("bigint")})
    return timed.withColumn("hours_viewed", ratio("ticks", "an_hour"))


def kpi_watched_genre(daily: DataFrame, bridge: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per genre; `daily` is fact_playback_daily, `bridge` that of titles and genres."""
    found = _added_up(_shared_out(daily, bridge, "genre_key"), "genre_key").join(dim_genre, "genre_key", how="inner")
    return found.select(F.col("genre").alias("name"), "hours_viewed", "plays")


def kpi_watched_person(daily: DataFrame, bridge: DataFrame, dim_person: DataFrame, role: str) -> DataFrame:
    """One row per person in the role (director or cast); `bridge` is that of titles and persons."""
    of_role = bridge.filter(F.col("role") == role)
    found = _added_up(_shared_out(daily, of_role, "person_key"), "person_key")
    named = found.join(dim_person, "person_key", how="inner")
    return named.select(F.col("person").alias("name"), "hours_viewed", "plays")


def kpi_type_preference(
    fact_playback: DataFrame, dim_subscriber: DataFrame, dim_title: DataFrame, dim_country: DataFrame
) -> DataFrame:
    """One row per country of viewing, age band and type of title."""
    keys = ("country_key", "subscriber_key", "title_key")
    sums = fact_playback.groupBy(*keys).agg(F.sum("watched_seconds").cast("bigint").alias("seconds"))
    named = (
        sums.join(dim_country.select("country_key", "country"), "country_key", how="inner")
        .join(dim_subscriber.select("subscriber_key", "age_band"), "subscriber_key", how="inner")
        .join(dim_title.select("title_key", "type"), "title_key", how="inner")
    )
    typed = named.withColumn("type", F.coalesce("type", F.lit(UNKNOWN)))
    by_type = typed.groupBy("country", "age_band", "type").agg(F.sum("seconds").cast("bigint").alias("seconds"))
    of_band = Window.partitionBy("country", "age_band")
    whole = by_type.withColumns({"all_seconds": F.sum("seconds").over(of_band), "an_hour": F.lit(3600).cast("bigint")})
    return whole.select(
        "country",
        "age_band",
        "type",
        ratio("seconds", "an_hour").alias("hours_viewed"),
        ratio("seconds", "all_seconds").alias("share"),
    )


def kpi_regional_performance(
    daily: DataFrame, bridge: DataFrame, dim_genre: DataFrame, dim_country: DataFrame
) -> DataFrame:
    """One row per country of viewing and genre; `bridge` is that of titles and genres."""
    found = _added_up(_shared_out(daily, bridge, "genre_key"), "country_key", "genre_key")
    named = found.join(dim_genre, "genre_key", how="inner").join(dim_country, "country_key", how="inner")
    return named.select(*KPI_REGIONAL_PERFORMANCE.column_names)
