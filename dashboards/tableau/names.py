"""Ids that stay the same as long as what they name does."""

import hashlib
import uuid

NAMESPACE = uuid.UUID("6f1ed002-ab5b-4f0a-8c39-3d2d6a3f3a6e")
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def simple_id(*keys: str) -> str:
    """A UUID in braces, of what the keys name."""
    return f"{{{str(uuid.uuid5(NAMESPACE, '/'.join(keys))).upper()}}}"


def internal(kind: str, key: str) -> str:
    """A name as Tableau makes them: a kind and 28 letters and digits."""
    number = int(hashlib.sha256(f"{kind}/{key}".encode()).hexdigest(), 16)
    letters = ""
    while len(letters) < 28:
        number, digit = divmod(number, len(LETTERS))
        letters += LETTERS[digit]
    return f"{kind}.{letters}"


def object_id(key: str) -> str:
    """The id of a data source's only object."""
    return f"{key}_{hashlib.sha256(key.encode()).hexdigest()[:32].upper()}"
