"""Pseudonyms: HMAC-SHA-256 with a secret key, as Column functions. Without the key, nobody can make or reverse one.

RFC 2104; test vectors: RFC 4231.
"""

import hashlib
from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from common.keys import NULL, SEPARATOR
from common.specifications import ColumnSpec
from common.text import blank_to_null

BLOCK = 64  # bytes
SHORTEST_KEY = 32  # characters
DIFFERENT = 8  # of them
ROW_HASH = ColumnSpec("row_hash", "STRING", "keyed hash (HMAC-SHA-256) of the bronze row, by which it is found")
# An id of fewer characters may be part of any text.
SHORTEST_IDENTIFYING_ID = 6


def checked_key(key: str) -> str:
    """The key of the pseudonyms, unchanged.

    Raises ValueError for a key that can be guessed: a placeholder instead of a secret, or a short text.
    """
    if "{{" in key:
        raise ValueError(
            "The key of the pseudonyms is a placeholder, {{secrets/…}}, that was not replaced, so anybody could make "
            "these pseudonyms. Read the key with dbutils.secrets.get."
        )
    length = len(key.strip())
    if length < SHORTEST_KEY or len(set(key)) < DIFFERENT:
        raise ValueError(
            f"The key of the pseudonyms has {length} characters, {len(set(key))} different ones, and needs "
            f"{SHORTEST_KEY} and {DIFFERENT} at least: put one made by `openssl rand -hex 32` into the secret scope."
        )
    return key


def _padded(key: str, pad: int) -> Column:
    """BINARY: the key in a block of 64 bytes, each XORed with `pad`."""
    block = key.encode()
    block = hashlib.sha256(block).digest() if len(block) > BLOCK else block
    return F.unhex(F.lit(bytes(byte ^ pad for byte in block.ljust(BLOCK, b"\0")).hex()))


def hmac_sha256(message: Column, key: str) -> Column:
    """STRING: HMAC-SHA-256 of a BINARY message with the key (UTF-8), 64 hexadecimal digits; null for null."""
    inner = F.unhex(F.sha2(F.concat(_padded(key, 0x36), message), 256))
    return F.sha2(F.concat(_padded(key, 0x5C), inner), 256)


def pseudonym(text: Column, key: str) -> Column:
    """STRING: HMAC-SHA-256 of a text (UTF-8), which can't be reversed without the key; null for null."""
    return hmac_sha256(F.encode(text, "UTF-8"), key)


def row_hash(cells: Iterable[Column], key: str) -> Column:
    """STRING: HMAC-SHA-256 of a row's cells, by which it is found with the key. A null differs from an empty text."""
    return pseudonym(F.concat_ws(SEPARATOR, *[F.coalesce(cell, F.lit(NULL)) for cell in cells]), key)


def keyed_hash(text: Column, key: str, purpose: str) -> Column:
    """BIGINT: 64 bits of SHA-256 of a text after a key derived for the purpose; null for null.

    Nobody can extend a digest of which 64 bits are known, so a second pass as in HMAC would add nothing.
    """
    derived = hashlib.sha256(f"{key}{SEPARATOR}{purpose}".encode()).hexdigest()
    return F.xxhash64(F.sha2(F.encode(F.concat(F.lit(derived), text), "UTF-8"), 256))


def without_user_id(text: Column, user_id: Column) -> Column:
    """Folded text; null where it contains the user id, in upper or lower case: raw ids stay in bronze.

    Only ids that identify somebody count: of six characters or more, with an @ or with digits and other characters.
    Shorter ones, numbers and words may be part of any text.
    """
    # The rare condition first: engines evaluate the other one only where it holds.
    is_contained = F.coalesce(F.contains(F.lower(blank_to_null(text)), F.lower(user_id)), F.lit(False))
    is_identifying = (F.length(user_id) >= SHORTEST_IDENTIFYING_ID) & user_id.rlike("@|[0-9].*[^0-9]|[^0-9].*[0-9]")
    return F.when(~(is_contained & is_identifying), blank_to_null(text))
