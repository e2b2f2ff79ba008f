"""`./lakehouse diff`: what differs between two versions of a table, or between the last two published states."""

import argparse
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from local_runtime.delta.lake import Lake

if TYPE_CHECKING:
    from local_runtime.inspection.differences import Difference, State

SHOWN = 5  # rows of each kind
COLUMNS_SHOWN = 8
PIPED = 160  # characters of a line that no terminal limits


def add_diff(diff: argparse.ArgumentParser) -> None:
    """Adds the options of `diff`."""
    diff.add_argument(
        "tables",
        nargs="*",
        metavar="TABLE",
        help="TABLE@v1 TABLE@v2, or TABLE@p1 TABLE@p2; TABLE@v1 alone: against now",
    )
    diff.add_argument("--last-run", action="store_true", help="all tables: what the newest publication changed")
    diff.add_argument("--key", metavar="COLUMNS", help="the columns, with commas, that say which row is which")
    diff.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")


def diff(arguments: Namespace) -> int:
    """Prints what differs; 0 whether something does or not."""
    from local_runtime.errors import UsageError
    from local_runtime.inspection.differences import Difference

    lake = Lake(arguments.lake.absolute())
    key = None if arguments.key is None else [name.strip() for name in arguments.key.split(",")]
    if arguments.last_run and (key or arguments.tables):
        raise UsageError("--last-run is of all tables: leave out their names, and --key.")
    pairs = list(_last_run(lake)) if arguments.last_run else [_named(arguments.tables)]
    keys = _keys(arguments, lake) if key is None else {}
    differences = [Difference(lake, old, new, key or keys.get(new.table, ())) for old, new in pairs]
    for each in differences:
        _check_key(each, key)
    if arguments.format == "table":
        _print(differences, arguments.last_run)
    elif arguments.last_run:
        _print_all(differences, arguments.format)
    else:
        _print_rows(differences[0], arguments.format)
    return 0


def _named(tables: list[str]) -> "tuple[State, State]":
    """The two states that are compared. Raises UsageError where they aren't two states of one table."""
    from local_runtime.errors import UsageError
    from local_runtime.inspection.differences import state_named

    states = [state_named(text) for text in tables]
    if len(states) == 1:
        states.append(state_named(states[0].table))
    if len(states) != 2 or states[0] == states[1] or states[0].table != states[1].table:
        raise UsageError("Name two states of one table (gold.dim_title@v3 gold.dim_title@v4), or give --last-run.")
    return states[0], states[1]


def _check_key(found: "Difference", key: list[str] | None) -> None:
    """Raises UsageError where rows can't be told apart by the key that was given."""
    from local_runtime.errors import UsageError

    if key and not found.key:
        lacking = [name for name in key if name not in found.columns]
        why = f"no column of both states: {', '.join(lacking)}" if lacking else "several rows have the same"
        raise UsageError(f"--key {','.join(key)}: {why}. There are: {', '.join(found.columns)}.")


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
        raise LakehouseError(
            f"{lake.root} has fewer than two publications: `run` makes them, `vacuum --publications` says how many are "
            "kept. Versions of one table can be compared: ./lakehouse diff TABLE@v1 TABLE@v2"
        )
    before, newest = kept[-2:]
    tables = [name for name in newest.versions if newest.versions[name] != before.versions.get(name)]
    both = [name for name in tables if newest.table_ids.get(name) == before.table_ids.get(name)]
    print(f"{before.name} → {newest.name}: {len(both)} of {len(newest.versions)} tables were written", file=sys.stderr)
    for name in sorted({*before.versions} - {*newest.versions}):
        print(f"{name}: gone", file=sys.stderr)
    for name in sorted({*tables} - {*both}):
        print(f"{name}: new, or built again", file=sys.stderr)
    for name in sorted(both):
        yield State(name, before.name), State(name, newest.name)


def _print(differences: "list[Difference]", last_run: bool) -> None:
    from local_runtime.counts import counted
    from local_runtime.inspection.formats import Room, as_table

    changed = [each for each in differences if not each.counts.is_nothing]
    for line in chain.from_iterable(map(lines, changed if last_run else differences)):
        print(line)
    if last_run:
        print(f"{counted(len(differences) - len(changed), 'other table')} with the same rows")
    elif changed:
        room = Room(shutil.get_terminal_size((PIPED, 0)).columns if sys.stdout.isatty() else PIPED, 10 * SHOWN)
        sys.stdout.write(as_table(changed[0].rows(SHOWN), room, ""))
        print(f"At most {SHOWN} of each kind are shown; all: --format csv")


def _print_rows(found: "Difference", form: str) -> None:
    from local_runtime.cli.output import exact
    from local_runtime.inspection.formats import as_csv, as_json

    sys.stdout.write(exact((as_json if form == "json" else as_csv)(found.rows()), form == "json"))


def _print_all(differences: "list[Difference]", form: str) -> None:
    """Prints the rows of several tables: as one object of JSON, by table. Raises UsageError for CSV."""
    from local_runtime.cli.output import exact
    from local_runtime.errors import UsageError
    from local_runtime.inspection.formats import as_json

    if form == "csv":
        raise UsageError("--last-run is of several tables, which are no one CSV file: --format json, or name a table.")
    changed = [found for found in differences if not found.counts.is_nothing]
    parts = [f'"{found.new.table}": {as_json(found.rows()).rstrip()}' for found in changed]
    sys.stdout.write(exact("{" + ",\n".join(parts) + "}\n", is_json=True))


def lines(found: "Difference") -> Iterator[str]:
    """The lines about a difference: counts, columns, and how rows are told apart."""
    from local_runtime.counts import counted

    counts = found.counts
    names = f"{found.old.sql} → {found.new.sql}"
    if counts.is_nothing:
        yield f"{names}: the same {counted(counts.same, 'row')}"
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
