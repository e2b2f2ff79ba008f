"""KPIs of what is watched by genre, person, type and region.

A title with two genres counts once for each of them in `plays`, and by its bridge weights in `hours_viewed`: hours add
up.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.aggregates import count_rows, total
from common.fractions import PARTS, hours, quotient, ratio
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import or_unknown
from gold.playback.kpis import shared

SHARED_PLAYS = ColumnSpec("plays", "BIGINT", "viewing sessions; a title with several members counts for each")
WEIGHTED_HOURS = ColumnSpec("hours_viewed", "DECIMAL(18,6)", "hours watched, by the bridge weights, rounded half up")
WATCHED = {"has_plays": "plays > 0", "never_negative": "hours_viewed >= 0"}
# Ticks per second. Half a millionth of an hour is 9 ticks: what is cut off below one changes no rounding.
TICKS = 5_000


def _watched(name: str, member: str) -> TableSpec:
    return TableSpec(
        name=name,
        comment=f"One row per {member} of a title that was watched: hours and plays.",
        columns=(
            ColumnSpec("name", "STRING", "name; Unknown if the title is unknown or has none"),
            WEIGHTED_HOURS,
            SHARED_PLAYS,
        ),
        rules={"has_name": "name IS NOT NULL", **WATCHED},
    )


KPI_WATCHED_GENRE = _watched("kpi_watched_genre", "genre")


def kpi_watched_genre(fact_playback_daily: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per genre with plays."""
    sums = _sums(_weighted(fact_playback_daily, bridge_title_genre, "genre_key"), "genre_key")
    named = sums.join(dim_genre, "genre_key", how="inner")
    return named.select(F.col("genre").alias("name"), "hours_viewed", "plays")


KPI_WATCHED_DIRECTOR = _watched("kpi_watched_director", "director")
KPI_WATCHED_ACTOR = _watched("kpi_watched_actor", "actor")


def kpi_watched_person(
    fact_playback_daily: DataFrame, bridge_title_person: DataFrame, dim_person: DataFrame, role: str
) -> DataFrame:
    """One row per person with plays in the role (director or cast)."""
    in_role = bridge_title_person.filter(F.col("role") == role)
    sums = _sums(_weighted(fact_playback_daily, in_role, "person_key"), "person_key")
    named = sums.join(dim_person, "person_key", how="inner")
    return named.select(F.col("person").alias("name"), "hours_viewed", "plays")


KPI_TYPE_PREFERENCE = TableSpec(
    name="kpi_type_preference",
    comment="One row per country of viewing, age band and type of title: hours, and their share of the age band.",
    columns=(
        ColumnSpec("country", "STRING", "country of viewing; Unknown if not known"),
        ColumnSpec("age_band", "STRING", "age band of the subscriber; Unknown if not known"),
        ColumnSpec("type", "STRING", "Movie, TV Show or Unknown"),
        shared.HOURS_VIEWED,
        ColumnSpec("share", "DECIMAL(18,6)", "hours / all hours of the country and age band; null without hours"),
    ),
    rules={
        "has_group": "country IS NOT NULL AND age_band IS NOT NULL AND type IS NOT NULL",
        "never_negative": "hours_viewed >= 0",
        "share_is_a_fraction": "share IS NULL OR share BETWEEN 0 AND 1",
    },
)


def kpi_type_preference(
    fact_playback: DataFrame, dim_subscriber: DataFrame, dim_title: DataFrame, dim_country: DataFrame
) -> DataFrame:
    """One row per country, age band and type; the shares of a country and age band add up to 1, but for rounding."""
    sums = fact_playback.groupBy("country_key", "subscriber_key", "title_key").agg(total("watched_seconds", "seconds"))
    named = (
        sums.join(dim_country.select("country_key", "country"), "country_key", how="inner")
        .join(dim_subscriber.select("subscriber_key", "age_band"), "subscriber_key", how="inner")
        .join(dim_title.select("title_key", "type"), "title_key", how="inner")
    )
    typed = named.withColumn("type", or_unknown("type"))
    by_type = typed.groupBy("country", "age_band", "type").agg(total("seconds"))
    of_band = Window.partitionBy("country", "age_band")
    totals = by_type.withColumn("all_seconds", F.sum("seconds").over(of_band))
    share = ratio("seconds", "all_seconds").alias("share")
    return totals.select("country", "age_band", "type", hours("seconds").alias("hours_viewed"), share)


