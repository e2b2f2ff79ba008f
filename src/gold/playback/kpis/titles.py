"""KPIs of viewing."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from common.fractions import PARTS, ratio
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import UNKNOWN, UNKNOWN_KEY

ALL_ROWS = Window.partitionBy(F.lit(0))

EVENTS = ColumnSpec("events", "BIGINT", "how many events, whatever session they are of")
PLAYS = ColumnSpec("plays", "BIGINT", "viewing sessions")
HOURS = ColumnSpec("hours_viewed", "DECIMAL(18,6)", "hours watched, rounded half up")
SUBSCRIBERS = ColumnSpec("subscribers", "BIGINT", "different pseudonyms of subscribers, null not counted; not additive")

KPI_EVENTS_BY_DATE = TableSpec(
    name="kpi_events_by_date",
    comment="One row per day: events.",
    columns=(ColumnSpec("event_date", "DATE", "the day (UTC)"), EVENTS),
    rules={"has_date": "event_date IS NOT NULL", "counts_events": "events > 0"},
)


def kpi_events_by_date(event_days: DataFrame) -> DataFrame:
    """One row per day: events."""
    return event_days.groupBy("event_date").agg(F.sum("events").cast("bigint").alias("events"))


KPI_EVENT_TYPE = TableSpec(
    name="kpi_event_type",
    comment="One row per type of event: events, and their share of all.",
    columns=(
        ColumnSpec("event_type", "STRING", "in upper case; Unknown for events without one"),
        EVENTS,
        ColumnSpec("share", "DECIMAL(18,6)", "events divided by all events, 0 to 1, rounded half up"),
    ),
    rules={"counts_events": "events > 0", "share_is_a_fraction": "share BETWEEN 0 AND 1"},
)


def kpi_event_type(event_days: DataFrame) -> DataFrame:
    """One row per type of event: events, and their share of all."""
    types = event_days.withColumn("event_type", F.coalesce("event_type", F.lit(UNKNOWN)))
    counts = types.groupBy("event_type").agg(F.sum("events").cast("bigint").alias("events"))
    total = counts.withColumn("all_events", F.sum("events").over(ALL_ROWS))
    return total.select("event_type", "events", ratio("events", "all_events").alias("share"))


KPI_TOP_TITLES = TableSpec(
    name="kpi_top_titles",
    comment="One row per title that was watched: plays, views, hours and subscribers.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "the title (dim_title); -1 for unknown ones"),
        ColumnSpec("title", "STRING", "its name"),
        PLAYS,
        ColumnSpec("views", "DECIMAL(18,6)", "hours viewed / runtime, as Netflix publishes it; null without a runtime"),
        HOURS,
        SUBSCRIBERS,
    ),
    rules={"has_title": "title_key IS NOT NULL", "counts_plays": "plays > 0", "never_negative": "hours_viewed >= 0"},
)


def kpi_top_titles(daily: DataFrame, fact_playback: DataFrame, dim_title: DataFrame) -> DataFrame:
    """One row per title that was watched."""
    runtime = F.when(F.col("duration_minutes") > 0, F.col("duration_minutes").cast("bigint") * 60)
    titles = dim_title.select("title_key", "title", runtime.alias("runtime"))
    measured = _viewing(daily, fact_playback, "title_key").join(titles, "title_key", how="inner")
    views = measured.withColumn("views", ratio("watched_seconds", "runtime"))
    return views.select(*KPI_TOP_TITLES.column_names)


KPI_DEVICE = TableSpec(
    name="kpi_device",
    comment="One row per kind of device: plays, hours, subscribers and events.",
    columns=(ColumnSpec("device", "STRING", "Unknown where none is known"), PLAYS, HOURS, SUBSCRIBERS, EVENTS),
    rules={"has_device": "device IS NOT NULL", "never_negative": "least(plays, hours_viewed, events) >= 0"},
)


def kpi_device(daily: DataFrame, fact_playback: DataFrame, event_days: DataFrame, dim_device: DataFrame) -> DataFrame:
    """One row per kind of device."""
    events = _events_by(event_days, "device_type", dim_device.select("device", F.col("device").alias("code")), "device")
    viewing = _viewing(daily, fact_playback, "device_key").join(dim_device, "device_key", how="inner")
    return _both(viewing, events, "device").select(*KPI_DEVICE.column_names)


KPI_VIEWING_BY_COUNTRY = TableSpec(
    name="kpi_viewing_by_country",
    comment="One row per country in which titles were watched: plays, hours, subscribers and events.",
    columns=(ColumnSpec("country", "STRING", "Unknown where none is known"), PLAYS, HOURS, SUBSCRIBERS, EVENTS),
    rules={"has_country": "country IS NOT NULL", "never_negative": "least(plays, hours_viewed, events) >= 0"},
)


def kpi_viewing_by_country(
    daily: DataFrame, fact_playback: DataFrame, event_days: DataFrame, dim_country: DataFrame
) -> DataFrame:
    """One row per country in which titles were watched."""
    codes = dim_country.filter("iso_code IS NOT NULL").groupBy("iso_code").agg(F.min("country").alias("country"))
    events = _events_by(event_days, "country", codes.select("country", F.col("iso_code").alias("code")), "country")
    viewing = _viewing(daily, fact_playback, "country_key").join(
        dim_country.select("country_key", "country"), "country_key", how="inner"
    )
    return _both(viewing, events, "country").select(*KPI_VIEWING_BY_COUNTRY.column_names)


# Of IMDb's ratings: those of few votes say little.
TOP_RATED_FROM, ENOUGH_VOTES = "7.5", 1000

KPI_UNDERWATCHED_TITLES = TableSpec(
    name="kpi_underwatched_titles",
    comment="One row per title of the catalogue that is top rated but little watched: rating, votes, plays and hours.",
    columns=(
        ColumnSpec("title_key", "BIGINT", "the title (dim_title)"),
        ColumnSpec("title", "STRING", "its name"),
        ColumnSpec("type", "STRING", "Movie or TV Show"),
        ColumnSpec("average_rating", "DECIMAL(3,1)", f"at IMDb: {TOP_RATED_FROM} or more"),
        ColumnSpec("votes", "BIGINT", f"at IMDb: {ENOUGH_VOTES:,} or more"),
        ColumnSpec("plays", "BIGINT", "viewing sessions; 0 where nobody watched it"),
        HOURS,
        ColumnSpec(
            "less_watched_share", "DECIMAL(18,6)", "of the rated titles, the share watched for fewer hours: under 0.5"
        ),
    ),
    rules={"has_title": "title_key IS NOT NULL", "is_top_rated": f"average_rating >= {TOP_RATED_FROM}"},
)


def kpi_underwatched_titles(daily: DataFrame, fact_title_rating: DataFrame, dim_title: DataFrame) -> DataFrame:
    """One row per title of the catalogue that is top rated but little watched.

    Little watched: fewer than half of the rated titles of the catalogue were watched for fewer hours.
    """
    zero = F.lit(0).cast("bigint")
    sums = daily.groupBy("title_key").agg(
        F.sum("plays").cast("bigint").alias("played"), F.sum("watched_seconds").cast("bigint").alias("watched")
    )
    rated = dim_title.filter("in_catalogue").join(fact_title_rating, "title_key", how="inner")
    measured = rated.join(sums, "title_key", how="left").withColumns(
        {
            "plays": F.coalesce("played", zero),
            "watched_seconds": F.coalesce("watched", zero),
            "an_hour": F.lit(3600).cast("bigint"),
            "rated_titles": F.count(F.lit(1)).over(ALL_ROWS),
        }
    )
    fewer = (F.rank().over(ALL_ROWS.orderBy("watched_seconds")) - 1).cast("bigint")
    ranked = measured.withColumn("less_watched", fewer)
    little = ranked.filter(F.col("less_watched") * 2 < F.col("rated_titles"))
    top = little.filter(f"average_rating >= {TOP_RATED_FROM} AND votes >= {ENOUGH_VOTES}")
    return top.withColumns(
        {
            "hours_viewed": ratio("watched_seconds", "an_hour"),
            "less_watched_share": ratio("less_watched", "rated_titles"),
        }
    ).select(*KPI_UNDERWATCHED_TITLES.column_names)


KPI_GENRE_COMPLETION = TableSpec(
    name="kpi_genre_completion",
    comment="One row per genre of what was played: plays of known completion, and how much of them was watched.",
    columns=(
        ColumnSpec("genre", "STRING", "Unknown for titles without one; a title with several counts once for each"),
        ColumnSpec("plays", "BIGINT", "viewing sessions whose completion is known"),
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
    """One row per genre of what was played. Completion is known of movies alone, and of no unknown title."""
    by_title = (
        fact_playback.filter("completion IS NOT NULL")
        .groupBy("title_key")
        .agg(
            F.count(F.lit(1)).alias("plays"),
            F.sum((F.col("completion") * PARTS).cast("bigint")).cast("bigint").alias("millionths"),
            F.count_if("is_completed").alias("completed_plays"),
        )
    )
    genres = bridge_title_genre.select(F.col("title_key").alias("of"), "genre_key")
    found = by_title.join(genres, F.col("title_key") == F.col("of"), how="left")
    keyed = found.withColumn("genre_key", F.coalesce("genre_key", F.lit(UNKNOWN_KEY).cast("bigint")))
    sums = keyed.groupBy("genre_key").agg(
        *[F.sum(it).cast("bigint").alias(it) for it in ("plays", "millionths", "completed_plays")]
    )
    named = sums.join(dim_genre, "genre_key", how="inner").withColumn("all_millionths", F.col("plays") * PARTS)
    return named.select(
        "genre",
        "plays",
        ratio("millionths", "all_millionths").alias("average_completion"),
        "completed_plays",
        ratio("completed_plays", "plays").alias("completed_share"),
    )


KPI_CATALOGUE_DEPTH = TableSpec(
    name="kpi_catalogue_depth",
    comment="One row per type of the titles in the catalogue: how many were watched, and how many were not.",
    columns=(
        ColumnSpec("type", "STRING", "Movie or TV Show"),
        ColumnSpec("titles", "BIGINT", "how many titles"),
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


def kpi_catalogue_depth(daily: DataFrame, dim_title: DataFrame) -> DataFrame:
    """One row per type of the titles in the catalogue now; `daily` is fact_playback_daily."""
    viewed = daily.filter("long_plays > 0").select(F.col("title_key").alias("viewed")).distinct()
    titles = dim_title.filter("in_catalogue").join(viewed, F.col("title_key") == F.col("viewed"), how="left")
    counts = titles.groupBy("type").agg(F.count(F.lit(1)).alias("titles"), F.count("viewed").alias("watched_titles"))
    unwatched = counts.withColumn("unwatched_titles", F.col("titles") - F.col("watched_titles"))
    share = unwatched.withColumn("unwatched_share", ratio("unwatched_titles", "titles"))
    return share.select(*KPI_CATALOGUE_DEPTH.column_names)


def _viewing(daily: DataFrame, fact_playback: DataFrame, key: str) -> DataFrame:
    """One row per `key`: plays, watched_seconds, hours_viewed and subscribers."""
    sums = daily.groupBy(key).agg(
        F.sum("plays").cast("bigint").alias("plays"), F.sum("watched_seconds").cast("bigint").alias("watched_seconds")
    )
    subscribers = fact_playback.groupBy(key).agg(F.count_distinct("subscriber_id").alias("subscribers"))
    both = sums.join(subscribers, key, how="inner").withColumn("an_hour", F.lit(3600).cast("bigint"))
    return both.withColumn("hours_viewed", ratio("watched_seconds", "an_hour"))


def _events_by(event_days: DataFrame, column: str, names: DataFrame, name: str) -> DataFrame:
    """One row per member: events. `names` has the members and the `code` that events have for them."""
    counts = event_days.groupBy(F.col(column).alias("code")).agg(F.sum("events").cast("bigint").alias("counted"))
    named = counts.join(names, "code", how="left").withColumn("member", F.coalesce(name, F.lit(UNKNOWN)))
    return named.groupBy("member").agg(F.sum("counted").cast("bigint").alias("events"))


def _both(viewing: DataFrame, events: DataFrame, name: str) -> DataFrame:
    """One row per member that has plays or events, or both."""
    joined = viewing.join(events, F.col(name) == F.col("member"), how="full")
    zero = F.lit(0).cast("bigint")
    return joined.select(
        F.coalesce(name, "member").alias(name),
        F.coalesce("plays", zero).alias("plays"),
        F.coalesce("hours_viewed", F.lit(0).cast("decimal(18,6)")).alias("hours_viewed"),
        F.coalesce("subscribers", zero).alias("subscribers"),
        F.coalesce("events", zero).alias("events"),
    )
