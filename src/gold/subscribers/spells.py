"""Subscriptions as spells: from joining to the last payment, and once more for each time that someone rejoins.

The rules: docs/metrics.md.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.text import compute_once

# What the fold knows of a version, with which versions are sorted: by their starts.
VERSION_FIELDS = {
    "__START_AT": "TIMESTAMP",
    "__END_AT": "TIMESTAMP",
    "join_date": "DATE",
    "last_payment_date": "DATE",
    "seen_month": "DATE",
    "active_until": "DATE",
    "monthly_revenue": "DECIMAL(12,2)",
}
VERSION = f"STRUCT<{', '.join(f'{name}: {type}' for name, type in VERSION_FIELDS.items())}>"


def subscription_spells(versions: DataFrame) -> DataFrame:
    """One row per subscriber and spell of which a month is known.

    `versions` are those of silver.subscribers, `with_snapshots`. The columns, of which months are their first days:

    - spell: number from 1 for the subscriber's first
    - join_date, last_payment_date: as the newest version that has them says; null if none has
    - first_month, last_month: the months between which the spell is active
    - until_month: the last month to count for it; later ones count for the subscriber's next spell
    - churn_month: the month after the last; null if the subscriber is active again in it
    - is_running: whether a spell of the subscriber that ends with churn_month is in the newest snapshot
    - is_last: whether none of the subscriber's spells begins later
    - versions: __START_AT and monthly_revenue of each version, in order
    - newest_month: as in `versions`
    """
    active_until = F.coalesce(F.trunc("last_payment_date", "month"), "unpaid_month")
    join_date = F.col("join_date")
    people = (
        versions.withColumn("active_until", active_until)
        .groupBy("subscriber_id")
        .agg(
            F.array_sort(F.collect_list(F.struct(*VERSION_FIELDS))).alias("versions"),
            ((F.min(join_date) == F.max(join_date)) & (F.count(join_date) == F.count("*"))).alias("joined_once"),
            F.max("newest_month").alias("newest_month"),
        )
    )
    no_spells = F.array().cast(f"ARRAY<ARRAY<{VERSION}>>")
    folded = F.aggregate("versions", no_spells, _with_version)
    # Versions with one join date are one spell, whatever else they say: nearly everybody is spared the fold.
    grouped = people.withColumn("spells", F.when(F.col("joined_once"), F.array("versions")).otherwise(folded))
    numbered = F.transform("spells", lambda versions, position: _spell(versions, position + 1))
    known = F.filter(numbered, lambda spell: spell["first_month"].isNotNull())
    return _one_row_per_spell(grouped.withColumn("spells", F.array_sort(known)))


def _with_version(spells: Column, version: Column) -> Column:
    """The spells, each an array of its versions, after one more version."""

    def added_to(place: Column) -> Column:
        """The version is added to the spell at a place; the spells after it become part of that one."""
        from_place = F.flatten(F.slice(spells, place, F.size(spells)))
        return F.concat(F.slice(spells, F.lit(1), place - 1), F.array(F.concat(from_place, F.array(version))))

    return compute_once(_place(spells, version), added_to)


def _place(spells: Column, version: Column) -> Column:
    """INT: the place, from 1, of the spell that a version belongs to; one more than there are for a new spell."""
    join_date = version["join_date"]

    def is_same(spell: Column) -> Column:
        same_day = join_date == _newest_known(spell, "join_date")
        return F.coalesce(same_day | (join_date <= _newest_known(spell, "last_payment_date")), F.lit(False))

    same = F.array_position(F.transform(spells, is_same), F.lit(True)).cast("int")
    current = _last(spells)
    is_current = _last(current)["__END_AT"] == version["__START_AT"]
    tells_nothing = join_date.isNull() | _newest_known(current, "last_payment_date").isNull()
    return F.when(same > 0, same).when(is_current & tells_nothing, F.size(spells)).otherwise(F.size(spells) + 1)


def _last(items: Column) -> Column:
    """The last item of an array; null if it is empty."""
    return F.get(items, F.size(items) - 1)


def _newest_known(versions: Column, name: str) -> Column:
    """The field in the newest version that has it; null if none has."""
    return _last(F.filter(F.transform(versions, lambda version: version[name]), lambda value: value.isNotNull()))


def _spell(versions: Column, number: Column) -> Column:
    """STRUCT: a spell made of its versions, first_month first, by which spells are sorted."""
    join_date = _newest_known(versions, "join_date")
    first_month = F.coalesce(F.trunc(join_date, "month"), F.get(versions, F.lit(0))["seen_month"])
    return F.struct(
        first_month.alias("first_month"),
        number.cast("int").alias("spell"),
        F.greatest(first_month, _newest_known(versions, "active_until")).alias("last_month"),
        join_date.alias("join_date"),
        _newest_known(versions, "last_payment_date").alias("last_payment_date"),
        _last(versions)["__END_AT"].isNull().alias("is_current"),
        F.transform(versions, _start_and_revenue).alias("versions"),
    )


def _start_and_revenue(version: Column) -> Column:
    names = ("__START_AT", "monthly_revenue")
    return F.struct(*[version[name].alias(name) for name in names])


def _one_row_per_spell(people: DataFrame) -> DataFrame:
    """One row per spell, with what follows from the subscriber's other spells, which may be active in the same months.

    `people`: subscriber_id, newest_month, spells by their first months.
    """
    exploded = people.select("subscriber_id", "newest_month", "spells", F.posexplode("spells").alias("place", "it"))
    last_months = F.transform("spells", lambda spell: spell["last_month"])
    reached = F.array_max(F.slice(last_months, F.lit(1), F.col("place") + 1))
    current = F.filter("spells", lambda spell: spell["is_current"])
    rows = exploded.select(
        *("subscriber_id", "newest_month", "place"),
        reached.alias("reached"),
        F.get("spells", F.col("place") + 1)["first_month"].alias("next_first_month"),
        F.get(current, F.lit(0))["last_month"].alias("current_until"),
        "it.*",
    )
    before_next = F.add_months("next_first_month", -1)
    next_month = F.add_months("reached", 1)
    is_active_again = F.coalesce(next_month >= F.col("next_first_month"), F.lit(False))
    return rows.select(
        *("subscriber_id", "spell", "join_date", "last_payment_date", "first_month", "last_month"),
        F.least("reached", before_next).alias("until_month"),
        F.when(~is_active_again, next_month).alias("churn_month"),
        F.coalesce(F.col("current_until") == F.col("reached"), F.lit(False)).alias("is_running"),
        F.col("next_first_month").isNull().alias("is_last"),
        *("versions", "newest_month"),
    )
