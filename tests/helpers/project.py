"""A project for tests: a bundle whose pipelines the test writes, with a lake and a landing folder of its own."""

import textwrap
from pathlib import Path
from typing import Any

import yaml

from local_runtime.delta.lake import Lake
from local_runtime.graph.dataset_graph import Graph, load_graph
from local_runtime.state.last_run import recording_run
from local_runtime.update.orchestration import run_update
from local_runtime.update.results import Outcome
from tests.helpers.tables import table_rows

HEAD = """
from pyspark import pipelines as dp
from pyspark.sql import functions as F

"""
READ_CSV = """
def read_csv(folder, **options):
    base = {
        "cloudFiles.format": "csv", "header": "true", "multiLine": "true", "escape": '"',
        "cloudFiles.schemaEvolutionMode": "rescue", "cloudFiles.schemaHints": "_corrupt_record STRING",
    }
    reader = spark.readStream.format("cloudFiles").options(**{**base, **options})
    return reader.load(spark.conf.get("lakehouse.landing") + "/" + folder)

"""


class Project:
    """A bundle in `root`; `session` runs its pipelines."""

    def __init__(self, root: Path, session: Any) -> None:
        self.root, self.session = root, session
        self.landing, self.lake = root / "landing", Lake(root / "lake")
        self.landing.mkdir(parents=True)
        (root / "databricks.yml").write_text("bundle: {name: test}\ninclude: [resources/*.yml]\n")
        (root / "resources").mkdir()
        self._order: list[str] = []

    def pipeline(self, name: str, code: str, schema: str | None = None, **configuration: str) -> None:
        """Adds (or replaces) the pipeline `name`, which runs after those added before it.

        It publishes to `schema`, or else to the schema of its own name.
        """
        folder = self.root / "src" / f"pipelines_{name}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pipeline.py").write_text(HEAD + READ_CSV + textwrap.dedent(code))
        if name not in self._order:
            self._order.append(name)
        resource = {
            "name": name,
            "schema": schema or name,
            "root_path": "../src",
            "libraries": [{"glob": {"include": f"../src/pipelines_{name}/pipeline.py"}}],
            "configuration": {"lakehouse.landing": "set by the runtime", **configuration},
        }
        path = self.root / "resources" / f"{self._order.index(name)}_{name}.pipeline.yml"
        path.write_text(yaml.safe_dump({"resources": {"pipelines": {f"{name}_pipeline": resource}}}))

    def land(self, name: str, content: str | bytes) -> Path:
        """Writes a file to the landing folder."""
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def folders(self, *names: str) -> None:
        """Makes folders in the landing folder, as a job does before its pipelines."""
        for name in names:
            (self.landing / name).mkdir(parents=True, exist_ok=True)

    def graph(self) -> Graph:
        """The graph of the current pipelines."""
        return load_graph(self.root, self.landing, self.lake)

    def update(self, *full_refresh: str) -> Outcome:
        """One update of all pipelines, which may fail."""
        with self.lake.locked(), recording_run(self.lake):
            graph = self.graph()
            self.lake.check_logs()
            return run_update(self.session, graph, self.lake, graph.pipelines, frozenset(full_refresh))

    def run(self, *full_refresh: str) -> Outcome:
        """One update of all pipelines, which must succeed."""
        outcome = self.update(*full_refresh)
        assert not outcome.failures, outcome.failures
        return outcome

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """A table's rows (of some columns), sorted."""
        return sorted((tuple(row.values()) for row in table_rows(self.lake, table, *columns)), key=repr)

    def rebuild(self, table: str) -> str:
        """The command that rebuilds a table of this lake from this landing folder."""
        return f"`./lakehouse run --full-refresh {table} --landing {self.landing} --lake {self.lake.root}`"

    def versions(self, table: str) -> list[int]:
        """A table's versions."""
        return self.lake.log(table).versions()
