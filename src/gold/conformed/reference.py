"""Reference data that no feed delivers, in CSV files next to the modules that use them."""

import csv
from functools import cache
from pathlib import Path

from pyspark.sql.types import StructType

COUNTRY_SCHEMA = StructType().add("country", "string").add("iso_code", "string").add("region", "string")


@cache
def csv_rows(path: Path) -> tuple[tuple[str | None, ...], ...]:
    """The rows of a CSV file below its header, as text; an empty cell is null."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return tuple(tuple(cell or None for cell in row) for row in rows)


def countries() -> tuple[tuple[str | None, ...], ...]:
    """One row of COUNTRY_SCHEMA per country, by its name in the catalogue.

    iso_code is ISO 3166-1 alpha-2, every code but AQ (Antarctica has no region). States that no longer exist have none,
    nor has Kosovo. region is that of the United Nations (M49); for those that M49 doesn't list (Kosovo, Taiwan, states
    that no longer exist) it is where they are.
    """
    return csv_rows(Path(__file__).with_name("countries.csv"))
