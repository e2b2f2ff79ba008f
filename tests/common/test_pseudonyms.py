import hashlib
import hmac

import pytest
from pyspark.sql import functions as F

from common.pseudonyms import checked_key, hmac_sha256, pseudonym

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
