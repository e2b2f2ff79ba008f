"""ETags from what is served and what is asked, so that a known answer costs no work: 304 comes before anything else."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from serving.locales import locale_of

TAGS = re.compile(r'(?:W/)?("[^"]*")')
UNVERSIONED = re.compile(r"/(?:metrics|static/.*|api/v1/(?:health|ready|publications)|operations.*)")
"""What changes while the publication stays."""


def is_versioned(scope: Mapping[str, Any]) -> bool:
    """Whether the answer follows from the publication and the request alone."""
    return scope["method"] == "GET" and not UNVERSIONED.fullmatch(scope["path"])


def etag_of(scope: Mapping[str, Any], headers: Mapping[bytes, bytes], salt: str, tag: str) -> str:
    """The ETag of the answer to a GET request, whether it was answered before or not.

    `salt` stands for the code and the registry, `tag` for the data.
    """
    asked = (salt.encode(), tag.encode(), scope["path"].encode(), scope["query_string"], *_read(scope, headers))
    digest = hashlib.sha256(b"\0".join(asked)).hexdigest()
    return f'"{digest[:32]}"'


def varies_by(scope: Mapping[str, Any]) -> tuple[str, ...]:
    """The headers of the request that the answer follows from: pages write numbers as the reader does."""
    return ("Accept",) if scope["path"].startswith("/api/") else ("Accept", "Accept-Language")


def _read(scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> tuple[bytes, ...]:
    """What the answer follows from of those headers: of many languages there are few ways to write numbers."""
    accept = headers.get(b"accept", b"")
    if scope["path"].startswith("/api/"):
        return (accept,)
    return (accept, locale_of(headers.get(b"accept-language", b"").decode("latin-1")).name.encode())


def is_any_known(scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> bool:
    """Whether the client has some answer to the GET request, and wants none where there is one (RFC 9110, 13.1.2)."""
    return scope["method"] == "GET" and headers.get(b"if-none-match", b"").strip() == b"*"


def is_known(etag: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether the client has the answer of that ETag (If-None-Match)."""
    given = headers.get(b"if-none-match")
    return given is not None and etag in TAGS.findall(given.decode("latin-1"))
