"""`./lakehouse export`: published tables as files of other programs."""

import argparse
from argparse import Namespace
from pathlib import Path

from local_runtime.delta.lake import Lake

FORMATS = ("parquet", "csv", "xlsx", "duckdb")


def add_export(export: argparse.ArgumentParser) -> None:
    """Adds the options of `export`."""
    export.add_argument("folder", type=Path, metavar="FOLDER", help="a new folder, or an earlier export to replace")
    export.add_argument("tables", nargs="*", metavar="TABLE", help="tables of gold (default: all)")
    export.add_argument(
        "--format",
        choices=FORMATS,
        default="parquet",
        help="parquet (default): with what loads the files into BigQuery, Athena and Synapse; csv; xlsx: a workbook "
        "for each table; duckdb: a database whose views follow each new export into the folder",
    )
    export.add_argument(
        "--separator", type=_separator, metavar="SIGN", help="between the cells of CSV: ',' (default), ';' or tab"
    )
    state = export.add_mutually_exclusive_group()
    state.add_argument(
        "--publication", metavar="NAME", help="what an older update published: p3, or the update's id (default: newest)"
    )
    state.add_argument("--latest", action="store_true", help="gold as it is now, published or not")


def export(arguments: Namespace) -> int:
    """Writes the files."""
    from exports.database import DATABASE, export_database
    from exports.folders import export as write
    from exports.tables import state_of
    from local_runtime.cli.kept_out import folder_around, folders_of
    from local_runtime.counts import counted
    from local_runtime.errors import UsageError
    from local_runtime.inspection.read_only import LATEST, NEWEST
    from local_runtime.printable import on_one_line

    if arguments.separator and arguments.format != "csv":
        raise UsageError(f"--separator is of CSV, not of {arguments.format}: add --format csv.")
    lake, folder = Lake(arguments.lake.absolute()), arguments.folder.absolute()
    state = state_of(lake, LATEST if arguments.latest else arguments.publication or NEWEST, arguments.tables)
    if around := folder_around(folder, folders_of(lake)):
        raise UsageError(f"{on_one_line(folder)} is refused: nothing is written to {on_one_line(around)}.")
    if arguments.format == "duckdb":
        written = export_database(state, folder)
    else:
        written = write(state, arguments.format, folder, arguments.separator or ",")
    rows = sum(one.rows for one in written)
    print(f"{counted(len(written), 'table')}, {counted(rows, 'row')} of {state.name} in {on_one_line(folder)}")
    if arguments.format == "duckdb":
        print(f"Open it read-only: {on_one_line(folder / DATABASE)}. The same command again shows a newer publication.")
    return 0


def _separator(text: str) -> str:
    known = {",": ",", ";": ";", "tab": "\t", "\t": "\t"}
    if text not in known:
        raise argparse.ArgumentTypeError(f"{text!r} is not known: there are ',', ';' and tab")
    return known[text]
