"""`sql` only reads: statements and settings that do more are refused, and DuckDB's own locks hold while a query runs.

The locks are what keeps files safe; the refusals before them are for clear messages.
"""

import os
import re
import tempfile
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.errors import LakehouseError
from local_runtime.inspection.sql_text import explained_statement, nodes, texts, tree, unquoted, words
from local_runtime.pipelines.secrets import SECRETS_FOLDER
from local_runtime.quoting import text_literal
from local_runtime.root import ROOT

if TYPE_CHECKING:
    import duckdb

# DuckDB makes several statements of a PIVOT. Nothing that writes begins with one of these words.
PIVOTS = {"PIVOT", "PIVOT_WIDER", "PIVOT_LONGER", "UNPIVOT", "FROM", "SELECT", "WITH"}
# DuckDB's parser names writing nodes within a SELECT so: COPY_QUERY_NODE, for example.
WRITING_NODE = "_QUERY_NODE"
WRITING_WORDS = {"COPY", "INSERT", "UPDATE", "DELETE", "MERGE"}
SETTINGS = (
    "Calendar",
    "default_collation",
    "default_null_order",
    "default_order",
    "error_on_division_by_zero",
    "explain_output",
    "ieee_floating_point_ops",
    "integer_division",
    "max_memory",
    "memory_limit",
    "null_order",
    "order_by_non_integer_literal",
    "pivot_limit",
    "preserve_insertion_order",
    "scalar_subquery_error_on_multiple_rows",
    "schema",
    "search_path",
    "threads",
    "TimeZone",
    "worker_threads",
)
"""What a query may set: how it is answered. No other setting, for some name files that DuckDB writes."""
SCOPES = {"GLOBAL", "SESSION", "LOCAL"}
# Extensions would come from the network; names of Python's variables aren't tables.
OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
LOCKED_FILE = re.compile(r'Permission Error: Cannot access (?:file|directory) "(?P<path>.*)" - ', re.DOTALL)
LOCKED_SETTING = re.compile(r'Invalid Input Error: Cannot change configuration option "+(?P<name>\w+)"+')


@dataclass(frozen=True)
class Advice:
    """What messages advise: there are other means at the prompt than on the command line."""

    keep: str = "To keep a result: --format csv > file.csv."
    see_all: str = "Not all is shown: --format csv or --format json gives every row and column."
    read_files: str = '`./lakehouse sql --files "…"` reads files too.'
    read_latest: str = "--latest"


LATEST, NEWEST = "latest", "newest"
"""What may be asked for in place of a publication's name: gold as it is now, and the newest publication."""


@dataclass(frozen=True)
class Reading:
    """What a query may read: the lake, and with `files` the files that it names; and what messages advise.

    `gold` is the state of gold that it reads, as `publication_read` takes it; `tell` is given a line on that where
    tables have commits which aren't published.
    """

    files: bool = False
    advice: Advice = Advice()
    gold: str = LATEST
    tell: Callable[[str], None] = lambda note: None


LAKE_ONLY = Reading()


def connect() -> "duckdb.DuckDBPyConnection":
    """A DuckDB that doesn't use the network, and keeps temporary files where all commands do."""
    import duckdb

    spill = Path(tempfile.gettempdir(), f"lakehouse-sql-{uuid.uuid4().hex}")
    return duckdb.connect(config={**OFFLINE, "temp_directory": str(spill)})


def lock(connection: "duckdb.DuckDBPyConnection", paths: Iterable[str]) -> None:
    """Makes the connection one that opens no other file than `paths`, and changes no other setting than SETTINGS.

    DuckDB compares files with symbolic links and `..` followed. There is no way back.
    """
    connection.execute(f"SET allowed_paths = {_listed(paths)}")
    connection.execute("SET enable_external_access = false")
    connection.execute(f"SET allowed_configs = {_listed(SETTINGS)}")
    connection.execute("SET lock_configuration = true")


def _listed(values: Iterable[str]) -> str:
    return f"[{', '.join(map(text_literal, values))}]"


def statements(connection: "duckdb.DuckDBPyConnection", text: str, advice: Advice) -> list["duckdb.Statement"]:
    """The statements of the text. Raises LakehouseError for what isn't SQL, and for what does more than read."""
    import duckdb

    try:
        parsed = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise LakehouseError(str(error).strip()) from None
    if not parsed:
        raise LakehouseError("There is no statement. One is: FROM schema.table")
    for statement in parsed:
        if (word := _writing_word(connection, statement)) is not None:
            raise LakehouseError(
                f"{word} is refused: `sql` only reads, and what is in the lake is written by pipelines alone "
                f"(`./lakehouse run`). {advice.keep}"
            )
        if statement.type.name == "SET" and (name := _setting(words(statement.query))) is not None:
            _check_setting(name)
    return parsed


