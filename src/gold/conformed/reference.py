"""Reference data that no feed brings, kept as CSV beside the module that it belongs to."""

import csv
from functools import cache
from pathlib import Path

COUNTRY_SCHEMA = "country STRING, iso_code STRING, region STRING"


@cache
def rows_of(path: Path) -> tuple[tuple[str | None, ...], ...]:
    """The rows of a CSV file below its header, as text; an empty cell is null."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return tuple(tuple(cell or None for cell in row) for row in rows)


def countries() -> tuple[tuple[str | None, ...], ...]:
    """One row of COUNTRY_SCHEMA per country, by the name that the catalogue has for it.

    iso_code is ISO 3166-1 alpha-2, every one but AQ (Antarctica has no region): none for states that no longer exist,
    nor for Kosovo, which exists and has no code there. region is the United Nations' (M49); of those that M49 does not
    list (Kosovo, Taiwan, states that no longer exist) it is where they are.
    """
    return rows_of(Path(__file__).with_name("countries.csv"))
