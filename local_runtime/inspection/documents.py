"""The documents that are made from what the tables declare, and the part of the README that is."""

import re
import tempfile
from pathlib import Path

from local_runtime.delta.lake import Lake
from local_runtime.graph.column_lineage import column_lineage
from local_runtime.graph.dataset_graph import Graph, load_graph
from local_runtime.inspection.auto_loader_options import options_page
from local_runtime.inspection.dictionary import dictionary_pages


def generated_documents(root: Path) -> dict[Path, str]:
    """The texts of the documents of the bundle at `root`, by their paths; no engine is needed."""
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder) / "landing"
        graph = load_graph(root, landing, Lake(Path(folder) / "lake"))
        files = root.glob("queries/*/*.sql")
        queries = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}
        pages = dictionary_pages(graph, landing, column_lineage(graph), queries)
        readme = root / "README.md"
        return {
            **{root / "docs" / "reference" / f"{schema}.md": page for schema, page in pages.items()},
            root / "docs" / "reference" / "auto-loader-options.md": options_page(),
            readme: with_current_folders(readme.read_text(encoding="utf-8"), graph, landing),
        }


def with_current_folders(text: str, graph: Graph, landing: Path) -> str:
    """The text, whose shell loops over feeds (`for feed in …`) have the folders that the bundle streams from."""
    paths = [Path(path).relative_to(landing).as_posix() for paths in graph.sources.values() for path in paths]
    return re.sub(r"^for feed in .*$", f"for feed in {' '.join(dict.fromkeys(paths))}", text, flags=re.M)