def _writing_word(connection: "duckdb.DuckDBPyConnection", statement: "duckdb.Statement") -> str | None:
    """The word in a statement that does more than read, or None. A WITH may hold a COPY or an INSERT too."""
    query, kind = statement.query, statement.type.name
    in_capitals = [word.upper() for word in words(query)]
    if kind == "EXPLAIN":
        return _writing_in_explained(connection, query)
    if kind == "SELECT" and (parts := tree(connection, query)) is not None:
        return next((str(node["type"]).removesuffix(WRITING_NODE) for node in nodes(parts, WRITING_NODE)), None)
    if kind in ("SELECT", "SET") or (kind == "MULTI" and in_capitals[0] in PIVOTS):
        return next((word for word in in_capitals if word in WRITING_WORDS), None)
    return in_capitals[0]


def _writing_in_explained(connection: "duckdb.DuckDBPyConnection", query: str) -> str | None:
    import duckdb

    try:
        (inner,) = duckdb.extract_statements(explained_statement(query) or "")
    except (duckdb.Error, ValueError):
        return "EXPLAIN of this"
    return _writing_word(connection, inner)


def _setting(named: list[str]) -> str | None:
    """The setting that a statement sets or resets; None for USE and for a variable of SQL."""
    verb, *rest = named
    if rest and rest[0].upper() in SCOPES:
        rest = rest[1:]
    if verb.upper() == "USE" or not rest or rest[0].upper() == "VARIABLE":
        return None
    return "TimeZone" if [word.upper() for word in rest[:2]] == ["TIME", "ZONE"] else unquoted(rest[0])


def _check_setting(name: str) -> None:
    """Raises LakehouseError for a setting that isn't one of SETTINGS."""
    if name.lower() not in {setting.lower() for setting in SETTINGS}:
        raise LakehouseError(
            f"The setting {name} is refused: `sql` only reads, and some settings name files that are written. "
            f"These can be set: {', '.join(SETTINGS)}."
        )


def files_named(query: str) -> list[str]:
    """The files that a statement names in quotation marks, and the patterns of files, with what they stand for.

    Raises LakehouseError for one that may hold a secret.
    """
    import duckdb

    named: list[str] = []
    secrets = _secret_files()
    with duckdb.connect(config=OFFLINE) as outside:
        for text in texts(query):
            if not set("./") & {*text}:
                continue
            try:
                found = [file for (file,) in outside.execute("SELECT file FROM glob($1)", [text]).fetchall()]
            except duckdb.Error:  # an address of another machine
                continue
            existing = [file for file in found if Path(file).exists()]
            for file in existing:
                _check_no_secret(Path(file), secrets)
            named += [text, *existing] if existing else []
    return named


def _secret_files() -> set[tuple[int, int]]:
    """The files below .secrets, whatever other names they have."""
    files = (path.stat() for path in (ROOT / SECRETS_FOLDER).rglob("*") if path.is_file())
    return {(file.st_dev, file.st_ino) for file in files}


def _check_no_secret(file: Path, secrets: set[tuple[int, int]]) -> None:
    """Raises LakehouseError for a file in a folder of secrets, and for the environment of a process."""
    resolved, found = Path(os.path.realpath(file)), file.stat()
    is_environment = resolved.is_relative_to("/proc") and resolved.name == "environ"
    if SECRETS_FOLDER in resolved.parts or is_environment or (found.st_dev, found.st_ino) in secrets:
        raise LakehouseError(f"{file} is refused: `sql` reads no file that may hold a key.")


def message_of(error: Exception, reading: Reading) -> str:
    """DuckDB's message, or what to do where one of its locks held."""
    message = str(error).strip()
    if (setting := LOCKED_SETTING.match(message)) is not None:
        return f"{setting['name']} is refused: `sql` only reads."
    if (file := LOCKED_FILE.match(message)) is None:
        return message
    path = file["path"]
    if "://" in path:
        return f"{path} is refused: `sql` reads files of this machine only."
    if not reading.files:
        return f"{path} is not in the lake. {reading.advice.read_files}"
    if not Path(path).exists():
        return f"There is no file {path}."
    return f"{path} is refused: a file is read where the query has its whole name in quotation marks."
