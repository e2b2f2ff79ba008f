"""The documents that are made from what the tables declare."""

import tempfile
from pathlib import Path

from local_runtime.delta.lake import Lake
from local_runtime.graph.column_lineage import column_lineage, lineage_as_markdown
from local_runtime.graph.dataset_graph import load_graph
from local_runtime.inspection.auto_loader_options import options_page
from local_runtime.inspection.dictionary import data_dictionary
from local_runtime.inspection.examples import with_current_examples

LINEAGE = """\
# Lineage

Made by `./lakehouse dictionary` from the plans of the tables' functions; a test keeps it current. For each column, the
columns of other tables that it is computed from. What decides which rows there are (filters, the conditions of joins)
is no part of it. Tables that load files, and those of which only the tables are known that they read, are in the
[data dictionary](data-dictionary.md); `./lakehouse graph --format mermaid` draws them.
"""


def generated_documents(root: Path) -> dict[Path, str]:
    """The texts of the documents of the bundle at `root`, by their paths; no engine is needed."""
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder) / "landing"
        graph = load_graph(root, landing, Lake(Path(folder) / "lake"))
        files = root.glob("queries/*/*.sql")
        queries = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}
        readme = root / "README.md"
        return {
            root / "docs" / "reference" / "auto-loader-options.md": options_page(),
            readme: with_current_examples(readme.read_text(encoding="utf-8"), graph, landing),
            root / "docs" / "data-dictionary.md": data_dictionary(graph, landing, queries),
            root / "docs" / "lineage.md": LINEAGE + "\n".join(lineage_as_markdown(column_lineage(graph))) + "\n",
        }
