"""The task for Power BI is only in a target that asks for it, and nothing is wrong with it there."""

import yaml

from deployment.targets import Target
from local_runtime.pipelines.bundle_config import _merged, as_list, tasks_of
from tests.conftest import ROOT
from tests.deployment.mistakes import filled, findings

OPTIONAL = ROOT / "resources" / "optional" / "power_bi.yml"


def tasks(bundle, target):
    return tasks_of(Target(target, bundle).config["resources"]["jobs"]["medallion"])


def test_the_shipped_bundle_has_no_task_for_power_bi():
    assert all("power_bi" not in tasks(filled(), target) for target in ("dev", "staging", "prod"))


def test_a_target_that_names_a_connection_has_one_after_all_others():
    bundle = _merged(filled(), yaml.safe_load(OPTIONAL.read_text()))
    assert findings(bundle) == []
    assert "power_bi" not in tasks(bundle, "dev") and "power_bi" not in tasks(bundle, "staging")
    task = tasks(bundle, "prod")["power_bi"]
    assert [one["task_key"] for one in as_list(task["depends_on"])] == ["publication"]
    assert task["power_bi_task"]["connection_resource_name"]
