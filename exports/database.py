"""A DuckDB database whose views follow new publications: tools on this machine open it once, and read on.

`lake.duckdb` has a view for each table over `current/`, a link to the folder of one publication's Parquet files. An
export writes a folder of its own and changes the link by a rename; the database file isn't written while tools have it
open. Tables that a query opens at that moment may be of the publication before and of the new one.
"""

import json
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from exports.parquet import write_parquet
from exports.record import Written, write_record
from exports.replacing import RECORD, alone, writing
from exports.tables import State
from local_runtime.delta.lake import DEFAULT_SCHEMA
from local_runtime.errors import LakehouseError
from local_runtime.inspection.read_only import OFFLINE
from local_runtime.quoting import DOUBLE, quoted, text_literal

DATABASE, CURRENT, PUBLICATIONS = "lake.duckdb", "current", "publications"
OWN = re.compile(rf"{DATABASE}(\.wal)?|{CURRENT}|{PUBLICATIONS}|{RECORD}|\.({CURRENT}|{DATABASE})-[0-9a-f]{{8}}")
"""What such an export has in its folder, also while it is written."""
FOLDER_OF_ONE = re.compile(r"\.?(p\d+|latest)-[0-9a-f]{8}")
KEPT = 2  # publications: the one that is read, and the one before, which running queries may still open
PATTERN = re.compile(r"[*?\[]")
"""What makes DuckDB take a path for several files."""


def export_database(state: State, target: Path) -> list[Written]:
    """Has `target/lake.duckdb` show the state; returns what was written.

    Raises LakehouseError for a folder that isn't such an export, for a database that has to be made again but is open
    for writing or has something of somebody in it, where another export is in progress, and where a table can't be read
    or written: what is shown stays as it was.
    """
    if PATTERN.search(str(target.resolve())):
        raise LakehouseError(f"{target}: DuckDB takes *, ? and [ in a path for a pattern. Name another folder.")
    is_there = target.exists() and any(target.iterdir())
    with writing(target), alone(target), _gone_after_an_error(target, is_there):
        views = _recorded_views(target)
        name = f"{state.name}-{uuid.uuid4().hex[:8]}"
        new = target / PUBLICATIONS / f".{name}"
        try:
            new.mkdir(parents=True)
            written = list(_write(state, new))
            definition = _definition(state, target)
            if is_new := views != definition or not (target / DATABASE).exists():
                _check_free(target / DATABASE, views)
            finished = new.rename(new.with_name(name))
            _point(target, finished)
            if is_new:
                _make_database(target, definition)
            _forget(target, finished)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return written


@contextmanager
def _gone_after_an_error(target: Path, is_there: bool) -> Iterator[None]:
    """A folder that wasn't there is taken away again where the first export into it fails."""
    try:
        yield
    except BaseException:
        if not is_there:
            shutil.rmtree(target, ignore_errors=True)
        raise


def _write(state: State, folder: Path) -> list[Written]:
    written = []
    for table in state.tables:
        with table.being_read():
            rows = write_parquet(table, folder / f"{table.name}.parquet")
        written.append(Written(table, f"{table.name}.parquet", rows))
    write_record(folder, state, "parquet", written, [])
    return written


def _recorded_views(target: Path) -> Mapping[str, str]:
    """The views of the database that the folder has; none in a new folder, which gets its record first.

    Raises LakehouseError for a folder that is something else.
    """
    names = {path.name for path in target.iterdir()}
    if not names:
        _record(target, {})
        return {}
    try:
        views: Mapping[str, str] = json.loads((target / RECORD).read_text(encoding="utf-8"))["views"]
    except (OSError, ValueError, KeyError, TypeError):
        raise LakehouseError(
            f"{target} is no export of the format duckdb ({min(names)}), and left alone. Name another folder."
        ) from None
    if foreign := min((name for name in names if not OWN.fullmatch(name)), default=None):
        raise LakehouseError(f"{target} has files that aren't of an export ({foreign}). Name another folder.")
    return views


def _record(target: Path, views: Mapping[str, str]) -> None:
    unfinished = target / f".{DATABASE}-{uuid.uuid4().hex[:8]}"
    unfinished.write_text(json.dumps({"name": "lakehouse-gold", "views": views}, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(target / RECORD)


def _definition(state: State, target: Path) -> dict[str, str]:
    """What the database consists of: the SQL of each view, and behind it the table's columns, on which it depends."""
    current = target.resolve() / CURRENT
    return {
        table.name: f"CREATE VIEW {DEFAULT_SCHEMA}.{quoted(table.name, DOUBLE)} AS SELECT * FROM read_parquet("
        f"{text_literal(str(current / f'{table.name}.parquet'))}, hive_partitioning = false) -- "
        + json.dumps([(column.name, column.type) for column in table.columns])
        for table in state.tables
    }


def _check_free(database: Path, views: Mapping[str, str]) -> None:
    """Raises LakehouseError for a database that can't be replaced without a loss."""
    import duckdb

    if not database.exists():
        return
    ours = ", ".join(map(text_literal, views)) or "NULL"
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            own = connection.execute(
                f"""
                SELECT table_name FROM duckdb_tables() WHERE NOT internal
                UNION ALL SELECT view_name FROM duckdb_views()
                    WHERE NOT internal AND (schema_name <> '{DEFAULT_SCHEMA}' OR view_name NOT IN ({ours}))
                UNION ALL SELECT sequence_name FROM duckdb_sequences()
                UNION ALL SELECT function_name FROM duckdb_functions() WHERE NOT internal
                UNION ALL SELECT type_name FROM duckdb_types() WHERE NOT internal
                """
            ).fetchone()
    except duckdb.Error as error:
        raise LakehouseError(
            f"{database} has to be made again, for tables have changed, and can't be opened: another program may write "
            f"it. Close it there, and export again. ({str(error).splitlines()[0]})"
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
    link.replace(target / CURRENT)


def _make_database(target: Path, definition: Mapping[str, str]) -> None:
    """Makes the database beside the old one, which programs that have it open keep."""
    import duckdb

    unfinished = target / f".{DATABASE}-{uuid.uuid4().hex[:8]}"
    try:
        with duckdb.connect(str(unfinished), config=OFFLINE) as connection:
            connection.execute(f"CREATE SCHEMA {DEFAULT_SCHEMA}")
            for statement in definition.values():
                connection.execute(statement)
        unfinished.replace(target / DATABASE)
    finally:
        unfinished.unlink(missing_ok=True)
    _record(target, definition)


def _forget(target: Path, newest: Path) -> None:
    """Deletes the folders of older publications, and what an interrupted export left."""
    there = [path for path in (target / PUBLICATIONS).iterdir() if FOLDER_OF_ONE.fullmatch(path.name)]
    others = [path for path in there if path != newest]
    finished = sorted((path for path in others if not path.name.startswith(".")), key=lambda path: path.stat().st_mtime)
    for path in [*finished[: 1 - KEPT], *(path for path in others if path.name.startswith("."))]:
        shutil.rmtree(path, ignore_errors=True)
    for path in target.glob(".*-????????"):
        if OWN.fullmatch(path.name):
            path.unlink(missing_ok=True)
