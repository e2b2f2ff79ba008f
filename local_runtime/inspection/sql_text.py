"""What can be read off a SQL text: the tables, versions and files that it names, and its parts."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from local_runtime.quoting import DOUBLE, quoted

if TYPE_CHECKING:
    import duckdb

IDENTIFIER = r'\w+|"(?:[^"]|"")+"'
# As Databricks writes time travel: table@v3; and table@p3 for what publication 3 names.
VERSIONED = re.compile(rf"(?P<schema>{IDENTIFIER})\s*\.\s*(?P<table>{IDENTIFIER})@(?P<version>[vVpP]\d{{1,18}})\b")
WITH_VERSION = re.compile(r"(.+)@([vp])(\d{1,18})", re.DOTALL)
TEXT_MARKS = ("'", '"')
EXPLAIN = re.compile(r"\s*EXPLAIN\b(\s+ANALYZE\b)?(\s*\([^()]*\))?", re.IGNORECASE)
# Functions that take a table's name or a query as a text, and names that list tables.
INDIRECT = {"query", "query_table", "show", "information_schema", "duckdb_views", "duckdb_columns"}


class Named(NamedTuple):
    """A table that a statement names, `schema` None where it names none.

    At most one of the `version` and the number of the `publication` is named.
    """

    schema: str | None
    table: str
    version: int | None = None
    publication: int | None = None

    @property
    def has_version(self) -> bool:
        """Whether a version or a publication is named."""
        return self.version is not None or self.publication is not None

    @property
    def view_schema(self) -> str:
        """The schema of the table's view in DuckDB, with the version or the publication as `with_versions` writes it.

        So the table has its own name there, by which a query may call its columns: `kpi_genre.genre`.
        """
        schema = self.schema or ""
        if not self.has_version:
            return schema
        return f"{schema}@{f'v{self.version}' if self.version is not None else f'p{self.publication}'}"


def with_versions(text: str) -> str:
    """The text with every `schema.table@v3` or `@p3` written as a name that DuckDB takes: `"schema@v3".table`.

    Lookalikes in a text, a quoted name or a comment are left unchanged.
    """
    starts = _starts(text)

    def rewritten(match: re.Match[str]) -> str:
        if not {match.start(), match.start("version")} <= starts.keys():
            return match[0]
        versioned = quoted(f"{unquoted(match['schema'])}@{match['version'].lower()}", DOUBLE)
        return f"{versioned}.{match['table']}"

    return VERSIONED.sub(rewritten, text)


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
    if INDIRECT & {word.lower() for word in words(query)}:
        return None
    parts = tree(connection, explained_statement(query) or query)
    if parts is None:
        names = [unquoted(word) for word in words(query)]
        schemas = [name if WITH_VERSION.fullmatch(name) else None for name in names]
        return [_named_table(schema, name) for schema, name in zip([None, *schemas], names, strict=False)]
    return [_named_table(node["schema_name"] or None, node["table_name"]) for node in nodes(parts, "BASE_TABLE")]


def tree(connection: "duckdb.DuckDBPyConnection", query: str) -> Any:
    """The parts of a SELECT, as DuckDB's parser finds them; None for another statement."""
    ((text,),) = connection.execute("SELECT json_serialize_sql($1)", [query]).fetchall()
    tree = json.loads(text)
    return None if tree["error"] else tree


def nodes(tree: Any, kind: str) -> Iterator[Mapping[str, Any]]:
    """The nodes of the tree whose type ends in `kind`."""
    if isinstance(tree, dict) and str(tree.get("type")).endswith(kind):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from nodes(part, kind)


def _named_table(schema: str | None, table: str) -> Named:
    versioned = WITH_VERSION.fullmatch(schema or "")
    if versioned is None:
        return Named(schema, table)
    schema, kind, number = versioned[1], versioned[2], int(versioned[3])
    return Named(schema, table, number) if kind == "v" else Named(schema, table, publication=number)


def unquoted(name: str) -> str:
    """A name without the quotes that it may be in."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def explained_statement(query: str) -> str | None:
    """The statement that an EXPLAIN explains, and with ANALYZE runs."""
    head = EXPLAIN.match(query)
    return query[head.end() :] if head else None


def words(query: str) -> list[str]:
    """Names and keywords, in their order."""
    return [piece for kind, piece in _pieces(query) if kind in ("keyword", "identifier")] or ["This"]


def texts(query: str) -> list[str]:
    """What stands in quotation marks of either kind: a text, or a name, which may be a file's."""
    marked = (piece for _, piece in _pieces(query) if piece[0] in TEXT_MARKS and piece[-1] == piece[0])
    return [piece[1:-1].replace(piece[0] * 2, piece[0]) for piece in marked]


def _pieces(query: str) -> Iterator[tuple[str, str]]:
    """The kind of each piece of the text, and the piece."""
    kinds = _starts(query)
    ends = [*list(kinds)[1:], len(query)]
    yield from ((kind, query[start:end].strip()) for (start, kind), end in zip(kinds.items(), ends, strict=True))


def _starts(text: str) -> dict[int, str]:
    """Where each piece of the text begins, and what DuckDB's tokenizer takes it for. It counts bytes of UTF-8."""
    import duckdb

    encoded, kinds, at, characters = text.encode(), {}, 0, 0
    for start, kind in duckdb.tokenize(text):
        characters += len(encoded[at:start].decode())
        at = start
        kinds[characters] = kind.name
    return kinds
