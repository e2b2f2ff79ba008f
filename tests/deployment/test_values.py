"""A shared target is deployed with values of its own."""

import pytest
import yaml

from deployment.checks import TARGET_CHECKS, VALUES_TO_SET
from local_runtime.pipelines.bundle_config import _merged
from tests.conftest import ROOT
from tests.deployment.mistakes import Mistakes, config, filled, findings, prod

ALL = (*TARGET_CHECKS, *VALUES_TO_SET)
mistake = Mistakes()


def test_a_filled_copy_of_the_shipped_bundle_has_no_finding():
    assert findings(filled(), ALL) == []


def test_the_shipped_bundle_lacks_two_values_in_each_shared_target_and_none_in_dev():
    found = [finding.place for finding in findings(config(), ALL)]
    assert sorted(found) == sorted(
        f"{target}: the variable {name}"
        for target in ("staging", "prod")
        for name in ("service_principal", "failure_emails")
    )


@mistake("prod: the variable failure_emails is empty, so nobody is notified when a run fails")
def nobody(bundle):
    del prod(bundle)["variables"]["failure_emails"]


@mistake("staging: the variable failure_emails is empty")
def nobody_in_staging(bundle):
    bundle["targets"]["staging"]["variables"]["failure_emails"] = []


@mistake("prod: the variable failure_emails holds 'data-team', which is not an address")
def a_name(bundle):
    prod(bundle)["variables"]["failure_emails"] = ["data-team"]


@mistake("prod: the variable failure_emails holds '', which is not an address")
def an_empty_address(bundle):
    prod(bundle)["variables"]["failure_emails"] = [""]


@mistake("prod: the variable service_principal is still the placeholder")
def the_placeholder(bundle):
    prod(bundle)["variables"]["service_principal"] = "00000000-0000-0000-0000-000000000000"


@mistake("prod: the variable service_principal is 'lakehouse-prod', which is not an application id")
def a_display_name(bundle):
    prod(bundle)["variables"]["service_principal"] = "lakehouse-prod"


def included(bundle, name):
    """The bundle as it is after an optional file was named under `include`, and nothing in it was set."""
    both = _merged(bundle, yaml.safe_load((ROOT / name).read_text()))
    bundle.clear()
    bundle.update(both)


@mistake(
    "prod: resources.jobs.medallion.tasks.power_bi.power_bi_task.warehouse_id is still the placeholder "
    "'0000000000000000'; set it in the file that databricks.yml includes."
)
def power_bi_as_it_is(bundle):
    included(bundle, "resources/optional/power_bi.yml")


@mistake("prod: the variable lakebase_branch is still the placeholder 'projects/<project>/branches/production'")
def lakebase_as_it_is(bundle):
    included(bundle, "bundle/lakebase/synced_tables.yml")


def test_optional_files_whose_values_are_set_have_no_finding():
    bundle = filled()
    included(bundle, "resources/optional/power_bi.yml")
    included(bundle, "bundle/lakebase/synced_tables.yml")
    (task,) = [one for one in prod(bundle)["resources"]["jobs"]["medallion"]["tasks"] if one["task_key"] == "power_bi"]
    task["power_bi_task"]["warehouse_id"] = "8f3a0000000000b1"
    bundle["variables"]["lakebase_branch"]["default"] = "projects/lakehouse/branches/production"
    assert findings(bundle, VALUES_TO_SET) == []


@pytest.mark.parametrize("is_of_target", [True, False])
def test_a_service_principal_may_be_looked_up_by_its_name(is_of_target):
    bundle = filled()
    lookup = {"lookup": {"service_principal": "lakehouse-deployer"}}
    if is_of_target:
        prod(bundle)["variables"]["service_principal"] = lookup
    else:
        bundle["variables"]["service_principal"] = lookup
        del prod(bundle)["variables"]["service_principal"]
    assert findings(bundle, ALL) == []


@pytest.mark.parametrize(("put_back", "finding"), mistake.all)
def test_a_value_that_is_not_set_is_found(put_back, finding):
    bundle = filled()
    put_back(bundle)
    assert finding in "\n".join(map(str, findings(bundle, ALL)))
