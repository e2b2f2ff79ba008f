"""How the truth files are written: tables, and fractions as gold has them."""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

TRUTH_FOLDER = ".truth"
UNKNOWN = "Unknown"
MILLION = 1_000_000

Table = dict[str, list[object]]
"""The names of a table's columns (`columns`), and its rows (`rows`): numbers, texts, nulls and lists of texts."""


def fraction(part: int, whole: int) -> str | None:
    """`part` divided by `whole`, rounded half up to a millionth; None where whole is 0."""
    return str(Decimal((2 * part * MILLION + whole) // (2 * whole)).scaleb(-6)) if whole else None


def table(columns: str, rows: Iterable[Sequence[object]]) -> Table:
    """A table of these columns (names with spaces between), its rows in order of their texts."""
    listed = [list(row) for row in rows]
    listed.sort(key=lambda row: [str(cell) for cell in row])
    return {"columns": [*columns.split()], "rows": [*listed]}


def write_truth(path: Path, truth: object) -> None:
    """Writes a truth file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(truth, indent=1, ensure_ascii=False), encoding="utf-8")
