"""`./lakehouse publish`: published tables in a database."""

import argparse
import re
import sys
import time
from argparse import Namespace
from typing import TYPE_CHECKING

from local_runtime.delta.lake import Lake

if TYPE_CHECKING:
    from publishing.postgres.transaction import Outcome

SCHEMA = "lakehouse"
TAKEN = ("information_schema", "public")


def add_publish(publish: argparse.ArgumentParser) -> None:
    """Adds the options of `publish`."""
    publish.add_argument("database", choices=("postgres",), metavar="postgres", help="the kind of database: PostgreSQL")
    publish.add_argument(
        "--dsn", help="its address, without a password (default: libpq's variables: PGHOST, PGSERVICE, …)"
    )
    publish.add_argument("--schema", type=_schema, default=SCHEMA, help="the schema there (default: %(default)s)")
    publish.add_argument(
        "--reader", action="append", default=[], metavar="ROLE", help="may read the schema from now on; repeatable"
    )
    publish.add_argument(
        "--publication", metavar="NAME", help="what an older update published: p3, or the update's id (default: newest)"
    )
    publish.add_argument(
        "--rebuild",
        action="append",
        default=[],
        metavar="TABLE",
        help="make a table again whose columns were changed on the server; repeatable",
    )
    publish.add_argument(
        "--replace", action="store_true", help="put this lake in the place of another one that the schema has"
    )
    publish.add_argument(
        "--check", action="store_true", help="change nothing: compare every row there with what was published"
    )


def publish(arguments: Namespace) -> int:
    """Publishes gold to a database."""
    from exports.tables import state_of
    from local_runtime.errors import LakehouseError
    from local_runtime.inspection.read_only import NEWEST
    from local_runtime.progress_line import ProgressLine
    from local_runtime.state.last_run import run_command
    from publishing.postgres.connection import address_of
    from publishing.postgres.transaction import Target
    from publishing.postgres.transaction import publish as publish_state

    started = time.monotonic()
    address_of(arguments.dsn)
    if arguments.check:
        return _check(arguments)
    lake = Lake(arguments.lake.absolute())
    state = state_of(lake, arguments.publication or NEWEST)
    if state.publication is None:
        raise LakehouseError(
            f"Nothing of {lake.root} is published yet: `{run_command(lake)}` publishes, if it goes well."
        )
    rebuilt = tuple(name.lower().removeprefix("gold.") for name in arguments.rebuild)
    target = Target(
        dsn=arguments.dsn,
        schema=arguments.schema,
        readers=tuple(arguments.reader),
        rebuilt=rebuilt,
        replaces=arguments.replace,
    )
    with ProgressLine("Reading the lake …", sys.stderr) as line:
        outcome = publish_state(state, target, line.say)
    _print(outcome, arguments.schema, time.monotonic() - started)
    return 0


def _check(arguments: Namespace) -> int:
    """Compares; 1 where rows differ."""
    from local_runtime.counts import counted
    from local_runtime.errors import UsageError
    from local_runtime.progress_line import ProgressLine
    from publishing.postgres.checking import check

    if arguments.reader or arguments.rebuild or arguments.publication or arguments.replace:
        raise UsageError("--check changes nothing: leave --reader, --rebuild, --replace and --publication out.")
    with ProgressLine("Connecting …", sys.stderr) as line:
        record, differing = check(arguments.dsn, arguments.schema, line.say)
    for sentence in differing:
        print(sentence)
    rows, tables = sum(sent.rows for sent in record.tables.values()), counted(len(record.tables), "table")
    if not differing:
        print(f"{arguments.schema} has {record.publication} as it was published: {tables}, {counted(rows, 'row')}")
    return 1 if differing else 0


def _print(outcome: "Outcome", schema: str, seconds: float) -> None:
    from local_runtime.counts import counted

    for note in outcome.notes:
        print(note, file=sys.stderr)
    tables = sum(map(len, outcome.done.values()))
    parts = [
        f"{len(outcome.done[what]):,} {what}" for what in ("created", "changed", "dropped") if what in outcome.done
    ]
    rows = f"{counted(outcome.came, 'row')} sent, {outcome.went:,} removed" if parts else ""
    text = ", ".join([*parts, *([rows] if rows else [])]) or "nothing had changed"
    print(f"{outcome.publication} is in the schema {schema}: {counted(tables, 'table')}, {text}; {seconds:.1f} s")


def _schema(text: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", text) or text.startswith("pg_"):
        raise argparse.ArgumentTypeError(f"{text!r} is no name for a schema: small letters, digits and _, at most 63")
    if text in TAKEN:
        raise argparse.ArgumentTypeError(f"{text!r} has other objects, and is no schema for a publication alone")
    return text
