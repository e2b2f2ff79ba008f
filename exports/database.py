"""A DuckDB database whose views follow new publications: tools on this machine open it once, and read on.

`lake.duckdb` has a view for each table over `current/`, a link to the folder of one publication's Parquet files. An
export writes a folder of its own and changes the link by a rename, so that a query reads one publication, and the
database file isn't written while tools have it open.
"""

import json
import os
import shutil
import uuid
from pathlib import Path

from exports.parquet import write_parquet
from exports.record import Written, write_record
from exports.replacing import RECORD
from exports.tables import State
from local_runtime.delta.lake import DEFAULT_SCHEMA
from local_runtime.errors import LakehouseError
from local_runtime.inspection.read_only import OFFLINE
from local_runtime.quoting import DOUBLE, quoted, text_literal

DATABASE, CURRENT, PUBLICATIONS = "lake.duckdb", "current", "publications"
KEPT = 2  # publications: the one that is read, and the one before, which running queries may still open


def export_database(state: State, target: Path) -> list[Written]:
    """Has `target/lake.duckdb` show the state; returns what was written.

    Raises LakehouseError for a folder that has other files, for a database that has to be made again but is open or has
    tables of somebody, and where a table can't be read or written: what is shown stays as it was.
    """
    _check(target)
    name = f"{state.name}-{uuid.uuid4().hex[:8]}"
    new = target / PUBLICATIONS / f".{name}"
    try:
        new.mkdir(parents=True)
        written = [
            Written(table, f"{table.name}.parquet", write_parquet(table, new / f"{table.name}.parquet"))
            for table in state.tables
        ]
        write_record(new, state, "parquet", written, [])
        definition = _definition(state, target)
        is_same = _recorded_definition(target) == definition
        if not is_same:
            _check_free(target / DATABASE)
        finished = new.with_name(name)
        new.rename(finished)
        _point(target, finished)
        if not is_same:
            _make_database(target, definition)
        _forget(target, finished)
    except OSError as error:
        raise LakehouseError(f"{target} can't be written: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return written


def _check(target: Path) -> None:
    """Raises LakehouseError for what is no folder, and for one that holds something else."""
    if target.exists() and not target.is_dir():
        raise LakehouseError(f"{target} is no folder. Name a new one.")
    there = {path.name for path in target.iterdir()} if target.is_dir() else set()
    if there and not {PUBLICATIONS, RECORD} & there:
        raise LakehouseError(f"{target} has files that aren't of such an export ({min(there)}). Name another folder.")


def _definition(state: State, target: Path) -> dict[str, str]:
    """What the database consists of: the SQL of each view, and beside it the table's columns, on which it depends."""
    current = target.resolve() / CURRENT
    return {
        table.name: f"CREATE VIEW {DEFAULT_SCHEMA}.{quoted(table.name, DOUBLE)} AS SELECT * FROM "
        f"read_parquet({text_literal(str(current / f'{table.name}.parquet'))}) -- "
        + json.dumps([(column.name, column.type) for column in table.columns])
        for table in state.tables
    }


def _recorded_definition(target: Path) -> object:
    try:
        return json.loads((target / RECORD).read_text(encoding="utf-8"))["views"] if _is_there(target) else None
    except (OSError, ValueError, KeyError):
        return None


def _is_there(target: Path) -> bool:
    return (target / DATABASE).is_file()


def _check_free(database: Path) -> None:
    """Raises LakehouseError for a database that can't be replaced without a loss."""
    import duckdb

    if not database.exists():
        return
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            own = connection.execute(
                "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() "
                f"WHERE NOT internal AND schema_name <> '{DEFAULT_SCHEMA}'"
            ).fetchone()
    except duckdb.Error as error:
        raise LakehouseError(
            f"{database} has to be made again, for tables have changed, and another program writes it. Close it there, "
            f"and export again. ({str(error).splitlines()[0]})"
        ) from None
    if own:
        raise LakehouseError(
            f"{database} has to be made again, for tables have changed, and {own[0]} in it would be lost. "
            "Move the file, or name another folder."
        )


def _point(target: Path, folder: Path) -> None:
    """Has `current` show the folder, at once."""
    link = target / f".{CURRENT}-{uuid.uuid4().hex[:8]}"
    link.symlink_to(Path(PUBLICATIONS) / folder.name, target_is_directory=True)
    os.replace(link, target / CURRENT)


def _make_database(target: Path, definition: dict[str, str]) -> None:
    """Makes the database beside the old one, which programs that have it open keep."""
    import duckdb

    unfinished = target / f".{DATABASE}-{uuid.uuid4().hex[:8]}"
    try:
        with duckdb.connect(str(unfinished), config=OFFLINE) as connection:
            connection.execute(f"CREATE SCHEMA {DEFAULT_SCHEMA}")
            for statement in definition.values():
                connection.execute(statement)
        os.replace(unfinished, target / DATABASE)
    finally:
        unfinished.unlink(missing_ok=True)
    (target / RECORD).write_text(json.dumps({"name": "lakehouse-gold", "views": definition}, indent=2) + "\n")


def _forget(target: Path, newest: Path) -> None:
    """Deletes the folders of older publications, and what an interrupted export left."""
    others = [path for path in (target / PUBLICATIONS).iterdir() if path != newest]
    finished = sorted((path for path in others if not path.name.startswith(".")), key=lambda path: path.stat().st_mtime)
    for path in [*finished[: 1 - KEPT], *(path for path in others if path.name.startswith("."))]:
        shutil.rmtree(path, ignore_errors=True)
