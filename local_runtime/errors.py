"""Errors with a message for the user."""

import re


class LakehouseError(Exception):
    """A clear message for the user: what is wrong, where, and what to do. Shown without a traceback."""


class UsageError(LakehouseError):
    """Wrong arguments of a command."""


class UnsupportedError(LakehouseError):
    """Asked for something that Databricks offers and the local runtime does not."""


class RuleError(LakehouseError):
    """An expectation that can't be evaluated."""


class ExpectationFailed(LakehouseError):
    """Rows that fail an `expect_or_fail` rule; nothing of their update was written."""


class CorruptTableError(LakehouseError):
    """A table whose Delta log can't be trusted."""


TOO_LITTLE_MEMORY = (
    "there is too little memory. The sample needs about 1 GB, and 4 GB of address space: close other programs, or "
    "raise the limit (`ulimit -v`, the container's). What was committed stays; run again to go on."
)
# In messages of Python, of its loader, and of panics in native libraries.
SIGNS_OF_NO_MEMORY = (
    "failed to map segment",
    "annot allocate memory",
    "can't start new thread",
    "kind: WouldBlock",
)


def lacks_memory(error: BaseException) -> bool:
    """Whether an error comes from too little memory."""
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in SIGNS_OF_NO_MEMORY)


# The text of a gRPC error: its status, its details, and what is for developers of gRPC.
GRPC_ERROR = re.compile(
    r'<_\w+ of RPC that terminated with:\s+status = (?:StatusCode\.)?(?P<status>\w+)\s+details = "(?P<details>.*?)"'
    r"(?:\n\s*debug_error_string|\s*>$|$)",
    re.DOTALL,
)

_secrets: set[str] = set()
# A literal of bytes in a plan: hexadecimal digits, or numbers. It may be the key of an HMAC.
LONG_LITERAL = re.compile(r"[0-9a-fA-F]{64,}|\d{1,3}(?:, ?\d{1,3}){31,}")


def message_of(error: BaseException) -> str:
    """An error's message. Those of engines contain parts of plans: long literals, which may be secrets, are removed."""
    message = _text_of(error)
    return without_secrets(message) if isinstance(error, LakehouseError) else redacted(message)


def _text_of(error: BaseException) -> str:
    """The text of an error; of one of gRPC, which PySpark passes on as it is or as text, the details alone."""
    text = str(error).strip()
    code, details = getattr(error, "code", None), getattr(error, "details", None)
    if callable(code) and callable(details):  # grpc.RpcError; grpc is imported only by those who need an engine
        return _of_grpc(str(details() or ""), getattr(code(), "name", ""))
    found = GRPC_ERROR.search(text)
    return text[: found.start()] + _of_grpc(found["details"], found["status"]) if found else text


def _of_grpc(details: str, status: str) -> str:
    return details.strip() or f"the connection to the engine ended ({status})"


def register_secret(value: str) -> None:
    """Redacts a value in all output from now on; one of under four characters may be part of any word, so it is not."""
    if len(value) >= 4:
        _secrets.update((value, repr(value)[1:-1], value.encode().hex()))


def redacted(text: str) -> str:
    """The text without secrets, and without its long literals."""
    return LONG_LITERAL.sub("…", without_secrets(text))


def without_secrets(text: str) -> str:
    """The text without the values that are kept secret, as they are, quoted, or as hexadecimal digits."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def first_line(error: BaseException) -> str:
    """The first line of an error's message; the rest of an engine's is its plan. Redacted as in `message_of`."""
    return next(iter(message_of(error).splitlines()), "")
