"""What can be read off a SQL text: its statements, and the tables and versions that they name."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from local_runtime.errors import LakehouseError

if TYPE_CHECKING:
    import duckdb

IDENTIFIER = r'\w+|"(?:[^"]|"")+"'
# As Databricks writes time travel: table@v3.
VERSIONED = re.compile(rf"(?P<schema>{IDENTIFIER})\s*\.\s*(?P<table>{IDENTIFIER})@(?P<version>[vV]\d+)\b")
WITH_VERSION = re.compile(r"(.+)@v(\d+)")
EXPLAIN = re.compile(r"\s*EXPLAIN\b(\s+ANALYZE\b)?(\s*\([^()]*\))?", re.IGNORECASE)
# DuckDB makes several statements of a PIVOT. Nothing that writes begins with one of these words.
PIVOTS = {"PIVOT", "PIVOT_WIDER", "PIVOT_LONGER", "UNPIVOT", "FROM", "SELECT", "WITH"}
# DuckDB's parser names writing nodes within a SELECT so: COPY_QUERY_NODE, for example.
WRITING_NODE = "_QUERY_NODE"
WRITING_WORDS = {"COPY", "INSERT", "UPDATE", "DELETE", "MERGE"}
# Functions that take a table's name or a query as a text, and names that list tables.
INDIRECT = {"query", "query_table", "show", "information_schema", "duckdb_views", "duckdb_columns"}


class Named(NamedTuple):
    """A table that a statement names, `schema` None where it names none, `version` None for the newest."""

    schema: str | None
    table: str
    version: int | None = None


def with_versions(text: str) -> str:
    """The text with every `schema.table@v3` written as a name that DuckDB takes: `schema."table@v3"`.

    Lookalikes in a text, a quoted name or a comment are left unchanged.
    """
    starts = _starts(text)

    def rewritten(match: re.Match[str]) -> str:
        if not {match.start(), match.start("version")} <= starts.keys():
            return match[0]
        return f'{match["schema"]}."{unquoted(match["table"])}@{match["version"].lower()}"'

    return VERSIONED.sub(rewritten, text)


def statements(connection: "duckdb.DuckDBPyConnection", text: str) -> list["duckdb.Statement"]:
    """The statements of the text. Raises LakehouseError for what isn't SQL, and for what does more than read."""
    import duckdb

    try:
        parsed = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise LakehouseError(str(error).strip()) from None
    if not parsed:
        raise LakehouseError('There is no statement. One is: `./lakehouse sql "FROM schema.table"`.')
    for statement in parsed:
        if (word := _writing_word(connection, statement)) is not None:
            raise LakehouseError(
                f"{word} is refused: `sql` only reads, and what is in the lake is written by pipelines alone "
                "(`./lakehouse run`). To keep a result: --format csv > file.csv."
            )
    return parsed


def is_ended(text: str) -> bool:
    """Whether the text ends with a semicolon; comments may follow it."""
    return _end_of_statement(text) is not None


def without_end(query: str) -> str:
    """A statement without its semicolon and the comments after it: DuckDB embeds it in a larger one to draw it."""
    return query[: _end_of_statement(query)]


def _end_of_statement(text: str) -> int | None:
    """The position of the semicolon that ends the text; None without one."""
    pieces = [start for start, kind in _starts(text).items() if kind != "comment"]
    return pieces[-1] if pieces and text[pieces[-1]] == ";" else None


def settings_in(text: str) -> list[str]:
    """The SET and USE statements of a text, which apply to later queries."""
    import duckdb

    return [
        statement.query for statement in duckdb.extract_statements(with_versions(text)) if statement.type.name == "SET"
    ]


def names_in(connection: "duckdb.DuckDBPyConnection", query: str) -> list[Named] | None:
    """The tables that a statement names; None where only running it shows them.

    Where DuckDB can't give the statement's parts (PIVOT, SET), every word of it may be one.
    """
    words = _words(query)
    if INDIRECT & {word.lower() for word in words}:
        return None
    tree = _tree(connection, _explained_statement(query) or query)
    if tree is None:
        return [_named_table(None, unquoted(word)) for word in words]
    return [_named_table(node["schema_name"] or None, node["table_name"]) for node in _nodes(tree, "BASE_TABLE")]


def _tree(connection: "duckdb.DuckDBPyConnection", query: str) -> Any:
    """The parts of a SELECT, as DuckDB's parser finds them; None for another statement."""
    ((text,),) = connection.execute("SELECT json_serialize_sql($1)", [query]).fetchall()
    tree = json.loads(text)
    return None if tree["error"] else tree


def _nodes(tree: Any, kind: str) -> Iterator[Mapping[str, Any]]:
    """The nodes of the tree whose type ends in `kind`."""
    if isinstance(tree, dict) and str(tree.get("type")).endswith(kind):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(part, kind)


def _named_table(schema: str | None, name: str) -> Named:
    versioned = WITH_VERSION.fullmatch(name)
    return Named(schema, versioned[1], int(versioned[2])) if versioned else Named(schema, name)


def unquoted(name: str) -> str:
    """A name without the quotes that it may be in."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _writing_word(connection: "duckdb.DuckDBPyConnection", statement: "duckdb.Statement") -> str | None:
    """The word in a statement that does more than read, or None. A WITH may hold a COPY or an INSERT too."""
    query, kind, words = statement.query, statement.type.name, [word.upper() for word in _words(statement.query)]
    if kind == "EXPLAIN":
        return _writing_in_explained(connection, query)
    if kind == "SELECT" and (tree := _tree(connection, query)) is not None:
        nodes = _nodes(tree, WRITING_NODE)
        return next((str(node["type"]).removesuffix(WRITING_NODE) for node in nodes), None)
    if kind in ("SELECT", "SET") or (kind == "MULTI" and words[0] in PIVOTS):
        return next((word for word in words if word in WRITING_WORDS), None)
    return words[0]


def _explained_statement(query: str) -> str | None:
    """The statement that an EXPLAIN explains, and with ANALYZE runs."""
    head = EXPLAIN.match(query)
    return query[head.end() :] if head else None


def _writing_in_explained(connection: "duckdb.DuckDBPyConnection", query: str) -> str | None:
    import duckdb

    try:
        (inner,) = duckdb.extract_statements(_explained_statement(query) or "")
    except (duckdb.Error, ValueError):
        return "EXPLAIN of this"
    return _writing_word(connection, inner)


def _words(query: str) -> list[str]:
    """Names and keywords, in their order."""
    kinds = _starts(query)
    ends = [*list(kinds)[1:], len(query)]
    pieces = zip(kinds.items(), ends, strict=True)
    return [query[start:end].strip() for (start, kind), end in pieces if kind in ("keyword", "identifier")] or ["This"]


def _starts(text: str) -> dict[int, str]:
    """Where each piece of the text begins, and what DuckDB's tokenizer takes it for. It counts bytes of UTF-8."""
    import duckdb

    encoded, kinds, at, characters = text.encode(), {}, 0, 0
    for start, kind in duckdb.tokenize(text):
        characters += len(encoded[at:start].decode())
        at = start
        kinds[characters] = kind.name
    return kinds
