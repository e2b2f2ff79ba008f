"""Reference data that no feed delivers, in CSV files next to the modules that use them."""

import csv
from functools import cache
from pathlib import Path


@cache
def csv_rows(path: Path) -> tuple[tuple[str | None, ...], ...]:
    """The rows of a CSV file below its header, as text; an empty cell is null."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return tuple(tuple(cell or None for cell in row) for row in rows)
