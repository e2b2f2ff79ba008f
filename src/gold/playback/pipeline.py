"""Gold: viewing sessions and their KPIs."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from gold.playback import facts, sessions
from gold.playback.kpis import activity, tastes, titles

spark: SparkSession

SILVER = spark.conf.get("lakehouse.silver_schema")
GOLD = str(spark.conf.get("lakehouse.gold_schema"))
THRESHOLDS = int(str(spark.conf.get("lakehouse.view_seconds"))), str(spark.conf.get("lakehouse.completed_share"))


@dp.materialized_view(**sessions.PLAYBACK_SESSION_DAYS.declaration(GOLD))
@dp.expect_all_or_drop(sessions.PLAYBACK_SESSION_DAYS.rules)
def playback_session_days() -> DataFrame:
    return sessions.playback_session_days(spark.read.table(f"{SILVER}.playback_events"))


@dp.materialized_view(**sessions.PLAYBACK_ORDERED_DAYS.declaration(GOLD))
@dp.expect_all_or_drop(sessions.PLAYBACK_ORDERED_DAYS.rules)
def playback_ordered_days() -> DataFrame:
    return sessions.playback_ordered_days(
        spark.read.table("playback_session_days"), spark.read.table(f"{SILVER}.playback_events")
    )


@dp.materialized_view(**sessions.PLAYBACK_SESSIONS_WITHOUT_ID.declaration(GOLD))
@dp.expect_all_or_drop(sessions.PLAYBACK_SESSIONS_WITHOUT_ID.rules)
def playback_sessions_without_id() -> DataFrame:
    return sessions.playback_sessions_without_id(spark.read.table(f"{SILVER}.playback_events"))


@dp.materialized_view(**facts.PLAYBACK_TITLE_STARTS.declaration(GOLD))
@dp.expect_all_or_drop(facts.PLAYBACK_TITLE_STARTS.rules)
def playback_title_starts() -> DataFrame:
    return facts.playback_title_starts(
        spark.read.table(f"{SILVER}.playback_events"), spark.read.table(f"{SILVER}.title_ids")
    )


# Not a view of the pipeline: the local runtime looks into a plan for a refresh by keys, and not into views.
def viewing_sessions() -> DataFrame:
    """One row per viewing session, with its title and subscriber."""
    viewing = sessions.viewing_sessions(
        spark.read.table("playback_session_days"),
        spark.read.table("playback_ordered_days"),
        spark.read.table("playback_sessions_without_id"),
    )
    titled = viewing.transform(facts.with_title_key, spark.read.table(f"{SILVER}.title_ids"))
    return titled.transform(facts.with_subscriber_key, spark.read.table("dim_subscriber"))


@dp.materialized_view(**facts.FACT_PLAYBACK.declaration(GOLD))
@dp.expect_all_or_drop(facts.FACT_PLAYBACK.rules)
@dp.expect_all(facts.FACT_PLAYBACK.warnings)
def fact_playback() -> DataFrame:
    return facts.fact_playback(
        viewing_sessions(),
        spark.read.table("dim_title"),
        spark.read.table("dim_device"),
        spark.read.table("dim_country"),
        spark.read.table("dim_date"),
        *THRESHOLDS,
    )


@dp.materialized_view(**facts.FACT_PLAYBACK_DAILY.declaration(GOLD))
@dp.expect_all_or_drop(facts.FACT_PLAYBACK_DAILY.rules)
def fact_playback_daily() -> DataFrame:
    return facts.fact_playback_daily(spark.read.table("fact_playback"))


@dp.materialized_view(**activity.KPI_EVENTS_BY_DATE.declaration(GOLD))
@dp.expect_all_or_drop(activity.KPI_EVENTS_BY_DATE.rules)
def kpi_events_by_date() -> DataFrame:
    return activity.kpi_events_by_date(spark.read.table("playback_event_days"))


@dp.materialized_view(**activity.KPI_EVENT_TYPE.declaration(GOLD))
@dp.expect_all_or_drop(activity.KPI_EVENT_TYPE.rules)
def kpi_event_type() -> DataFrame:
    return activity.kpi_event_type(spark.read.table("playback_event_days"))


@dp.materialized_view(**activity.KPI_DEVICE.declaration(GOLD))
@dp.expect_all_or_drop(activity.KPI_DEVICE.rules)
def kpi_device() -> DataFrame:
    return activity.kpi_device(
        spark.read.table("fact_playback_daily"),
        spark.read.table("fact_playback"),
        spark.read.table("playback_event_days"),
        spark.read.table("dim_device"),
    )


@dp.materialized_view(**activity.KPI_VIEWING_BY_COUNTRY.declaration(GOLD))
@dp.expect_all_or_drop(activity.KPI_VIEWING_BY_COUNTRY.rules)
def kpi_viewing_by_country() -> DataFrame:
    return activity.kpi_viewing_by_country(
        spark.read.table("fact_playback_daily"),
        spark.read.table("fact_playback"),
        spark.read.table("playback_event_days"),
        spark.read.table("dim_country"),
    )


@dp.materialized_view(**titles.KPI_TOP_TITLES.declaration(GOLD))
@dp.expect_all_or_drop(titles.KPI_TOP_TITLES.rules)
def kpi_top_titles() -> DataFrame:
    return titles.kpi_top_titles(
        spark.read.table("fact_playback_daily"),
        spark.read.table("fact_playback"),
        spark.read.table("dim_title"),
        spark.read.table("playback_title_starts"),
    )


@dp.materialized_view(**titles.KPI_UNDERWATCHED_TITLES.declaration(GOLD))
@dp.expect_all_or_drop(titles.KPI_UNDERWATCHED_TITLES.rules)
def kpi_underwatched_titles() -> DataFrame:
    return titles.kpi_underwatched_titles(
        spark.read.table("fact_playback_daily"), spark.read.table("fact_title_rating"), spark.read.table("dim_title")
    )


@dp.materialized_view(**titles.KPI_CATALOGUE_DEPTH.declaration(GOLD))
@dp.expect_all_or_drop(titles.KPI_CATALOGUE_DEPTH.rules)
def kpi_catalogue_depth() -> DataFrame:
    return titles.kpi_catalogue_depth(spark.read.table("fact_playback_daily"), spark.read.table("dim_title"))


@dp.materialized_view(**tastes.KPI_WATCHED_GENRE.declaration(GOLD))
@dp.expect_all_or_drop(tastes.KPI_WATCHED_GENRE.rules)
def kpi_watched_genre() -> DataFrame:
    return tastes.kpi_watched_genre(
        spark.read.table("fact_playback_daily"), spark.read.table("bridge_title_genre"), spark.read.table("dim_genre")
    )


@dp.materialized_view(**tastes.KPI_WATCHED_DIRECTOR.declaration(GOLD))
@dp.expect_all_or_drop(tastes.KPI_WATCHED_DIRECTOR.rules)
def kpi_watched_director() -> DataFrame:
    return tastes.kpi_watched_person(
        spark.read.table("fact_playback_daily"),
        spark.read.table("bridge_title_person"),
        spark.read.table("dim_person"),
        "director",
    )


@dp.materialized_view(**tastes.KPI_WATCHED_ACTOR.declaration(GOLD))
@dp.expect_all_or_drop(tastes.KPI_WATCHED_ACTOR.rules)
def kpi_watched_actor() -> DataFrame:
    return tastes.kpi_watched_person(
        spark.read.table("fact_playback_daily"),
        spark.read.table("bridge_title_person"),
        spark.read.table("dim_person"),
        "cast",
    )


@dp.materialized_view(**tastes.KPI_TYPE_PREFERENCE.declaration(GOLD))
@dp.expect_all_or_drop(tastes.KPI_TYPE_PREFERENCE.rules)
def kpi_type_preference() -> DataFrame:
    return tastes.kpi_type_preference(
        spark.read.table("fact_playback"),
        spark.read.table("dim_subscriber"),
        spark.read.table("dim_title"),
        spark.read.table("dim_country"),
    )


@dp.materialized_view(**tastes.KPI_REGIONAL_PERFORMANCE.declaration(GOLD))
@dp.expect_all_or_drop(tastes.KPI_REGIONAL_PERFORMANCE.rules)
def kpi_regional_performance() -> DataFrame:
    return tastes.kpi_regional_performance(
        spark.read.table("fact_playback_daily"),
        spark.read.table("bridge_title_genre"),
        spark.read.table("dim_genre"),
        spark.read.table("dim_country"),
    )


@dp.materialized_view(**tastes.KPI_GENRE_COMPLETION.declaration(GOLD))
@dp.expect_all_or_drop(tastes.KPI_GENRE_COMPLETION.rules)
def kpi_genre_completion() -> DataFrame:
    return tastes.kpi_genre_completion(
        spark.read.table("fact_playback"), spark.read.table("bridge_title_genre"), spark.read.table("dim_genre")
    )
