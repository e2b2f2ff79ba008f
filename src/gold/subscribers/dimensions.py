"""Dimensions of subscribers."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.forms import gender_form, member_form
from common.keys import UNKNOWN_KEY, key_or_unknown, surrogate_key
from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import UNKNOWN, member_labels, or_unknown, with_known_key, with_unknown_member

AGE_BANDS = ((13, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 120))

DIM_PLAN = TableSpec(
    name="dim_plan",
    comment="One row per subscription plan, however it is spelled.",
    columns=(
        ColumnSpec("plan_key", "BIGINT", "hash of the letters, digits, + and & of the plan", unknown=UNKNOWN_KEY),
        ColumnSpec("plan", "STRING", "its commonest spelling among current subscribers", unknown=UNKNOWN),
    ),
    primary_key=("plan_key",),
    rules={"has_key": "plan_key IS NOT NULL", "has_name": "plan <> ''"},
)


def dim_plan(subscribers: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per plan of any version of a subscriber."""
    labels = _labels(subscribers, "plan", member_form)
    members = labels.select(surrogate_key(F.col("form")).alias("plan_key"), F.col("label").alias("plan"))
    return with_unknown_member(members, DIM_PLAN, one_row)


def _labels(subscribers: DataFrame, column: str, form: Callable[[Column], Column]) -> DataFrame:
    """One row per member of a column of subscribers: form, label."""
    spelling = F.col(column)
    spellings = subscribers.select(
        form(spelling).alias("form"), spelling.alias("spelling"), F.col("__END_AT").isNull().alias("is_current")
    )
    return spellings.transform(member_labels)


DIM_SUBSCRIBER = TableSpec(
    name="dim_subscriber",
    comment="One row per subscriber and version (SCD 2). Changes of plan, revenue, country, device or join date start "
    "one, and so does a payment that becomes known or unknown.",
    columns=(
        ColumnSpec("subscriber_key", "BIGINT", "hash of the subscriber and the version", unknown=UNKNOWN_KEY),
        ColumnSpec("subscriber_id", "STRING", "pseudonym; the same in all versions", unknown=UNKNOWN),
        ColumnSpec("country_key", "BIGINT", "country of residence (dim_country)", unknown=UNKNOWN_KEY),
        ColumnSpec("plan_key", "BIGINT", "plan (dim_plan)", unknown=UNKNOWN_KEY),
        ColumnSpec("device_key", "BIGINT", "device (dim_device)", unknown=UNKNOWN_KEY),
        ColumnSpec("age_band", "STRING", "13-17, 18-24, … 65+ or Unknown; updated within a version", unknown=UNKNOWN),
        ColumnSpec("gender", "STRING", "its commonest spelling among current subscribers", unknown=UNKNOWN),
        ColumnSpec("join_date", "DATE", "when the subscriber joined"),
        ColumnSpec("valid_from", "TIMESTAMP", "snapshot that started the version; the first is also valid before"),
        ColumnSpec("valid_to", "TIMESTAMP", "snapshot that ended the version; null for the current version"),
        ColumnSpec("is_current", "BOOLEAN", "whether it is the current version", unknown=True),
    ),
    primary_key=("subscriber_key",),
    foreign_keys={"country_key": "dim_country", "plan_key": "dim_plan", "device_key": "dim_device"},
    rules={
        "has_key": "subscriber_key IS NOT NULL",
        "has_subscriber": "subscriber_id IS NOT NULL",
        "has_keys": "country_key IS NOT NULL AND plan_key IS NOT NULL AND device_key IS NOT NULL",
        "ends_after_it_began": "valid_to IS NULL OR valid_to > valid_from",
    },
)


def age_band(age: Column) -> Column:
    """STRING: the band of an age in years; Unknown for null."""
    bands = [
        F.when(age.between(first, last), F.lit(f"{first}-{last}" if last < 120 else f"{first}+"))
        for first, last in AGE_BANDS
    ]
    return F.coalesce(*bands, F.lit(UNKNOWN))


def without_fraction(version: Column) -> Column:
    """TIMESTAMP: a version without its thousandths, which depend on the folder of the release's file.

    Versions of different releases have different seconds (silver.releases.order).
    """
    return F.timestamp_millis(F.unix_seconds(version) * 1000)


def version_key(subscriber_id: Column, version: Column) -> Column:
    """BIGINT: the key of a subscriber's version."""
    return surrogate_key(subscriber_id, F.unix_seconds(version))


def dim_subscriber(
    subscribers: DataFrame, dim_country: DataFrame, dim_plan: DataFrame, dim_device: DataFrame, one_row: DataFrame
) -> DataFrame:
    """One row per version in `subscribers`. A change of age or gender starts no version: it updates the current one."""
    genders = _labels(subscribers, "gender", gender_form)
    spelled = subscribers.withColumn("form", gender_form(F.col("gender")))
    members = spelled.join(F.broadcast(genders), "form", how="left").select(
        version_key(F.col("subscriber_id"), F.col("__START_AT")).alias("subscriber_key"),
        "subscriber_id",
        key_or_unknown(F.col("country")).alias("country_key"),
        key_or_unknown(member_form(F.col("plan"))).alias("plan_key"),
        key_or_unknown(member_form(F.col("device_type"))).alias("device_key"),
        age_band(F.col("age")).alias("age_band"),
        or_unknown("label").alias("gender"),
        "join_date",
        without_fraction(F.col("__START_AT")).alias("valid_from"),
        without_fraction(F.col("__END_AT")).alias("valid_to"),
        F.col("__END_AT").isNull().alias("is_current"),
    )
    known = (
        members.transform(with_known_key, dim_country, "country_key")
        .transform(with_known_key, dim_plan, "plan_key")
        .transform(with_known_key, dim_device, "device_key")
    )
    return with_unknown_member(known, DIM_SUBSCRIBER, one_row)