KPI_REGIONAL_PERFORMANCE = TableSpec(
    name="kpi_regional_performance",
    comment="One row per country of viewing and genre: hours and plays.",
    columns=(
        ColumnSpec("region", "STRING", "UN M49 region of the country; Unknown if not known"),
        ColumnSpec("country", "STRING", "country of viewing; Unknown if not known"),
        ColumnSpec("genre", "STRING", "genre; Unknown if the title is unknown or has none"),
        WEIGHTED_HOURS,
        SHARED_PLAYS,
    ),
    rules={"has_group": "region IS NOT NULL AND country IS NOT NULL AND genre IS NOT NULL", **WATCHED},
)


def kpi_regional_performance(
    fact_playback_daily: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame, dim_country: DataFrame
) -> DataFrame:
    """One row per country and genre with plays."""
    sums = _sums(_weighted(fact_playback_daily, bridge_title_genre, "genre_key"), "country_key", "genre_key")
    named = sums.join(dim_genre, "genre_key", how="inner").join(dim_country, "country_key", how="inner")
    return named.select(*KPI_REGIONAL_PERFORMANCE.column_names)


KPI_GENRE_COMPLETION = TableSpec(
    name="kpi_genre_completion",
    comment="One row per genre of what was played: plays of known completion, and how much of them was watched.",
    columns=(
        ColumnSpec("genre", "STRING", "Unknown for titles without one; a title with several counts once for each"),
        ColumnSpec("plays", "BIGINT", "viewing sessions of movies whose completion is known"),
        ColumnSpec("average_completion", "DECIMAL(18,6)", "average completion of the plays, 0 to 1, rounded half up"),
        ColumnSpec("completed_plays", "BIGINT", "plays that are completed (is_completed)"),
        ColumnSpec("completed_share", "DECIMAL(18,6)", "completed plays / plays, 0 to 1, rounded half up"),
    ),
    rules={
        "has_genre": "genre IS NOT NULL",
        "counts_plays": "plays > 0",
        "completed_ones_are_plays": "completed_plays BETWEEN 0 AND plays",
        "shares_are_fractions": "average_completion BETWEEN 0 AND 1 AND completed_share BETWEEN 0 AND 1",
    },
)


def kpi_genre_completion(fact_playback: DataFrame, bridge_title_genre: DataFrame, dim_genre: DataFrame) -> DataFrame:
    """One row per genre. Only known movies have a completion."""
    known = fact_playback.filter("completion IS NOT NULL")
    in_millionths = known.withColumn("millionths", (F.col("completion") * PARTS).cast("bigint"))
    by_title = in_millionths.groupBy("title_key").agg(
        count_rows("plays"), total("millionths"), F.count_if("is_completed").alias("completed_plays")
    )
    bridged = by_title.join(bridge_title_genre.select("title_key", "genre_key"), "title_key", how="inner")
    sums = bridged.groupBy("genre_key").agg(total("plays"), total("millionths"), total("completed_plays"))
    return sums.join(dim_genre, "genre_key", how="inner").select(
        "genre",
        "plays",
        ratio("millionths", F.col("plays") * PARTS).alias("average_completion"),
        "completed_plays",
        ratio("completed_plays", "plays").alias("completed_share"),
    )


def _weighted(fact_playback_daily: DataFrame, bridge: DataFrame, key: str) -> DataFrame:
    """One row per row of fact_playback_daily and `key` of its title, with its share of the time.

    The share is in whole seconds and millionths, so that sums are exact.
    """
    weights = bridge.select("title_key", key, (F.col("weight") * PARTS).cast("bigint").alias("millionths"))
    joined = fact_playback_daily.join(weights, "title_key", how="inner")
    parts = joined.withColumn("parts", F.col("watched_seconds") * F.col("millionths"))
    return parts.withColumns(
        {"seconds": quotient(F.col("parts"), F.lit(PARTS).cast("bigint")), "rest": F.col("parts") % PARTS}
    )


def _sums(weighted: DataFrame, *keys: str) -> DataFrame:
    """One row per combination of keys: hours_viewed and plays."""
    sums = weighted.groupBy(*keys).agg(total("seconds"), total("rest"), total("plays"))
    ticks = F.col("seconds") * TICKS + quotient(F.col("rest"), F.lit(PARTS // TICKS).cast("bigint"))
    return sums.withColumn("hours_viewed", ratio(ticks, F.lit(3600 * TICKS).cast("bigint")))
