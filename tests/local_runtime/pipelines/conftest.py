"""A small bundle of YAML files."""

import pytest
import yaml

from local_runtime.pipelines.bundle import load_pipelines
from local_runtime.pipelines.bundle_config import for_target, read_bundle


class BundleFiles:
    """Writes a bundle of a databricks.yml and one YAML file per resource."""

    def __init__(self, root):
        self.root = root
        self.main()

    def main(self, **sections):
        self.write("databricks.yml", {"bundle": {"name": "test"}, "include": ["resources/*.yml"], **sections})

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))

    def pipeline(self, key, file=None, **fields):
        self.write(f"src/{key}/pipeline.py", "")
        libraries = [{"glob": {"include": f"../src/{key}/pipeline.py"}}]
        spec = {"name": key, "schema": key, "root_path": "../src", "libraries": libraries, **fields}
        self.write(f"resources/{file or key}.pipeline.yml", {"resources": {"pipelines": {key: spec}}})

    def job(self, key, tasks):
        """`tasks`: the pipelines that they run, each with the tasks that it waits for."""
        entries = [
            {
                "task_key": task,
                "depends_on": [{"task_key": earlier} for earlier in after],
                "pipeline_task": {"pipeline_id": f"${{resources.pipelines.{task}.id}}"},
            }
            for task, after in tasks.items()
        ]
        self.write(f"resources/{key}.job.yml", {"resources": {"jobs": {key: {"tasks": entries}}}})

    def load(self, target=None):
        return load_pipelines(self.root, self.root / "landing", target)

    def config(self, target=None):
        return for_target(read_bundle(self.root).config, target)


@pytest.fixture
def bundle(tmp_path):
    """A bundle without resources."""
    return BundleFiles(tmp_path)
