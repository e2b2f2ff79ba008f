"""The synced tables of Lakebase: off as the bundle is shipped, and all of the star where the file is included."""

import json
import re
import shutil

import pytest

from deployment.checks import find
from deployment.targets import targets_of
from exports.tables import INTERMEDIATE
from local_runtime.pipelines.bundle_config import for_target, read_bundle
from publishing.keys import declared_keys
from tests.conftest import ROOT

FILE = "bundle/lakebase/*.yml"
# https://docs.databricks.com/api/postgres/v1/synced-table/object: no package has typed classes of these yet.
FIELDS = {
    *("synced_table_id", "source_table_full_name", "primary_key_columns", "scheduling_policy", "branch"),
    *("postgres_database", "create_database_objects_if_missing", "new_pipeline_spec"),
}


@pytest.fixture
def included(tmp_path):
    """A copy of the bundle that includes the file, as docs/publishing.md says."""
    for folder in ("bundle", "resources"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "src").symlink_to(ROOT / "src")  # tasks name its files
    text = (ROOT / "databricks.yml").read_text()
    (tmp_path / "databricks.yml").write_text(text.replace("  - bundle/*.yml\n", f"  - bundle/*.yml\n  - {FILE}\n"))
    return tmp_path


def tables_of(root, target):
    return for_target(read_bundle(root).config, target)["resources"].get("postgres_synced_tables", {})


def test_no_target_has_synced_tables_as_the_bundle_is_shipped():
    assert [tables_of(ROOT, target) for target in ("dev", "staging", "prod")] == [{}, {}, {}]


def test_prod_syncs_every_table_that_has_a_key_by_that_key(included):
    assert tables_of(included, "dev") == tables_of(included, "staging") == {}
    keys = {name: [*key.primary] for name, key in declared_keys().items() if key.primary and name not in INTERMEDIATE}
    found = tables_of(included, "prod")
    assert {name.removesuffix("_synced"): table["primary_key_columns"] for name, table in found.items()} == keys
    for name, table in found.items():
        assert set(table) == FIELDS
        names = [table[field].rpartition(".")[2] for field in ("synced_table_id", "source_table_full_name")]
        assert names == [name.removesuffix("_synced")] * 2
        assert table["scheduling_policy"] == "SNAPSHOT"


def test_references_lead_somewhere(included):
    config = for_target(read_bundle(included).config, "prod")
    references = set(re.findall(r"\$\{(var|resources\.schemas)\.(\w+)", json.dumps(tables_of(included, "prod"))))
    known = {("var", name) for name in config["variables"]} | {
        ("resources.schemas", name) for name in config["resources"]["schemas"]
    }
    assert references
    assert references <= known


def test_the_checks_before_a_deployment_find_no_more_than_without(included):
    def findings(root):
        bundle = read_bundle(root).config
        return find(bundle, targets_of(bundle))

    assert findings(included) == findings(ROOT)
