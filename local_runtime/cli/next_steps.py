"""What to type after a run."""

from typing import TYPE_CHECKING

from local_runtime.delta.lake import Lake
from local_runtime.state.progress import progress_of
from local_runtime.state.roles import EXAMPLE

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph


def next_steps(graph: "Graph", lake: Lake, lake_option: str) -> list[str]:
    """The commands: a query that has an answer, where a table with rows declares one, and the status."""
    examples = _declared_examples(graph)
    queries = [f"FROM {table} {example}" for table, example in examples.items() if _row_count(lake, table)]
    query = [f'./lakehouse sql "{query}"{lake_option}' for query in queries[:1]]
    return [*query, f"./lakehouse status{lake_option}"]


def _declared_examples(graph: "Graph") -> dict[str, str]:
    """What follows `FROM table` in the example of each table that declares one; the last pipeline's tables first."""
    tables = [name for pipeline in reversed(graph.pipelines) for name in graph.stored(pipeline)]
    declared = {name: graph.datasets[name].properties.get(EXAMPLE) for name in tables}
    return {name: example for name, example in declared.items() if example} or {
        name: example for name, example in UNDECLARED.items() if name in graph.datasets
    }


# Until declarations have their examples.
UNDECLARED = {
    "gold.kpi_genre": "ORDER BY titles DESC LIMIT 5",
    "gold.kpi_top_titles": "ORDER BY plays DESC LIMIT 5",
    "gold.kpi_subscribers": "ORDER BY subscribers DESC LIMIT 5",
    "silver.titles": "ORDER BY release_year DESC LIMIT 5",
    "bronze.titles": "ORDER BY release_year DESC LIMIT 5",
}


def _row_count(lake: Lake, table: str) -> int:
    progress = progress_of(lake.log(table))
    return progress.rows if progress else 0
