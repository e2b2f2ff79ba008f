import hashlib
import hmac
import unicodedata

import pytest
from pyspark.sql import functions as F

from common.pseudonyms import checked_key, free_text, hmac_sha256, own_ids, pseudonym
from common.text import blank_to_null

# RFC 4231, test cases 2 and 7: a short key, and key and data that are longer than a block.
JEFE = ("Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
LONG = "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "


@pytest.mark.parametrize(("key", "message", "expected"), [JEFE])
def test_hmac_sha256_gives_the_vectors_of_rfc_4231(spark, key, message, expected):
    found = spark.range(1).select(hmac_sha256(F.unhex(F.lit(message.hex())), key).alias("found"))
    assert found.collect()[0].found == expected


@pytest.mark.parametrize("key", ["k", "0123456789abcdef" * 4, LONG, "schlüssel"])
def test_a_pseudonym_is_what_pythons_hmac_says(spark, key):
    texts = ["user-1", "", "Zoë 日本", "x" * 300]
    found = spark.createDataFrame([(it,) for it in [*texts, None]], "it STRING").select(
        "it", pseudonym(F.col("it"), key)
    )
    expected = {it: hmac.new(key.encode(), it.encode(), hashlib.sha256).hexdigest() for it in texts}
    assert dict(map(tuple, found.collect())) == {**expected, None: None}


def test_checked_key_is_the_key_itself():
    key = "0123456789abcdef" * 2
    assert checked_key(key) == key


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("{{secrets/lakehouse/pseudonym-key}}", "placeholder"),
        ("{{" + "x" * 64, "placeholder"),
        ("0123456789abcdef0123456789abcde", "31 characters"),
        ("", "0 characters"),
        (" " * 40, "0 characters"),
        ("0" * 64, "1 different"),
        (" {{secrets/lakehouse/pseudonym-key}}", "placeholder"),
    ],
)
def test_checked_key_refuses_what_anybody_could_guess(key, message):
    with pytest.raises(ValueError, match=message):
        checked_key(key)


OWN = ("Jane-Doe", "77", "s-0042", None)
FREE_TEXTS = {
    "Smart TV": "Smart TV",
    "  smart\u00a0tv ": "smart tv",
    "PLAY_START": "PLAY_START",
    "Samsung QE55Q80": "Samsung QE55Q80",
    "abcdefghijklmnop": "abcdefghijklmnop",
    "1234 1234": "1234 1234",
    "a" * 63 + "é": "a" * 63 + "é",
    # It looks like an id.
    "x@y": None,
    "12345": None,
    "tv 12345 b": None,
    "deadbeef-dead-beef-dead-beefdeadbeef": None,
    "abcdefghijk1": None,
    "1abcdefghijk": None,
    "model abcd1234efgh x": None,
    "müllerßbcdé7": None,
    "a" * 65: None,
    # It is one of the row's own, whatever that looks like.
    "jane-doe": None,
    "JANE DOE": None,
    "77": None,
    "S0042": None,
    # It contains one, or is another person's, of letters: nobody can tell.
    "Jane Doe's TV": "Jane Doe's TV",
    "john": "john",
    "": None,
    None: None,
}


def test_free_text_is_unknown_where_it_may_name_a_person(spark):
    texts = spark.createDataFrame(
        [(text, *OWN) for text in FREE_TEXTS], "t STRING, a STRING, b STRING, c STRING, d STRING"
    )
    ids = own_ids(*map(F.col, "abcd"))
    assert dict(map(tuple, texts.select("t", free_text(blank_to_null(F.col("t")), ids)).collect())) == FREE_TEXTS


def test_free_text_of_a_row_without_ids_is_judged_by_its_shape(spark):
    texts = spark.createDataFrame([("tv", None), ("x@y", None)], "t STRING, id STRING")
    found = texts.select(free_text(F.col("t"), own_ids(F.col("id"))).alias("t")).collect()
    assert [row.t for row in found] == ["tv", None]


def test_free_text_knows_own_ids_by_letters_and_digits_whichever_has_digits(spark):
    texts = ["play", "P-L a.Y", "q7", "Q-7", "--", "??", "12", "1 2", "a1b", "ab", "X"]
    texts += ["\u00e91", "\u00c9-1", "\u0663", "x\u0663"]

    def plain(text):
        return "".join(it for it in text.lower() if unicodedata.category(it)[0] in "LN")

    pairs = [(text, own, other) for text in texts for own in texts for other in (None, "u1")]
    expected = {pair: None if plain(pair[0]) == plain(pair[1]) else pair[0] for pair in pairs}
    frame = spark.createDataFrame(pairs, "t STRING, own STRING, other STRING")
    found = frame.select("*", free_text(F.col("t"), own_ids(F.col("own"), F.col("other"))).alias("free")).collect()
    assert {tuple(row)[:3]: row.free for row in found} == expected
