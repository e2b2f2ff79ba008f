"""Tokens in a file: each with a name, scopes and an end, and known by its digest only.

The file is JSON: `{"version": 1, "tokens": [{"name", "sha256", "scopes", "created", "expires"}]}`. A token has 256
random bits, so a plain digest can't be guessed back. A file with one word is a single token with all scopes, as before.
"""

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local_runtime.errors import UsageError
from local_runtime.printable import on_one_line

SCOPES = ("metrics", "titles", "operations")
"""What a token may open: numbers (metrics, KPI tables, dimensions, their pages), titles, and the state of the lake."""
PREFIX = "lakehouse_"
FORM = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{40,}}")
DIGEST = re.compile(r"[0-9a-f]{64}")
VERSION = 1
SHORTEST = 16
DAYS = 90
OVERLAP_HOURS = 24


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token as the file has it; times in UTC, `expires` None for one without an end."""

    name: str
    sha256: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Whether it hasn't ended."""
        return self.expires is None or now < self.expires


def digest(text: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def find(tokens: Iterable[Token], given: str, now: datetime) -> Token | None:
    """The valid token that was sent; all are compared, so that the time says nothing about where one is."""
    wanted, found = digest(given), None
    for token in tokens:
        if hmac.compare_digest(token.sha256, wanted) and token.is_valid(now):
            found = token
    return found


@dataclass(frozen=True)
class TokenFile:
    """The tokens of a file that can be used, and a sentence for each entry that can't be."""

    tokens: tuple[Token, ...]
    problems: tuple[str, ...] = ()


def read(path: Path) -> list[Token]:
    """The tokens of a file. Raises UsageError as `read_usable`, and for an entry that can't be used."""
    found = read_usable(path)
    if found.problems:
        raise UsageError(found.problems[0])
    return [*found.tokens]


def read_usable(path: Path) -> TokenFile:
    """What a file has. Raises UsageError where it can't be read, or has a token that can be guessed."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--token-file {path}: it can't be read: {getattr(error, 'strerror', error)}.") from None
    return _of_json(path, text) if text.startswith("{") else TokenFile((_single(path, text),))


def _single(path: Path, text: str) -> Token:
    if len(text) < SHORTEST or not text.isprintable() or " " in text:
        raise UsageError(
            f"--token-file {path}: a token is one word of at least {SHORTEST} characters. This makes one: "
            f"`openssl rand -hex 32 > {on_one_line(path)}`; or let `./lakehouse token add NAME` make a file of several."
        )
    created = datetime.fromtimestamp(0, UTC)
    return Token(name="token", sha256=digest(text), scopes=SCOPES, created=created, expires=None)


def _of_json(path: Path, text: str) -> TokenFile:
    try:
        found = json.loads(text)
        if found["version"] != VERSION:
            raise UsageError(f"{path}: it is of version {found['version']}, and this program reads {VERSION}.")
        entries = [*found["tokens"]]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}: it isn't a file of tokens ({error!r}). Make one: `./lakehouse token add NAME`."
        ) from None
    tokens: list[Token] = []
    problems = []
    for number, entry in enumerate(entries, 1):
        try:
            tokens.append(_token(entry))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
            problems.append(f"{path}: token {number} isn't accepted: {reason}. Correct it, or take it out.")
    return TokenFile(tuple(tokens), tuple(problems))


def _token(one: dict[str, Any]) -> Token:
    name, scopes = one["name"], tuple(one["scopes"])
    if not isinstance(name, str) or not name.isprintable():
        raise ValueError("its name is no text")
    if not set(scopes) <= set(SCOPES):
        raise ValueError(f"the scopes of {name} aren't all of {', '.join(SCOPES)}")
    if not DIGEST.fullmatch(one["sha256"]):
        raise ValueError(f"the sha256 of {name} isn't 64 hexadecimal digits in lower case")
    ends = one["expires"]
    return Token(
        name=name,
        sha256=one["sha256"],
        scopes=scopes,
        created=_moment(one["created"], f"created of {name}"),
        expires=None if ends is None else _moment(ends, f"expires of {name}"),
    )


def _moment(text: str, what: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(f"{what} isn't a time with its zone, as 2030-01-31T00:00:00+00:00 is")
    return found


def without_tokens(text: str) -> str:
    """The text with `…` for what has a token's form: somebody may send one where it doesn't belong."""
    return FORM.sub(f"{PREFIX}…", text)


def add(path: Path, name: str, scopes: Iterable[str], days: int | None = DAYS) -> str:
    """Adds a token, and returns it: it is shown once. Raises UsageError where the name is taken."""
    now = datetime.now(UTC)
    with _changed(path) as tokens:
        if any(token.name == name and token.is_valid(now) for token in tokens):
            raise UsageError(
                f"{path} has a token {name} already. Give it another name, or `./lakehouse token rotate {name}`."
            )
        text, made = _new(name, tuple(scopes), now, days)
        tokens[:] = [token for token in tokens if token.name != name] + [made]
    return text


def rotate(path: Path, name: str, overlap_hours: float = OVERLAP_HOURS) -> str:
    """Makes and returns a new token of the same name, scopes and length; the old one ends after the overlap."""
    now = datetime.now(UTC)
    with _changed(path) as tokens:
        old = next((token for token in reversed(tokens) if token.name == name and token.is_valid(now)), None)
        if old is None:
            raise _unknown(path, name, tokens)
        days = None if old.expires is None else max(1, round((old.expires - old.created) / timedelta(days=1)))
        text, made = _new(name, old.scopes, now, days)
        end = now + timedelta(hours=overlap_hours)
        tokens[:] = [
            replace(token, expires=min(end, token.expires or end)) if token.name == name else token for token in tokens
        ]
        tokens.append(made)
    return text


def revoke(path: Path, name: str) -> None:
    """Removes all tokens of the name: a server that runs refuses them within a second."""
    with _changed(path) as tokens:
        left = [token for token in tokens if token.name != name]
        if len(left) == len(tokens):
            raise _unknown(path, name, tokens)
        tokens[:] = left


def _new(name: str, scopes: tuple[str, ...], now: datetime, days: int | None) -> tuple[str, Token]:
    text = PREFIX + secrets.token_urlsafe(32)
    expires = None if days is None else now + timedelta(days=days)
    return text, Token(name=name, sha256=digest(text), scopes=scopes, created=now, expires=expires)


def _unknown(path: Path, name: str, tokens: Iterable[Token]) -> UsageError:
    names = ", ".join(dict.fromkeys(token.name for token in tokens)) or "none"
    return UsageError(f"{path} has no token {name}. There are: {names}.")


@contextmanager
def _changed(path: Path) -> Iterator[list[Token]]:
    """The tokens of a file, which is replaced at the end; only its owner may read it. One change at a time."""
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tokens = read(path) if path.exists() else []
        if any(token.name == "token" and token.created.timestamp() == 0 for token in tokens):
            raise UsageError(f"{path} holds a single token. Give another file; the server takes one of both.")
        yield tokens
        body = {"version": VERSION, "tokens": [_plain(token) for token in tokens]}
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(body, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)


def _plain(token: Token) -> dict[str, object]:
    ends = token.expires.isoformat(timespec="seconds") if token.expires else None
    return {**asdict(token), "created": token.created.isoformat(timespec="seconds"), "expires": ends}
