"""A shared target is deployed with values of its own."""

import pytest

from deployment.checks import TARGET_CHECKS, VALUES_TO_SET
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


@mistake("prod: the variable warehouse_id is 'starter', which is not a warehouse's id")
def a_warehouse_by_its_name(bundle):
    prod(bundle)["variables"]["warehouse_id"] = "starter"


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
