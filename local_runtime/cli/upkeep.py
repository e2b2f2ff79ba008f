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
    """Deletes files that no version within the retention, and no publication that is kept, needs.

    1 where a table could not be vacuumed. Raises LakehouseError, and deletes nothing, where the record of a publication
    that is kept is damaged.
    """
    from local_runtime.state.publications import delete_older
    from local_runtime.writing.vacuum import delete_unneeded_files, kept_versions

    lake = Lake(arguments.lake.absolute())
    check_lake_exists(lake)
    failed = False
    with lake.locked():
        # First, so that no record names files that are gone.
        kept, older = delete_older(lake, arguments.publications)
        if kept:
            print(f"{counted(len(kept), 'publication')} kept, {len(older)} older deleted")
        for name in lake.tables():
            log = lake.log(name)
            try:
                if progress_of(log) or name.endswith(f".{EVENT_LOG}"):
                    deleted = delete_unneeded_files(log, arguments.hours, kept_versions(log, name, kept))
                    print(f"{name}: {counted(len(deleted), 'file')} deleted")
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
