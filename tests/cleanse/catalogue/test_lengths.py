"""Lengths of titles in every form that is read, and where they are read from."""

from cleanse.catalogue.lengths import MOVIE, TV_SHOW, with_length_text, with_lengths
from tests.helpers.frames import assert_same_rows

# A text, and the minutes or seasons that it says, whatever the type.
MINUTES = {
    "90 min": 90,
    "90min": 90,
    "90 MIN": 90,
    "90 min.": 90,
    "90 mins": 90,
    "90 minutes": 90,
    "1 minute": 1,
    "90.0 min": 90,
    "1,440 min": 1440,
    "1h 30m": 90,
    "1h30m": 90,
    "1 h 30 min": 90,
    "1hr 30 mins": 90,
    "1 hour, 30 minutes": 90,
    "2 hours": 120,
    "2h": 120,
    "PT90M": 90,
    "PT1H30M": 90,
    "PT2H": 120,
    "PT1H30M0S": 90,
    "01:30:00": 90,
    "1:30:59": 90,
    "0 min": 0,
}
SEASONS = {"2 Seasons": 2, "2 seasons": 2, "1 Season": 1, "1 season": 1, "2seasons": 2, "2.0 Seasons": 2}
# A number means what the type says.
NUMBERS = {"90": 90, "90.0": 90, "1,440": 1440, "0": 0}
NEITHER = (
    *("long", "90,5 min", "90.5 min", "min", "Season 2", "01:30", "01:75:00", "-90", "-90 min", "90 m", "1|30", "PT"),
    *("99999999999 min", "٩٠ min", "90 min 2 Seasons", "1e3", "", "h m"),
)


def test_with_lengths_reads_every_form(spark):
    rows = [
        *[(text, flag, minutes, None) for text, minutes in MINUTES.items() for flag in (MOVIE, TV_SHOW, None)],
        *[(text, flag, None, seasons) for text, seasons in SEASONS.items() for flag in (MOVIE, TV_SHOW, None)],
        *[(text, MOVIE, number, None) for text, number in NUMBERS.items()],
        *[(text, TV_SHOW, None, number) for text, number in NUMBERS.items()],
        *[(text, flag, None, None) for text in (*NEITHER, None) for flag in (MOVIE, TV_SHOW, None)],
        ("90", None, None, None),
    ]
    expected = spark.createDataFrame(rows, "duration_text STRING, type_flag INT, duration_minutes INT, seasons INT")
    found = with_lengths(expected.select("duration_text", "type_flag")).select(expected.columns)
    assert_same_rows(found, expected)


COLUMNS = ("type_flag", "duration", "duration_int", "duration_type", "minutes", "seasons", "rating")
# What a row has in these columns; the text of its length, and what is left of its rating.
ROWS = {
    (MOVIE, "90 min", None, None, None, None, "PG"): ("90 min", "PG"),
    (MOVIE, " 90\u00a0min ", "80", "min", "70", "6", "PG"): ("90 min", "PG"),
    (MOVIE, "NaN", "80", "min", "70", "6", "PG"): ("80 min", "PG"),
    (TV_SHOW, None, "2", "Seasons", None, None, None): ("2 Seasons", None),
    (TV_SHOW, None, "2.0", None, None, None, None): ("2.0", None),
    (MOVIE, None, None, "min", "70", None, None): ("70 min", None),
    (MOVIE, None, None, None, "70.0", "6", None): ("70.0 min", None),
    (TV_SHOW, None, None, None, "70", "6", None): ("6 seasons", None),
    (TV_SHOW, None, None, None, "70", None, None): ("70 min", None),
    (MOVIE, None, None, None, None, "6", None): ("6 seasons", None),
    (MOVIE, None, None, None, "1h 10m", None, None): ("1h 10m", None),
    (None, None, None, None, "70", None, None): ("70 min", None),
    (MOVIE, None, None, None, "N/A", "-", None): (None, None),
    (MOVIE, None, None, None, None, None, "74 min"): ("74 min", None),
    (MOVIE, "90 min", None, None, None, None, "74 min"): ("90 min", None),
    (TV_SHOW, None, None, None, None, None, "PT45M"): ("PT45M", None),
    (MOVIE, None, None, None, None, None, "16"): (None, "16"),
    (MOVIE, None, None, None, None, None, "18+"): (None, "18+"),
    (None, None, None, None, None, None, None): (None, None),
}


def test_with_length_text_says_which_column_has_the_length(spark):
    schema = ", ".join(f"{name} {'INT' if name == 'type_flag' else 'STRING'}" for name in COLUMNS)
    titles = spark.createDataFrame([*ROWS], schema)
    found = with_length_text(titles).select("duration_text", "rating")
    assert_same_rows(found, spark.createDataFrame([*ROWS.values()], "duration_text STRING, rating STRING"))
