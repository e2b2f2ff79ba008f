"""Gold: viewing sessions and their KPIs, from the events as they are in silver."""

from pyspark import pipelines as dp
from pyspark.sql import DataFrame, SparkSession

from gold.conformed import events as dimensions
from gold.conformed.events import EVENT_DAYS, MEMBERS
from gold.playback import facts, sessions
from gold.playback.facts import FACT_PLAYBACK, FACT_PLAYBACK_DAILY
from gold.playback.kpis import tastes as preferences
from gold.playback.kpis import titles as kpis
from gold.playback.kpis.tastes import (
    KPI_REGIONAL_PERFORMANCE,
    KPI_TYPE_PREFERENCE,
    KPI_WATCHED_ACTOR,
    KPI_WATCHED_DIRECTOR,
    KPI_WATCHED_GENRE,
)
from gold.playback.kpis.titles import (
    KPI_CATALOGUE_DEPTH,
    KPI_DEVICE,
    KPI_EVENT_TYPE,
    KPI_EVENTS_BY_DATE,
    KPI_GENRE_COMPLETION,
    KPI_TOP_TITLES,
    KPI_UNDERWATCHED_TITLES,
    KPI_VIEWING_BY_COUNTRY,
)
from gold.playback.sessions import SESSION_DAYS

spark: SparkSession

SILVER = spark.conf.get("lakehouse.silver_schema")
GOLD = str(spark.conf.get("lakehouse.gold_schema"))
MEASURES = int(str(spark.conf.get("lakehouse.view_seconds"))), str(spark.conf.get("lakehouse.completed_share"))


@dp.materialized_view(
    name=EVENT_DAYS.name, comment=EVENT_DAYS.comment, schema=EVENT_DAYS.schema, partition_cols=["event_date"]
)
@dp.expect_all_or_drop(EVENT_DAYS.rules)
def playback_event_days() -> DataFrame:
    return dimensions.event_days(spark.read.table(f"{SILVER}.playback_events"))


@dp.materialized_view(
    name=SESSION_DAYS.name, comment=SESSION_DAYS.comment, schema=SESSION_DAYS.schema, partition_cols=["event_date"]
)
@dp.expect_all_or_drop(SESSION_DAYS.rules)
def playback_session_days() -> DataFrame:
    return sessions.session_days(spark.read.table(f"{SILVER}.playback_events"))


@dp.materialized_view(name=MEMBERS.name, comment=MEMBERS.comment, schema=MEMBERS.schema)
@dp.expect_all_or_drop(MEMBERS.rules)
def playback_members() -> DataFrame:
    return dimensions.members(spark.read.table(EVENT_DAYS.name))


@dp.temporary_view(name="viewing_sessions", comment="One row per viewing session.")
def viewing_sessions() -> DataFrame:
    found = sessions.sessions(spark.read.table(SESSION_DAYS.name), spark.read.table(f"{SILVER}.playback_events"))
    titled = facts.with_title_key(found, spark.read.table(f"{SILVER}.title_ids"))
    return facts.with_subscriber_key(titled, spark.read.table("dim_subscriber"))


@dp.materialized_view(name=FACT_PLAYBACK.name, comment=FACT_PLAYBACK.comment, schema=FACT_PLAYBACK.schema_in(GOLD))
@dp.expect_all_or_drop(FACT_PLAYBACK.rules)
def fact_playback() -> DataFrame:
    return facts.fact_playback(
        spark.read.table("viewing_sessions"),
        spark.read.table("dim_title"),
        spark.read.table("dim_device"),
        spark.read.table("dim_country"),
        spark.read.table("dim_date"),
        *MEASURES,
    )


@dp.materialized_view(
    name=FACT_PLAYBACK_DAILY.name, comment=FACT_PLAYBACK_DAILY.comment, schema=FACT_PLAYBACK_DAILY.schema_in(GOLD)
)
@dp.expect_all_or_drop(FACT_PLAYBACK_DAILY.rules)
def fact_playback_daily() -> DataFrame:
    return facts.fact_playback_daily(spark.read.table("fact_playback"))


@dp.materialized_view(
    name=KPI_EVENTS_BY_DATE.name, comment=KPI_EVENTS_BY_DATE.comment, schema=KPI_EVENTS_BY_DATE.schema
)
@dp.expect_all_or_drop(KPI_EVENTS_BY_DATE.rules)
def kpi_events_by_date() -> DataFrame:
    return kpis.kpi_events_by_date(spark.read.table(EVENT_DAYS.name))


@dp.materialized_view(name=KPI_EVENT_TYPE.name, comment=KPI_EVENT_TYPE.comment, schema=KPI_EVENT_TYPE.schema)
@dp.expect_all_or_drop(KPI_EVENT_TYPE.rules)
def kpi_event_type() -> DataFrame:
    return kpis.kpi_event_type(spark.read.table(EVENT_DAYS.name))


@dp.materialized_view(name=KPI_TOP_TITLES.name, comment=KPI_TOP_TITLES.comment, schema=KPI_TOP_TITLES.schema)
@dp.expect_all_or_drop(KPI_TOP_TITLES.rules)
def kpi_top_titles() -> DataFrame:
    return kpis.kpi_top_titles(
        spark.read.table("fact_playback_daily"), spark.read.table("fact_playback"), spark.read.table("dim_title")
    )


