"""Commands that compare and tidy up the tables of a lake."""

import sys
from argparse import Namespace

from local_runtime.counts import counted
from local_runtime.delta.lake import EVENT_LOG, Lake
from local_runtime.errors import LakehouseError
from local_runtime.state.last_run import run_command
from local_runtime.state.progress import progress_of


def digest(arguments: Namespace) -> int:
    """Prints the digests of a schema's tables."""
    from local_runtime.inspection.digest import digests

    lake = Lake(arguments.lake.absolute())
    check_lake_exists(lake)
    schemas = sorted({name.split(".")[0] for name in lake.tables()})
    if arguments.schema not in schemas:
        raise LakehouseError(f"There is no schema {arguments.schema} in {lake.root}. There are: {', '.join(schemas)}.")
    for table, (rows, sha256) in digests(lake, arguments.schema).items():
        print(f"{sha256}  {rows:>9}  {table}")
    return 0


def vacuum(arguments: Namespace) -> int:
    """Deletes files that no version within the retention needs; 1 where a table could not be vacuumed."""
    from local_runtime.writing.vacuum import delete_unneeded_files

    lake = Lake(arguments.lake.absolute())
    check_lake_exists(lake)
    failed = False
    with lake.locked():
        for name in lake.tables():
            log = lake.log(name)
            try:
                if progress_of(log) or name.endswith(f".{EVENT_LOG}"):
                    print(f"{name}: {counted(len(delete_unneeded_files(log, arguments.hours)), 'file')} deleted")
                else:
                    print(f"{name}: left alone, another program wrote it")
            except LakehouseError as error:
                failed = True
                print(f"lakehouse: {name} was left alone. {error}", file=sys.stderr)
    return 1 if failed else 0


def check_lake_exists(lake: Lake) -> None:
    """Raises LakehouseError without a lake: only a run creates one."""
    if not lake.tables():
        raise LakehouseError(f"There are no tables in {lake.root}: `{run_command(lake)}` makes them.")
