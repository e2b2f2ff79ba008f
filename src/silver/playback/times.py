"""When an event happened, in the forms in which players write it."""

from pyspark.sql import Column
from pyspark.sql import functions as F

NUMBER = "^[0-9]{1,30}([.][0-9]{0,30})?([eE][+]?[0-9]{1,2})?$"
# A number's unit follows from its size: every unit has three digits more than the one before.
MILLISECONDS_FROM, MICROSECONDS_FROM, NANOSECONDS_FROM = 1e11, 1e14, 1e17
# No clock shows more: nanoseconds of the year 33658. Milliseconds of it fit into a BIGINT.
NUMBERS_UNTIL = 1e21
# ISO 8601, extended and basic: date, hour and minute; perhaps seconds, their fraction, and a zone (hours, minutes).
ISO_8601 = (
    "^([0-9]{4})-?([0-9]{2})-?([0-9]{2})[Tt ]([0-9]{2}):?([0-9]{2})"
    "(?::?([0-9]{2})(?:[.,]([0-9]{1,12}))?)? ?(?:[Zz]|UTC|([+-](?:0[0-9]|1[0-4]))(?::?([0-5][0-9]))?)?$"
)
DATE_AND_TIME = "^(....)(..)(..)(..)(..)(..)$"


def event_millis(event_ts: Column) -> Column:
    """BIGINT: milliseconds since 1970 of a folded number, or of a time in ISO 8601; null for any other text."""
    return F.when(event_ts.rlike(NUMBER), _millis_of_number(event_ts)).otherwise(_millis_of_iso_8601(event_ts))


def _millis_of_number(text: Column) -> Column:
    """BIGINT: milliseconds of a number of seconds, milliseconds, microseconds or nanoseconds, as its size says."""
    number = text.try_cast("double")
    scaled = (
        F.when(number < MILLISECONDS_FROM, number * 1000)
        .when(number < MICROSECONDS_FROM, number)
        .when(number < NANOSECONDS_FROM, number / 1000)
        .when(number < NUMBERS_UNTIL, number / 1_000_000)
    )
    return F.floor(scaled + 0.5).cast("bigint")


def _millis_of_iso_8601(text: Column) -> Column:
    """BIGINT: milliseconds of a time in ISO 8601, which is in UTC where it has no zone.

    Engines differ in the forms that they can cast, so they get one form only.
    """
    iso = F.when(text.rlike(ISO_8601), text)
    digits = F.rpad(F.regexp_replace(iso, ISO_8601, "$1$2$3$4$5$6"), 14, "0")
    fraction, hours, minutes = (F.regexp_extract(iso, ISO_8601, group) for group in (7, 8, 9))
    zone = F.when(hours == "", "Z").otherwise(F.concat(hours, F.lit(":"), F.rpad(minutes, 2, "0")))
    one_form = F.concat(
        F.regexp_replace(digits, DATE_AND_TIME, "$1-$2-$3 $4:$5:$6"), F.lit("."), F.rpad(fraction, 6, "0"), zone
    )
    micros = F.unix_micros(one_form.try_cast("timestamp"))
    return F.floor((micros + 500) / 1000).cast("bigint")
