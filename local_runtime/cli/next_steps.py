"""What to type after a run."""

from typing import TYPE_CHECKING

from local_runtime.delta.lake import Lake
from local_runtime.state.progress import progress_of
from local_runtime.state.roles import EXAMPLE

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph


def next_steps(graph: "Graph", lake: Lake, lake_option: str) -> list[str]:
    """The commands: the example query of a table with rows, the last pipeline's first, the pages, and the status."""
    tables = [name for pipeline in reversed(graph.pipelines) for name in graph.stored(pipeline)]
    declared = {name: graph.datasets[name].properties.get(EXAMPLE, "") for name in tables}
    examples = {name: example for name, example in declared.items() if example}
    with_rows = [name for name in examples if (progress := progress_of(lake.log(name))) and progress.rows]
    query = [f'./lakehouse sql "FROM {name} {examples[name]}"{lake_option}' for name in with_rows[:1]]
    return [*query, f"./lakehouse serve{lake_option}", f"./lakehouse status{lake_option}"]
