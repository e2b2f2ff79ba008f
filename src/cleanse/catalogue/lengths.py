"""Lengths of titles: minutes of a movie, seasons of a TV show."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from common.keys import SEPARATOR
from common.text import known_text

MOVIE, TV_SHOW = 1, 2  # type_flag

# In lower-case text. What each group is, with examples.
NUMBER = "([0-9]{1,9})(?:[.]0*)?"
HOURS, MINUTES = "(?:h|hrs?|hours?)", "(?:mins?|minutes?)"
SECONDS = "(?:[0-9.]+s)?"
FORMS = {
    # 90 min · 90min · 90 minutes · 90.0 min
    f"{NUMBER} ?{MINUTES}[.]?": "minutes",
    # 1h 30m · 1 h 30 min · 2h · PT1H30M (ISO 8601)
    f"(?:pt)?([0-9]{{1,4}}) ?{HOURS}(?:,? ?{NUMBER} ?(?:m|{MINUTES}))?[.]?{SECONDS}": "hours minutes",
    # PT90M (ISO 8601)
    f"pt([0-9]{{1,9}})m{SECONDS}": "minutes",
    # 01:30:00
    "([0-9]{1,3}):([0-5][0-9]):[0-5][0-9]": "hours minutes",
    # 2 Seasons · 1 season
    f"{NUMBER} ?seasons?": "seasons",
    # 90 · 90.0
    NUMBER: "number",
}
PARTS = ("hours", "minutes", "seasons", "number")
THOUSANDS = "^([0-9]{1,3}),([0-9]{3})"  # 1,440 min


def _any_form() -> tuple[str, str]:
    """A regular expression for every form, and what to replace its match by: the parts, those a form lacks empty."""
    groups = [part for parts in FORMS.values() for part in parts.split()]
    places = ("".join(f"${place}" for place, part in enumerate(groups, 1) if part == name) for name in PARTS)
    # A separator before the first part, too: so a text that has no form is in none of the parts.
    return f"^(?:{'|'.join(FORMS)})$", "".join(SEPARATOR + place for place in places)


ANY_FORM, FOUND_PARTS = _any_form()


def length_parts(text: Column) -> Column:
    """ARRAY<STRING>: the PARTS of a folded length, from position 1 on; other texts have only position 0."""
    lower = F.lower(text)
    plain = F.when(F.contains(lower, F.lit(",")), F.regexp_replace(lower, THOUSANDS, "$1$2")).otherwise(lower)
    return F.split(F.regexp_replace(plain, ANY_FORM, FOUND_PARTS), SEPARATOR)


def _part(parts: Column, name: str) -> Column:
    return F.get(parts, F.lit(PARTS.index(name) + 1)).try_cast("int")


def with_length_text(titles: DataFrame) -> DataFrame:
    """One row per row, with duration_text: the length as its file writes it, and its unit where a header says that.

    It is from the column duration, else from a number and its unit in two columns, else from columns of minutes and
    seasons: of a TV show, seasons first. A length in the rating column is moved to where it belongs.
    """
    rating_parts = length_parts(F.col("rating"))
    is_length = (F.size(rating_parts) > 1) & (F.get(rating_parts, F.lit(len(PARTS))) == "")
    minutes, seasons = _with_unit("minutes", "min"), _with_unit("seasons", "seasons")
    counted = F.when(F.col("type_flag") == TV_SHOW, F.coalesce(seasons, minutes)).otherwise(
        F.coalesce(minutes, seasons)
    )
    number = known_text(F.col("duration_int"))
    in_two = F.when(number.isNotNull(), F.concat_ws(" ", number, known_text(F.col("duration_type"))))
    text = F.coalesce(known_text(F.col("duration")), in_two, counted)
    moved = titles.withColumns({"rating_is_length": F.coalesce(is_length, F.lit(False)), "duration_text": text})
    from_rating = F.when(F.col("rating_is_length"), F.col("rating"))
    return moved.withColumns(
        {
            "duration_text": F.coalesce("duration_text", from_rating),
            "rating": F.when(~F.col("rating_is_length"), F.col("rating")),
        }
    )


def _with_unit(column: str, unit: str) -> Column:
    """STRING: the text of a column whose header says the unit, with the unit behind a number."""
    text = known_text(F.col(column))
    return F.when(text.rlike("^[0-9.,]+$"), F.concat_ws(" ", text, F.lit(unit))).otherwise(text)


def with_lengths(titles: DataFrame) -> DataFrame:
    """One row per row, with duration_minutes or seasons from duration_text.

    A number without a unit is minutes of a movie and seasons of a TV show.
    """
    read = titles.withColumn("length_parts", length_parts(F.col("duration_text")))
    hours, minutes, seasons, number = (_part(F.col("length_parts"), name) for name in PARTS)
    in_minutes = F.when(hours.isNotNull(), hours * 60 + F.coalesce(minutes, F.lit(0))).otherwise(minutes)
    return read.withColumns(
        {
            "duration_minutes": F.coalesce(in_minutes, F.when(F.col("type_flag") == MOVIE, number)),
            "seasons": F.coalesce(seasons, F.when(F.col("type_flag") == TV_SHOW, number)),
        }
    )
