"""`./lakehouse diff`: what differs between two versions of a table, or between the last two published states."""

import argparse
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from local_runtime.delta.lake import Lake

if TYPE_CHECKING:
    from local_runtime.inspection.differences import Difference, State

SHOWN = 5  # rows of each kind
COLUMNS_SHOWN = 8


def add_diff(diff: argparse.ArgumentParser) -> None:
    """Adds the options of `diff`."""
    diff.add_argument(
        "tables",
        nargs="*",
        metavar="TABLE",
        help="TABLE@v1 TABLE@v2, or TABLE@p1 TABLE@p2; TABLE@v1 alone: against now",
    )
    diff.add_argument("--last-run", action="store_true", help="every table that the newest publication has anew")
    diff.add_argument("--key", metavar="COLUMNS", help="the columns, with commas, that say which row is which")
    diff.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")


def diff(arguments: Namespace) -> int:
    """Prints what differs; 0 whether something does or not."""
    from local_runtime.errors import UsageError
    from local_runtime.inspection.differences import Difference, state_named
    from local_runtime.interrupts import end_at_signals

    end_at_signals("stopped.")
    lake, key = Lake(arguments.lake.absolute()), arguments.key.split(",") if arguments.key else None
    if arguments.last_run != (not arguments.tables) or len(arguments.tables) > 2 or (arguments.last_run and key):
        raise UsageError(
            "Name one or two states of a table, such as gold.dim_title@v3 gold.dim_title@v4, or --last-run."
        )
    if arguments.last_run:
        pairs = list(_last_run(lake))
    else:
        old, *rest = map(state_named, arguments.tables)
        pairs = [(old, rest[0] if rest else state_named(old.table))]
    keys = _keys(arguments, lake) if key is None else {}
    for old, new in pairs:
        found = Difference(lake, old, new, key or keys.get(new.table, ()))
        if key and not found.key:
            raise UsageError(f"--key {','.join(key)}: no column of both states, or several rows have the same.")
        _print(found, arguments.format, is_one=not arguments.last_run)
    return 0


def _keys(arguments: Namespace, lake: Lake) -> dict[str, tuple[str, ...]]:
    """The primary keys that the pipelines declare, by table."""
    from pathlib import Path

    from local_runtime.graph.dataset_graph import load_graph
    from local_runtime.root import ROOT
    from local_runtime.state.last_run import last_run

    landing = last_run(lake).landing
    graph = load_graph(ROOT, Path(landing) if landing else ROOT / "landing", lake)
    return {name: dataset.declared.primary_key for name, dataset in graph.datasets.items() if dataset.declared}


def _last_run(lake: Lake) -> "Iterator[tuple[State, State]]":
    """The tables whose versions the newest publication and the one before it name differently."""
    from local_runtime.errors import LakehouseError
    from local_runtime.inspection.differences import State
    from local_runtime.state.publications import publications

    kept = publications(lake)
    if len(kept) < 2:
        raise LakehouseError(f"{lake.root} has fewer than two publications: there is nothing to compare with.")
    before, newest = kept[-2:]
    tables = [name for name in newest.versions if newest.versions[name] != before.versions.get(name)]
    both = [name for name in tables if newest.table_ids.get(name) == before.table_ids.get(name)]
    print(f"{before.name} → {newest.name}: {len(both)} of {len(newest.versions)} tables were written", file=sys.stderr)
    for name in sorted({*tables} - {*both}):
        print(f"{name}: new, or built again", file=sys.stderr)
    for name in sorted(both):
        yield State(name, before.name), State(name, newest.name)


def _print(found: "Difference", form: str, is_one: bool) -> None:
    from local_runtime.cli.output import exact
    from local_runtime.inspection.formats import UNLIMITED, Room, as_csv, as_json, as_table

    if form != "table":
        sys.stdout.write(exact((as_json if form == "json" else as_csv)(found.rows()), form == "json"))
        return
    for line in lines(found):
        print(line)
    if is_one and not found.counts.is_nothing:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else UNLIMITED
        sys.stdout.write(as_table(found.rows(SHOWN), Room(width, 10 * SHOWN), ""))
        print("The first of each kind; all: --format csv")


def lines(found: "Difference") -> Iterator[str]:
    """What is said of a difference: counts, columns, and what a row is known by."""
    counts = found.counts
    names = f"{found.old.sql} → {found.new.sql}"
    if counts.is_nothing:
        yield f"{names}: the same {counts.same:,} rows"
    else:
        parts = [
            f"{counts.added:,} added",
            f"{counts.gone:,} gone",
            f"{counts.changed:,} changed",
            f"{counts.same:,} same",
        ]
        yield f"{names}: {', '.join(parts if found.key else [*parts[:2], parts[3]])}"
    by_column = sorted(counts.by_column.items(), key=lambda it: (-it[1], it[0]))
    if by_column:
        more = f" and {len(by_column) - COLUMNS_SHOWN} more" if len(by_column) > COLUMNS_SHOWN else ""
        yield "  changed in " + ", ".join(f"{name} ({count:,})" for name, count in by_column[:COLUMNS_SHOWN]) + more
    for what, columns in (("new columns", found.columns_new), ("columns gone", found.columns_gone)):
        if columns:
            yield f"  {what}: {', '.join(columns)}"
    if not found.key and not counts.is_nothing:
        yield "  no unique key: a row that changed is one that went and one that came (--key COLUMNS)"
