"""Dimensions of subscribers."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.specifications import ColumnSpec, TableSpec
from gold.conformed.members import UNKNOWN, UNKNOWN_KEY, key_or_unknown, known_or_unknown, surrogate_key, with_unknown

AGE_BANDS = ((13, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 120))

DIM_PLAN = TableSpec(
    name="dim_plan",
    comment="One row per plan that anybody subscribed to.",
    columns=(
        ColumnSpec("plan_key", "BIGINT", "hash of the plan", unknown=UNKNOWN_KEY),
        ColumnSpec("plan", "STRING", "as the source spells it", unknown=UNKNOWN),
    ),
    primary_key=("plan_key",),
    rules={"has_key": "plan_key IS NOT NULL", "has_name": "plan <> ''"},
)

DIM_SUBSCRIBER = TableSpec(
    name="dim_subscriber",
    comment="One row per subscriber and version (SCD 2): another plan, revenue, country or device begins one.",
    columns=(
        ColumnSpec("subscriber_key", "BIGINT", "hash of the subscriber and the version", unknown=UNKNOWN_KEY),
        ColumnSpec("subscriber_id", "STRING", "pseudonym; the same in all versions", unknown=UNKNOWN),
        ColumnSpec("country_key", "BIGINT", "where they live (dim_country)", unknown=UNKNOWN_KEY),
        ColumnSpec("plan_key", "BIGINT", "what they subscribe to (dim_plan)", unknown=UNKNOWN_KEY),
        ColumnSpec("device_key", "BIGINT", "what they watch on (dim_device)", unknown=UNKNOWN_KEY),
        ColumnSpec("age_band", "STRING", "13-17, 18-24, … 65+, as they are now", unknown=UNKNOWN),
        ColumnSpec("gender", "STRING", "as the source says it", unknown=UNKNOWN),
        ColumnSpec("join_date", "DATE", "when they joined"),
        ColumnSpec(
            "valid_from", "TIMESTAMP", "the snapshot that brought this version; the first one holds before it too"
        ),
        ColumnSpec("valid_to", "TIMESTAMP", "the snapshot that ended it; null: it stands"),
        ColumnSpec("is_current", "BOOLEAN", "whether it stands", unknown=True),
    ),
    primary_key=("subscriber_key",),
    foreign_keys={"country_key": "dim_country", "plan_key": "dim_plan", "device_key": "dim_device"},
    rules={
        "has_key": "subscriber_key IS NOT NULL",
        "has_subscriber": "subscriber_id IS NOT NULL",
        "ends_after_it_began": "valid_to IS NULL OR valid_to > valid_from",
    },
)


def age_band(age: Column) -> Column:
    """STRING: the band that an age in years is in; Unknown for none."""
    bands = [
        F.when(age.between(first, last), F.lit(f"{first}-{last}" if last < 120 else f"{first}+"))
        for first, last in AGE_BANDS
    ]
    return F.coalesce(*bands, F.lit(UNKNOWN))


def whole_second(version: Column) -> Column:
    """TIMESTAMP: a version without the thousandths, which depend on the folder that its file lies in.

    Versions of releases differ in their seconds (silver.releases).
    """
    return F.timestamp_millis(F.unix_seconds(version) * 1000)


def version_key(subscriber_id: Column, version: Column) -> Column:
    """BIGINT: the key of a version of a subscriber."""
    return surrogate_key(subscriber_id, F.unix_seconds(version))


def dim_plan(subscribers: DataFrame, one_row: DataFrame) -> DataFrame:
    """One row per plan that anybody subscribed to."""
    plans = subscribers.filter("plan IS NOT NULL").select("plan").distinct()
    return with_unknown(plans.select(surrogate_key(F.col("plan")).alias("plan_key"), "plan"), DIM_PLAN, one_row)


def dim_subscriber(
    subscribers: DataFrame, dim_country: DataFrame, dim_plan: DataFrame, dim_device: DataFrame, one_row: DataFrame
) -> DataFrame:
    """One row per subscriber and version."""
    members = subscribers.select(
        version_key(F.col("subscriber_id"), F.col("__START_AT")).alias("subscriber_key"),
        "subscriber_id",
        key_or_unknown(F.col("country")).alias("country_key"),
        key_or_unknown(F.col("plan")).alias("plan_key"),
        key_or_unknown(F.col("device_type")).alias("device_key"),
        age_band(F.col("age")).alias("age_band"),
        F.coalesce("gender", F.lit(UNKNOWN)).alias("gender"),
        "join_date",
        whole_second(F.col("__START_AT")).alias("valid_from"),
        whole_second(F.col("__END_AT")).alias("valid_to"),
        F.col("__END_AT").isNull().alias("is_current"),
    )
    for key, parent in (("country_key", dim_country), ("plan_key", dim_plan), ("device_key", dim_device)):
        members = known_or_unknown(members, parent, key)
    return with_unknown(members, DIM_SUBSCRIBER, one_row)
