"""KPIs of titles: which are watched most, which are well rated but little watched, and how many are watched at all."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from common.aggregates import count_rows, distinct_rows, total
from common.fractions import hours, ratio
from common.specifications import ColumnSpec, TableSpec
from common.windows import all_rows
from gold.conformed.members import with_known_key
from gold.playback.kpis import shared

TITLE_TYPE = ColumnSpec("type", "STRING", "Movie or TV Show")

KPI_TOP_TITLES = TableSpec(
    name="kpi_top_titles",
    comment="One row per title that was watched or started: plays, views, hours, subscribers and starts.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "title (dim_title); -1 for unknown titles"),
        ColumnSpec("title", "STRING", "name of the title"),
        shared.PLAYS,
        ColumnSpec("views", "DECIMAL(18,6)", "hours viewed / runtime, as Netflix publishes it; null without a runtime"),
        shared.HOURS_VIEWED,
        shared.DISTINCT_SUBSCRIBERS,
        ColumnSpec("starts", "BIGINT", "PLAY_START events of the title"),
    ),
    rules={
        "has_title": "title_key IS NOT NULL AND title IS NOT NULL",
        "counts_plays_or_starts": "plays + starts > 0",
        "never_negative": "least(plays, starts, hours_viewed, subscribers, views) >= 0",
    },
    properties={"lakehouse.example": "ORDER BY plays DESC LIMIT 5"},
)


def kpi_top_titles(
    fact_playback_daily: DataFrame, fact_playback: DataFrame, dim_title: DataFrame, playback_title_starts: DataFrame
) -> DataFrame:
    """One row per title that was watched or started, in no order: queries take the top ones.

    A session is of one title, though it may have started several: so a title can have starts and no plays.
    """
    runtime = F.when(F.col("duration_minutes") > 0, F.col("duration_minutes").cast("bigint") * 60)
    titles = dim_title.select("title_key", "title", runtime.alias("runtime"))
    starts = (
        playback_title_starts.transform(with_known_key, titles, "title_key").groupBy("title_key").agg(total("starts"))
    )
    viewing = shared.viewing_by(titles.select("title_key"), "title_key", fact_playback_daily, fact_playback)
    counts = ("plays", "watched_seconds", "subscribers", "starts")
    counted = viewing.join(starts, "title_key", how="full").withColumns(
        {name: F.coalesce(name, F.lit(0).cast("bigint")) for name in counts}
    )
    titled = counted.join(titles, "title_key", how="inner")
    measures = {"hours_viewed": hours("watched_seconds"), "views": ratio("watched_seconds", "runtime")}
    return titled.withColumns(measures).select(*KPI_TOP_TITLES.column_names)


# Ratings at IMDb; those with few votes say little.
TOP_RATED_FROM, ENOUGH_VOTES = "7.5", 1000

KPI_UNDERWATCHED_TITLES = TableSpec(
    name="kpi_underwatched_titles",
    comment="One row per title of the catalogue that is well rated but little watched: rating, votes, plays and hours.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "title (dim_title)"),
        ColumnSpec("title", "STRING", "name of the title"),
        TITLE_TYPE,
        ColumnSpec("average_rating", "DECIMAL(3,1)", f"rating at IMDb: {TOP_RATED_FROM} or more"),
        ColumnSpec("votes", "BIGINT", f"number of ratings at IMDb: {ENOUGH_VOTES:,} or more"),
        ColumnSpec("plays", "BIGINT", "viewing sessions; 0 if nobody watched it"),
        shared.HOURS_VIEWED,
        ColumnSpec("less_watched_share", "DECIMAL(18,6)", "share of rated titles with fewer hours: under 0.5"),
    ),
    rules={
        "has_title": "title_key IS NOT NULL",
        "is_top_rated": f"average_rating >= {TOP_RATED_FROM} AND votes >= {ENOUGH_VOTES}",
        "never_negative": "least(plays, hours_viewed) >= 0",
        "is_little_watched": "less_watched_share >= 0 AND less_watched_share <= 0.5",
    },
)


def kpi_underwatched_titles(
    fact_playback_daily: DataFrame, fact_title_rating: DataFrame, dim_title: DataFrame
) -> DataFrame:
    """One row per well rated title of which fewer than half of the rated titles were watched for fewer hours."""
    zero = F.lit(0).cast("bigint")
    sums = fact_playback_daily.groupBy("title_key").agg(total("plays", "played"), total("watched_seconds", "watched"))
    rated = dim_title.filter("in_catalogue").join(fact_title_rating, "title_key", how="inner")
    measured = rated.join(sums, "title_key", how="left").withColumns(
        {
            "plays": F.coalesce("played", zero),
            "watched_seconds": F.coalesce("watched", zero),
            "rated_titles": F.count(F.lit(1)).over(all_rows()),
        }
    )
    less_watched = (F.rank().over(all_rows().orderBy("watched_seconds")) - 1).cast("bigint")
    ranked = measured.withColumn("less_watched", less_watched)
    little_watched = ranked.filter(F.col("less_watched") * 2 < F.col("rated_titles"))
    underwatched = little_watched.filter(f"average_rating >= {TOP_RATED_FROM} AND votes >= {ENOUGH_VOTES}")
    return underwatched.withColumns(
        {"hours_viewed": hours("watched_seconds"), "less_watched_share": ratio("less_watched", "rated_titles")}
    ).select(*KPI_UNDERWATCHED_TITLES.column_names)


KPI_CATALOGUE_DEPTH = TableSpec(
    name="kpi_catalogue_depth",
    comment="One row per type of the titles in the catalogue: how many were watched, and how many were not.",
    columns=(
        TITLE_TYPE,
        ColumnSpec("titles", "BIGINT", "number of titles"),
        ColumnSpec("watched_titles", "BIGINT", "titles with at least one view (is_view)"),
        ColumnSpec("unwatched_titles", "BIGINT", "titles without a view"),
        ColumnSpec("unwatched_share", "DECIMAL(18,6)", "unwatched titles / titles, 0 to 1, rounded half up"),
    ),
    rules={
        "known_type": "type IN ('Movie', 'TV Show')",
        "counts_titles": "titles > 0 AND watched_titles >= 0 AND unwatched_titles >= 0",
        "titles_add_up": "titles = watched_titles + unwatched_titles",
        "share_is_a_fraction": "unwatched_share BETWEEN 0 AND 1",
    },
)


def kpi_catalogue_depth(fact_playback_daily: DataFrame, dim_title: DataFrame) -> DataFrame:
    """One row per type. A title counts as watched from its first view on, whenever that was."""
    views = fact_playback_daily.filter("long_plays > 0").select(F.col("title_key").alias("viewed"))
    viewed = views.transform(distinct_rows, "viewed")
    titles = dim_title.filter("in_catalogue").join(viewed, F.col("title_key") == F.col("viewed"), how="left")
    counts = titles.groupBy("type").agg(count_rows("titles"), F.count("viewed").alias("watched_titles"))
    unwatched = counts.withColumn("unwatched_titles", F.col("titles") - F.col("watched_titles"))
    shares = unwatched.withColumn("unwatched_share", ratio("unwatched_titles", "titles"))
    return shares.select(*KPI_CATALOGUE_DEPTH.column_names)
