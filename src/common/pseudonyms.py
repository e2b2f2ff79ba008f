"""Pseudonyms: HMAC-SHA-256 with a secret key, as Column functions. Without the key, nobody can make or reverse one.

RFC 2104; test vectors: RFC 4231.
"""

import hashlib
from collections.abc import Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

from common.keys import NULL, SEPARATOR
from common.specifications import ColumnSpec
from common.text import letters_and_digits

PSEUDONYM_SECRET = "pseudonym-key"
"""The name of the secret with which pseudonyms are made."""
BLOCK = 64  # bytes
SHORTEST_KEY = 32  # characters
DIFFERENT = 8  # of them
ROW_HASH = ColumnSpec("row_hash", "STRING", "keyed hash (HMAC-SHA-256) of the bronze row, by which it is found")
UUID = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
# By ranges, because classes of Unicode take the default engine a hundred times as long.
LETTERS = "A-Za-z\u00c0-\u1fff\u2c00-\u2fff\u3001-\uffff"
# A run of twelve letters and digits with at least one of each has a letter beside a digit, with ten more around them.
LONG_RUN = "|".join(
    f"[{LETTERS}0-9]{{{before}}}(?:[{LETTERS}][0-9]|[0-9][{LETTERS}])[{LETTERS}0-9]{{{10 - before}}}"
    for before in range(11)
)
LOOKS_LIKE_ID = f"@|[0-9]{{5}}|{UUID}"
DIGIT_OR_AT, LONGEST_WITHOUT = "[0-9@]", 35
"""What a text that looks like an id has, if it isn't longer than this: a UUID has 36 characters."""
LINE_WITHOUT_DIGIT = "\n[^0-9\n]+\n"
LONGEST_TEXT = 64  # characters


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
    return F.xxhash64(F.sha2(F.encode(F.concat(F.lit(_derived(key, purpose)), text), "UTF-8"), 256))


def seeded_hash(text: Column, key: str, purpose: str) -> Column:
    """BIGINT: xxHash64 of a text after a key derived for the purpose; null for null.

    A third of the time of `keyed_hash`. Nobody can guess a text from it without the key; but xxHash64 isn't made to
    withstand those who know many texts with their hashes, from which the key may be computed.
    """
    return F.xxhash64(F.concat(F.lit(_derived(key, purpose)), text))


def _derived(key: str, purpose: str) -> str:
    return hashlib.sha256(f"{key}{SEPARATOR}{purpose}".encode()).hexdigest()


def own_ids(*ids: Column) -> Column:
    """STRUCT: the folded ids of a row's user, profile, session and event, as `free_text` compares them.

    `lines` has a line for each, in one text: an array of four takes the default engine twice as long. `words` are the
    same lines without case and signs, or null where each id has a digit, so that no text without one equals any.
    """
    lines = F.concat_ws("\n", F.lit(""), *ids, F.lit(""))
    words = F.when(lines.rlike(LINE_WITHOUT_DIGIT), _plain_lines(lines))
    return F.struct(lines.alias("lines"), words.alias("words"))


def _plain_lines(lines: Column) -> Column:
    return F.regexp_replace(F.lower(lines), r"[^\n\p{L}\p{N}]+", "")


def free_text(text: Column, ids: Column) -> Column:
    """The folded `text` of a personal feed; null where it may name a person: raw ids stay in bronze.

    `ids` are the row's own (`own_ids`). A text may name a person if it equals one of these but for case and signs,
    whatever they look like, or if it looks like an id: it holds an @, a UUID, five digits in a row, or twelve or more
    letters and digits in a row, of both kinds; or if it is longer than 64 characters. What this can't see is the id of
    another person that is made of letters alone.
    """
    line = F.concat(F.lit("\n"), letters_and_digits(text), F.lit("\n"))
    is_own = F.coalesce(F.contains(_plain_lines(ids["lines"]), line), F.lit(False))
    # The digit first: where no text has one, the default engine doesn't compile the other expression, which is long.
    has_long_run = text.rlike("[0-9]") & text.rlike(LONG_RUN)
    # What is dear first: behind an OR, the default engine takes three times as long for it.
    looks_like_id = is_own | text.rlike(LOOKS_LIKE_ID) | has_long_run | (F.length(text) > LONGEST_TEXT)
    may_name = (
        F.when(text.rlike(DIGIT_OR_AT) | (F.length(text) > LONGEST_WITHOUT), looks_like_id)
        .when(ids["words"].isNotNull(), F.contains(ids["words"], line))
        .otherwise(False)
    )
    return F.when(~may_name, text)
