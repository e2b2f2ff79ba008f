"""The shipped bundle's configuration, and mistakes that tests reintroduce into it."""

import json

import pytest

from deployment.checks import find
from deployment.targets import Target
from local_runtime.pipelines.bundle_config import read_bundle
from tests.conftest import ROOT

PRINCIPAL = "11111111-1111-1111-1111-111111111111"


def config():
    """A deep copy of the bundle's configuration, in which targets share no YAML anchors."""
    return json.loads(json.dumps(read_bundle(ROOT).config))


def filled():
    """The shipped bundle with every required value set."""
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
    """Registers functions that each reintroduce a mistake, with the finding expected for it."""

    def __init__(self):
        self.all = []

    def __call__(self, finding):
        def add(put_back):
            self.all.append(pytest.param(put_back, finding, id=put_back.__name__))
            return put_back

        return add