@dp.materialized_view(
    name=KPI_UNDERWATCHED_TITLES.name, comment=KPI_UNDERWATCHED_TITLES.comment, schema=KPI_UNDERWATCHED_TITLES.schema
)
@dp.expect_all_or_drop(KPI_UNDERWATCHED_TITLES.rules)
def kpi_underwatched_titles() -> DataFrame:
    return kpis.kpi_underwatched_titles(
        spark.read.table("fact_playback_daily"), spark.read.table("fact_title_rating"), spark.read.table("dim_title")
    )


@dp.materialized_view(name=KPI_DEVICE.name, comment=KPI_DEVICE.comment, schema=KPI_DEVICE.schema)
@dp.expect_all_or_drop(KPI_DEVICE.rules)
def kpi_device() -> DataFrame:
    return kpis.kpi_device(
        spark.read.table("fact_playback_daily"),
        spark.read.table("fact_playback"),
        spark.read.table(EVENT_DAYS.name),
        spark.read.table("dim_device"),
    )


@dp.materialized_view(
    name=KPI_VIEWING_BY_COUNTRY.name, comment=KPI_VIEWING_BY_COUNTRY.comment, schema=KPI_VIEWING_BY_COUNTRY.schema
)
@dp.expect_all_or_drop(KPI_VIEWING_BY_COUNTRY.rules)
def kpi_viewing_by_country() -> DataFrame:
    return kpis.kpi_viewing_by_country(
        spark.read.table("fact_playback_daily"),
        spark.read.table("fact_playback"),
        spark.read.table(EVENT_DAYS.name),
        spark.read.table("dim_country"),
    )


@dp.materialized_view(name=KPI_WATCHED_GENRE.name, comment=KPI_WATCHED_GENRE.comment, schema=KPI_WATCHED_GENRE.schema)
@dp.expect_all_or_drop(KPI_WATCHED_GENRE.rules)
def kpi_watched_genre() -> DataFrame:
    return preferences.kpi_watched_genre(
        spark.read.table("fact_playback_daily"),
        spark.read.table("bridge_title_genre"),
        spark.read.table("dim_genre"),
    )


@dp.materialized_view(
    name=KPI_WATCHED_DIRECTOR.name, comment=KPI_WATCHED_DIRECTOR.comment, schema=KPI_WATCHED_DIRECTOR.schema
)
@dp.expect_all_or_drop(KPI_WATCHED_DIRECTOR.rules)
def kpi_watched_director() -> DataFrame:
    return preferences.kpi_watched_person(
        spark.read.table("fact_playback_daily"),
        spark.read.table("bridge_title_person"),
        spark.read.table("dim_person"),
        "director",
    )


@dp.materialized_view(name=KPI_WATCHED_ACTOR.name, comment=KPI_WATCHED_ACTOR.comment, schema=KPI_WATCHED_ACTOR.schema)
@dp.expect_all_or_drop(KPI_WATCHED_ACTOR.rules)
def kpi_watched_actor() -> DataFrame:
    return preferences.kpi_watched_person(
        spark.read.table("fact_playback_daily"),
        spark.read.table("bridge_title_person"),
        spark.read.table("dim_person"),
        "cast",
    )


@dp.materialized_view(
    name=KPI_TYPE_PREFERENCE.name, comment=KPI_TYPE_PREFERENCE.comment, schema=KPI_TYPE_PREFERENCE.schema
)
@dp.expect_all_or_drop(KPI_TYPE_PREFERENCE.rules)
def kpi_type_preference() -> DataFrame:
    return preferences.kpi_type_preference(
        spark.read.table("fact_playback"),
        spark.read.table("dim_subscriber"),
        spark.read.table("dim_title"),
        spark.read.table("dim_country"),
    )


@dp.materialized_view(
    name=KPI_REGIONAL_PERFORMANCE.name, comment=KPI_REGIONAL_PERFORMANCE.comment, schema=KPI_REGIONAL_PERFORMANCE.schema
)
@dp.expect_all_or_drop(KPI_REGIONAL_PERFORMANCE.rules)
def kpi_regional_performance() -> DataFrame:
    return preferences.kpi_regional_performance(
        spark.read.table("fact_playback_daily"),
        spark.read.table("bridge_title_genre"),
        spark.read.table("dim_genre"),
        spark.read.table("dim_country"),
    )


@dp.materialized_view(
    name=KPI_GENRE_COMPLETION.name, comment=KPI_GENRE_COMPLETION.comment, schema=KPI_GENRE_COMPLETION.schema
)
@dp.expect_all_or_drop(KPI_GENRE_COMPLETION.rules)
def kpi_genre_completion() -> DataFrame:
    return kpis.kpi_genre_completion(
        spark.read.table("fact_playback"), spark.read.table("bridge_title_genre"), spark.read.table("dim_genre")
    )


@dp.materialized_view(
    name=KPI_CATALOGUE_DEPTH.name, comment=KPI_CATALOGUE_DEPTH.comment, schema=KPI_CATALOGUE_DEPTH.schema
)
@dp.expect_all_or_drop(KPI_CATALOGUE_DEPTH.rules)
def kpi_catalogue_depth() -> DataFrame:
    return kpis.kpi_catalogue_depth(spark.read.table("fact_playback_daily"), spark.read.table("dim_title"))
