"""What a warehouse's errors mean to whoever asked. Texts of the warehouse stay in the log: they may have values."""

import logging
import re
from dataclasses import dataclass

from local_runtime.errors import first_line, redacted
from serving.problems import Problem

log = logging.getLogger(__name__)
RETRY = {"Retry-After": "30"}
DENIED = ("INSUFFICIENT_PERMISSIONS", "INSUFFICIENT_PRIVILEGES", "PERMISSION_DENIED", "SQLSTATE 42501", "HTTP 403")
UNKNOWN_USER = ("HTTP 401", "UNAUTHENTICATED", "INVALID TOKEN", "INVALID ACCESS TOKEN", "TOKEN EXPIRED")
GONE = ("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "DELTA_VERSIONS", "DELTA_TIMESTAMP", "VERSION_NOT_FOUND")
LOST = ("FILE_NOT_EXIST", "DELTA_FILE_NOT_FOUND", "DELTA_TRUNCATED", "CANNOT_TIME_TRAVEL")
STOPPED = ("TEMPORARILY_UNAVAILABLE", "HTTP 503", "HTTP 429", "STOPPED", "STARTING", "WAREHOUSE", "ENDPOINT")
SLOW = ("STATEMENT_TIMEOUT", "TIMED OUT", "TIMEOUT", "SQLSTATE 57KD0", "QUERY_EXECUTION_TIMEOUT")
CLASS = re.compile(r"\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)\]")
SQLSTATE = re.compile(r"SQLSTATE:? ?([0-9A-Z]{5})\b")
STATUS = re.compile(r"\b(?:HTTP|STATUS|RESPONSE)(?:[ /:]*(?:STATUS|RESPONSE|CODE|1\.1))*[ :]*([45]\d\d)\b")
QUOTED = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"|`[^`]*`")


@dataclass(frozen=True)
class Telling:
    """A text to look for marks in; `part` are characters of a longer word: error classes begin like shorter ones."""

    text: str
    part: str = "[A-Z0-9_]"


def is_of_the_connector(error: BaseException) -> bool:
    """Whether the connector, the SDK or the network raised the error, and not a mistake in this code."""
    names = (type(error).__module__ or "").split(".")
    return names[0] in ("databricks", "urllib3", "requests", "thrift") or isinstance(error, OSError)


def problem_of(error: BaseException, own_rights: bool) -> Problem:
    """The problem that an error of the connector is; `own_rights`: the reader's own token was used."""
    telling = _telling(str(error))
    log.warning("the warehouse refused a statement: %s: %s", type(error).__name__, redacted(first_line(error)))
    who = "You" if own_rights else "The App's service principal"
    if _has(telling, SLOW):
        return Problem(504, "query-timeout", "The warehouse stopped the query, which took too long. Ask for less.")
    if _has(telling, DENIED):
        needs = "USE SCHEMA and SELECT on the schema of published tables, and CAN USE on the warehouse"
        return Problem(403, "denied", f"{who} may not read this on Databricks: {needs} are needed.")
    if _has(telling, UNKNOWN_USER):
        login = "your login" if own_rights else "the login of the App's service principal"
        return Problem(401, "token-refused", f"Databricks doesn't accept {login}. Load the page again.")
    if _has(telling, GONE + LOST):
        detail = "The published version of a table is gone. The next run of the medallion job publishes a new one."
        return Problem(503, "publication-gone", detail, headers=RETRY)
    if (
        _has(telling, STOPPED)
        or isinstance(error, OSError)
        or type(error).__name__.endswith(("RequestError", "Duration"))
    ):
        detail = "The SQL warehouse doesn't answer: it is stopped, starting or out of reach. Try again in 30 seconds."
        return Problem(503, "warehouse-unavailable", detail, headers=RETRY)
    return Problem(502, "warehouse-error", "The SQL warehouse refused the query. The App's log says why, at this time.")


def _telling(message: str) -> Telling:
    """What of a message says what kind of error it is.

    That is the error class in brackets, with the SQLSTATE (https://docs.databricks.com/en/error-messages). A message
    without them is the connector's or the network's: its words, without quoted names and values, and its HTTP status.
    """
    words = QUOTED.sub("", message)
    states = [f"SQLSTATE {state}" for state in SQLSTATE.findall(words)[-1:]]
    if found := CLASS.search(words):
        return Telling(" ".join([found[1], *states]), part="[A-Z0-9]")
    words = words.upper()
    return Telling(" ".join([words, *states, *(f"HTTP {status}" for status in STATUS.findall(words))]))


def _has(telling: Telling, marks: tuple[str, ...]) -> bool:
    return any(re.search(rf"(?<!{telling.part}){mark}(?!{telling.part})", telling.text) for mark in marks)
