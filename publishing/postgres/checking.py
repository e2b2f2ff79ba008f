"""Whether the rows on the server are those that were published, by their digests."""

from collections.abc import Callable, Iterator, Mapping

from local_runtime.errors import LakehouseError
from publishing.postgres.connection import connected, sentences
from publishing.postgres.record import Record, read_record
from publishing.postgres.server import Relation, Server
from publishing.postgres.types import digest_text, fingerprint_on_server, number_on_server


def check(dsn: str | None, schema: str, say: Callable[[str], None] = lambda step: None) -> tuple[Record, list[str]]:
    """The newest publication of the schema, and a sentence for each table that has other rows than were published.

    Reads every row there, in one snapshot. Raises LakehouseError where the schema has no publication.
    """
    with connected(dsn) as connection, sentences(schema):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        server = Server(connection, schema)
        server.check_owner()
        is_careful = server.is_superuser()  # whose rights views and casts of others would have
        relations = server.relations()
        record = read_record(server, relations, to_write=is_careful)
        if not record.number:
            raise LakehouseError(f"The schema {schema} has no publication yet.")
        return record, [*_differing(server, record, relations, say, is_careful)]


def _differing(
    server: Server, record: Record, there: Mapping[str, Relation], say: Callable[[str], None], is_careful: bool
) -> Iterator[str]:
    for name, sent in record.tables.items():
        say(f"Reading {server.schema}.{name} …")
        if name not in there:
            yield f"{name}: it was dropped."
            continue
        if not there[name].is_table or (is_careful and not there[name].is_ours):
            yield f"{name}: it is another object, of {there[name].owner}."
            continue
        if dict(there[name].columns) != dict(sent.columns):
            yield f"{name}: its columns were changed."
            continue
        number = number_on_server(fingerprint_on_server(sent.columns)) if sent.digest is not None else "0"
        ((rows, total),) = server.rows(f"SELECT count(*), coalesce(sum({number}), 0) FROM {server.named(name)}")
        if rows != sent.rows:
            yield f"{name}: {rows:,} rows, published were {sent.rows:,}."
        elif sent.digest is not None and digest_text(int(total)) != sent.digest:
            yield f"{name}: rows of it were changed; --rebuild {name} sends them again."
