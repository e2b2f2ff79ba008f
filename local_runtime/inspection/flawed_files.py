"""Files that were loaded and need attention: a table of the role `flawed_files` (state/roles.py)."""

from datetime import UTC, datetime, timedelta

from local_runtime.delta.lake import Lake
from local_runtime.inspection.table_rows import rows_of_table
from local_runtime.printable import on_one_line, shell_word
from local_runtime.root import folder_argument
from local_runtime.state.release_decisions import Decision, decisions_of
from local_runtime.state.roles import Role, tables_of

FLAWED_FILE_COLUMNS = ("file", "problem", "_ingested_at")
REPORTED_FOR = timedelta(days=30)


def flawed_files_in(lake: Lake, name: str, now: datetime | None = None) -> dict[str, str]:
    """The problem of each file in the table `name`, except for accepted files and those ingested long ago.

    Empty for a table of other columns.
    """
    rows = rows_of_table(lake, name)
    if not {*FLAWED_FILE_COLUMNS} <= {*rows.columns}:
        return {}
    decisions = decisions_of(lake)
    since = (now or datetime.now(UTC)) - REPORTED_FOR
    in_order = rows.select(*FLAWED_FILE_COLUMNS).order("file").fetchall()
    of_lake = folder_argument("lake", lake.root)
    return {
        file: f"{on_one_line(problem)} If that is as it should be: `./lakehouse accept {shell_word(file)}{of_lake}`"
        for file, problem, ingested_at in in_order
        if decisions.get(file) is not Decision.ACCEPT and ingested_at >= since
    }


def reported_files(lake: Lake) -> dict[str, str]:
    """What is wrong with each file that is reported, in all tables of the role `flawed_files`."""
    tables = tables_of(lake, Role.FLAWED_FILES)
    return {file: problem for name in tables for file, problem in flawed_files_in(lake, name).items()}


def accepted_files(lake: Lake) -> set[str]:
    """The flawed files that were accepted, however long ago they came, in all tables of the role `flawed_files`."""
    accepted = {file for file, decision in decisions_of(lake).items() if decision is Decision.ACCEPT}
    tables = tables_of(lake, Role.FLAWED_FILES) if accepted else []
    return accepted & {file for name in tables for (file,) in rows_of_table(lake, name).project("file").fetchall()}
