"""What to type after a run."""

from local_runtime.lake.lake import Lake
from local_runtime.lake.progress import progress_of

# What to ask, by the first of these tables that has rows: those with the most, or the newest.
ASKED = {
    "gold.kpi_genre": "titles",
    "gold.kpi_top_titles": "plays",
    "gold.kpi_subscribers": "subscribers",
    "silver.titles": "release_year",
    "bronze.titles": "release_year",
}


def next_steps(lake: Lake, here: str) -> list[str]:
    """The commands: a query that has an answer, where there is one, and the status. `here` is the option of a lake."""
    queries = [
        f"FROM {table} ORDER BY {measure} DESC LIMIT 5" for table, measure in ASKED.items() if _row_count(lake, table)
    ]
    return [*[f'./lakehouse sql "{query}"{here}' for query in queries[:1]], f"./lakehouse status{here}"]


def _row_count(lake: Lake, table: str) -> int:
    progress = progress_of(lake.log(table))
    return progress.rows if progress else 0
