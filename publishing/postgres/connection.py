"""A connection to PostgreSQL: its address has no password, and what goes wrong ends in a sentence."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from local_runtime.errors import LakehouseError, UsageError, register_secret
from local_runtime.printable import on_one_line

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[object, ...]]

APPLICATION = "lakehouse publish"
OLDEST = 12
SECRETS = ("password", "sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret")
INSTEAD = "Give it in ~/.pgpass, in PGPASSWORD, or in a service (PGSERVICE)"
SECONDS_TO_CONNECT = 15
SECONDS_FOR_LOCKS = 30
SETTINGS = {
    "DateStyle": "ISO",
    "TimeZone": "UTC",
    "standard_conforming_strings": "on",
    "search_path": "pg_catalog",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "lock_timeout": f"{SECONDS_FOR_LOCKS}s",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "row_security": "off",  # rows that a policy hides would be missed: an error instead
}


def address_of(dsn: str | None) -> str:
    """The address as libpq takes it; what it lacks comes from libpq's own variables (PGHOST, PGSERVICE, …).

    Raises UsageError for a text that isn't one, and for one that has a password: others on the machine could read it.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    try:
        given = conninfo_to_dict(dsn or "")
    except psycopg.Error:
        raise UsageError(  # the error would repeat the text, and it may hold a password
            "--dsn is no address of a database: write postgresql://USER@HOST:5432/DATABASE, or host=… dbname=… user=…"
        ) from None
    if secret := next((name for name in SECRETS if given.get(name)), None):
        instead = INSTEAD if "password" in secret else "Give it in a service (PGSERVICE)"
        what = "a password" if "password" in secret else f"a secret ({secret})"
        raise UsageError(f"--dsn has {what}, which every user of this machine could read. {instead}.")
    ours = {"connect_timeout": SECONDS_TO_CONNECT, "application_name": APPLICATION, **given, "client_encoding": "utf8"}
    return make_conninfo("", **ours)


@contextmanager
def connected(dsn: str | None) -> "Iterator[Connection]":
    """A connection, which is closed at the end: what isn't committed then never happened.

    Raises LakehouseError where there is none, it is lost, or the server is older than version 12.
    """
    import psycopg

    address = address_of(dsn)
    register_secret(os.environ.get("PGPASSWORD", ""))
    try:
        connection = psycopg.connect(address)
    except psycopg.Error as error:
        raise LakehouseError(f"No connection to PostgreSQL: {reason(error)}{_advice(dsn, str(error))}") from None
    try:
        _check_version(connection.info.server_version)
        _check_encoding(connection.info.parameter_status("server_encoding") or "")
        for name, value in SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.commit()
        yield connection
    finally:
        connection.close()


def _advice(dsn: str | None, problem: str) -> str:
    """What to do where there is no connection, if that is known."""
    if "no password supplied" in problem:
        return f" {INSTEAD}."
    if dsn is None and not {"PGHOST", "PGSERVICE", "PGHOSTADDR"} & os.environ.keys():
        return " Say where the server is: --dsn postgresql://USER@HOST/DATABASE, or PGHOST and the other variables."
    return ""


def _check_version(version: int) -> None:
    if version // 10_000 < OLDEST:
        shown = version // 10_000 if version >= 100_000 else f"{version // 10_000}.{version // 100 % 100}"
        raise LakehouseError(f"The server is PostgreSQL {shown}; publishing needs version {OLDEST} or newer.")


def _check_encoding(encoding: str) -> None:
    if encoding != "UTF8":
        raise LakehouseError(f"The database is in {encoding}, which lacks characters of the lake: make one in UTF8.")


def reason(error: "psycopg.Error") -> str:
    """What the server or libpq says, on one line."""
    text = error.diag.message_primary or str(error).strip() or type(error).__name__
    lines = [line.strip() for line in [*text.splitlines(), *(error.diag.message_detail or "").splitlines()]]
    return on_one_line(" ".join(line if line[-1] in ".?:" else f"{line}." for line in lines if line))


@contextmanager
def sentences(schema: str) -> Iterator[None]:
    """Within it an error of the server is a LakehouseError that says what to do; nothing was committed then."""
    import psycopg
    from psycopg import errors

    unchanged = f"Schema {schema} is as it was."
    try:
        yield
    except errors.InsufficientPrivilege as error:
        text = f"{reason(error)} Ask its owner for the right, or publish to another schema (--schema). {unchanged}"
        raise LakehouseError(text) from None
    except errors.DependentObjectsStillExist as error:
        text = f"{reason(error)} Drop what depends on it, publish, and make it again. {unchanged}"
        raise LakehouseError(text) from None
    except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
        text = f"{reason(error)} Somebody had locked a table ({SECONDS_FOR_LOCKS} s): publish again later. {unchanged}"
        raise LakehouseError(text) from None
    except (errors.UniqueViolation, errors.NotNullViolation) as error:
        table = error.diag.table_name
        text = f"{table} of the lake breaks its own key: {reason(error)} {unchanged}"
        raise LakehouseError(text) from None
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        text = f"The connection to PostgreSQL was lost: {reason(error)} {unchanged} Publish again."
        raise LakehouseError(text) from None
    except psycopg.Error as error:
        raise LakehouseError(f"PostgreSQL refused: {reason(error)} {unchanged}") from None
