"""Types of events and codes of countries, in each form that players write."""

import pytest
from pyspark.sql import functions as F

from silver.playback.words import country_code, known_event_type

# The contract's words, by the type that they mean.
WORDS = {
    "PLAY_START": "PLAY_START play start started playing",
    "PAUSE": "PAUSE paused pause",
    "RESUME": "RESUME resumed resume",
    "SEEK": "SEEK seeking seeked seek",
    "HEARTBEAT": "HEARTBEAT play_heartbeat progress timeupdate ping",
    "PLAY_STOP": "PLAY_STOP stop stopped end ended complete completed",
}


@pytest.fixture
def read(spark):
    """What a function makes of texts."""

    def texts_read(function, texts):
        frame = spark.createDataFrame([(text,) for text in texts], "it STRING")
        return {row.it: row.found for row in frame.select("it", function(F.col("it")).alias("found")).collect()}

    return texts_read


def test_known_event_type_reads_every_word_in_any_case_and_keeps_others(read):
    expected = {
        spelling: event_type
        for event_type, words in WORDS.items()
        for word in words.split()
        for spelling in (word, word.upper(), word.title())
    }
    expected |= {"buffering": "BUFFERING", "playback": "PLAYBACK", "{}": "{}", None: None}
    assert read(lambda text: known_event_type(F.upper(text)), expected) == expected


def test_country_code_reads_codes_of_countries_and_subdivisions(read):
    expected = {"us": "US", "De": "DE", "NA": "NA", "us-CA": "US", "GB-ENG": "GB", "fr-75": "FR"}
    expected |= {"UK": "GB", "uk": "GB", "UK-ENG": "GB", "USA": "US", "usa": "US", "uae": "AE"}
    expected |= dict.fromkeys(("", "U", "12", "ß", "u1", "DEU", "Germany", "us_CA", "us-", "us-CALI", "-US", None))
    assert read(country_code, expected) == expected
