"""Examples in a document that name tables and folders: kept as the bundle is by `./lakehouse dictionary`."""

import re
from pathlib import Path

from local_runtime.graph.dataset_graph import Graph


def with_current_examples(text: str, graph: Graph, landing: Path) -> str:
    """The text with the counts of tables in a run's output, and the folders in a loop over feeds, as they are now."""
    counts = {schema: len(tables) for schema, tables in graph.stored_by_schema().items()}
    for name, count in {**counts, "Total": sum(counts.values())}.items():
        text = re.sub(rf"^{re.escape(name)}: \d+ tables", f"{name}: {count} tables", text, flags=re.M)
    paths = [Path(path).relative_to(landing).as_posix() for paths in graph.sources.values() for path in paths]
    return re.sub(r"^for feed in .*$", f"for feed in {' '.join(dict.fromkeys(paths))}", text, flags=re.M)
