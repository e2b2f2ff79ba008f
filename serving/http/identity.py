"""Who asks, as the proxy of Databricks Apps says in headers: it sets them itself, and drops what clients send."""

import hashlib
from collections.abc import Mapping

from serving.backends import EVERYBODY, Reader

TOKEN = b"x-forwarded-access-token"
NAMES = (b"x-forwarded-email", b"x-forwarded-preferred-username", b"x-forwarded-user")


def reader_of(headers: Mapping[bytes, bytes]) -> Reader:
    """The reader with the token that the request came with.

    Answers are kept by the token and not by the name: a token ends within the hour, and rights are asked for again.
    """
    token = headers.get(TOKEN, b"").decode("latin-1").strip()
    if not token:
        return EVERYBODY
    return Reader(key=hashlib.sha256(token.encode()).hexdigest()[:24], token=token)


def name_of(headers: Mapping[bytes, bytes]) -> str | None:
    """The name of who asks, for the audit log."""
    return next((headers[name].decode("latin-1")[:200] for name in NAMES if headers.get(name)), None)
