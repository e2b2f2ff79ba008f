"""Pseudonyms: HMAC-SHA-256 under a secret key, as Column functions. Nobody without the key can make or undo one.

RFC 2104; test vectors: RFC 4231.
"""

import hashlib
from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from common.keys import NULL, SEPARATOR
from common.text import folded

BLOCK = 64  # bytes
SHORTEST_KEY = 32  # characters
# Characters from which on an id tells who it is of.
TELLING = 6


def checked_key(key: str) -> str:
    """The key of the pseudonyms, unchanged.

    Raises ValueError for a key that anybody could guess: a placeholder that no secret was put in for, or a short text.
    """
    if key.startswith("{{"):
        raise ValueError(
            "The key of the pseudonyms is a placeholder, {{secrets/…}}, which was not replaced, so anybody could make "
            "these pseudonyms. Read the key with dbutils.secrets.get."
        )
    if len(key) < SHORTEST_KEY:
        raise ValueError(
            f"The key of the pseudonyms has {len(key)} characters, and needs {SHORTEST_KEY} at least: put one made by "
            "`openssl rand -hex 32` into the secret scope."
        )
    return key


def _padded(key: str, pad: int) -> Column:
    """BINARY: the key in a block of 64 bytes, each XORed with `pad`."""
    block = key.encode()
    block = hashlib.sha256(block).digest() if len(block) > BLOCK else block
    return F.unhex(F.lit(bytes(byte ^ pad for byte in block.ljust(BLOCK, b"\0")).hex()))


def hmac_sha256(message: Column, key: str) -> Column:
    """STRING: HMAC-SHA-256 of BINARY `message` under `key` (UTF-8), 64 hexadecimal digits; null for null."""
    inner = F.unhex(F.sha2(F.concat(_padded(key, 0x36), message), 256))
    return F.sha2(F.concat(_padded(key, 0x5C), inner), 256)


def pseudonym(text: Column, key: str) -> Column:
    """STRING: who a text stands for, to those who have not the key: HMAC-SHA-256 of its UTF-8; null for null."""
    return hmac_sha256(F.encode(text, "UTF-8"), key)


def row_hash(cells: Iterable[Column], key: str) -> Column:
    """STRING: HMAC-SHA-256 of a row's cells, by which who has the key finds it; a null is told from an empty text."""
    return pseudonym(F.concat_ws(SEPARATOR, *[F.coalesce(cell, F.lit(NULL)) for cell in cells]), key)


def keyed_hash(text: Column, key: str, purpose: str) -> Column:
    """BIGINT: 64 bits of SHA-256 of a text behind a key derived for the purpose; null for null.

    What is 64 bits of a digest can't be gone on with, so a second pass as in an HMAC would add nothing.
    """
    derived = hashlib.sha256(f"{key}{SEPARATOR}{purpose}".encode()).hexdigest()
    return F.xxhash64(F.sha2(F.encode(F.concat(F.lit(derived), text), "UTF-8"), 256))


def without_user(text: Column, user: Column) -> Column:
    """Folded text; null where it holds the id of the user, in any case, who is to be found nowhere but in bronze.

    An id that is short, a number or a word may be part of any text: one of letters and digits, or with an @, counts.
    """
    # The rare thing first: the others are looked at where it is so.
    is_in_it = F.coalesce(F.contains(F.lower(folded(text)), F.lower(user)), F.lit(False))
    is_telling = (F.length(user) >= TELLING) & user.rlike("@|[0-9].*[^0-9]|[^0-9].*[0-9]")
    return F.when(~(is_in_it & is_telling), folded(text))
