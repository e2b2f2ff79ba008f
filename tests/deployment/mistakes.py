"""The shipped bundle's configuration, and mistakes that are put back into it."""

import json

import pytest

from deployment.checks import find
from deployment.targets import Target
from local_runtime.pipelines.bundle_config import read_bundle
from tests.conftest import ROOT

PRINCIPAL = "11111111-1111-1111-1111-111111111111"


def config():
    """The bundle's configuration as its own tree: what an anchor shares between targets is written out."""
    return json.loads(json.dumps(read_bundle(ROOT).config))


def filled():
    """The shipped bundle with the values that it leaves to be set."""
    bundle = config()
    for name in ("staging", "prod"):
        variables = bundle["targets"][name]["variables"]
        variables |= {"service_principal": PRINCIPAL, "failure_emails": ["data-team@example.com"]}
    return bundle


def targets(bundle):
    return [Target(name, bundle) for name in bundle["targets"]]


def findings(bundle, more=()):
    """What all checks, and `more` ones, find in all targets of a bundle."""
    return find(bundle, targets(bundle), more)


def prod(bundle):
    return bundle["targets"]["prod"]


class Mistakes:
    """Functions that each put a mistake back, with what must then be found."""

    def __init__(self):
        self.all = []

    def __call__(self, finding):
        def add(put_back):
            self.all.append(pytest.param(put_back, finding, id=put_back.__name__))
            return put_back

        return add
