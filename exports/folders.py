"""An export into a folder, which is replaced as a whole."""

from collections.abc import Callable, Iterator
from pathlib import Path

from exports.csv import write_csv
from exports.load_scripts import load_scripts
from exports.parquet import write_parquet
from exports.record import Written, write_record
from exports.replacing import replaced
from exports.tables import State, Table
from exports.workbooks import write_workbook


def export(state: State, form: str, target: Path, separator: str = ",") -> list[Written]:
    """Writes the tables into `target`, which is replaced as a whole; returns what was written.

    `form` is parquet (a folder for each table, and what loads it elsewhere), csv or xlsx. Raises LakehouseError where a
    table can't be read or written as that: `target` is as it was then.
    """
    writers: dict[str, Callable[[Table, Path], int]] = {
        "parquet": write_parquet,
        "csv": lambda table, path: write_csv(table, path, separator),
        "xlsx": write_workbook,
    }
    with replaced(target) as folder:
        written = list(_written(state, form, folder, writers[form]))
        scripts = load_scripts(state.tables) if form == "parquet" else {}
        for name, text in scripts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        write_record(folder, state, form, written, scripts, separator)
    return written


def _written(state: State, form: str, folder: Path, write: Callable[[Table, Path], int]) -> Iterator[Written]:
    for table in state.tables:
        path = f"{table.name}/{table.name}.{form}" if form == "parquet" else f"{table.name}.{form}"
        (folder / path).parent.mkdir(exist_ok=True)
        with table.being_read():
            rows = write(table, folder / path)
        yield Written(table, path, rows)
