"""Checks of the values that the shipped bundle leaves to be set before a shared target is deployed."""

import re
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.targets import TARGETS_FILE, Target
from local_runtime.pipelines.bundle_config import as_list, as_text, at

PLACEHOLDER_PRINCIPAL = "00000000-0000-0000-0000-000000000000"
APPLICATION_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
WAREHOUSE = re.compile(r"[0-9a-f]{16}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def service_principal(target: Target) -> Iterator[Finding]:
    """The principal that deploys and runs a shared target is a real one."""
    given = target.variable("service_principal")
    if at(given, "lookup"):  # by its name, on the workspace
        return
    value = as_text(given)
    place = f"{target.name}: the variable service_principal"
    remedy = f"set targets.{target.name}.variables.service_principal in {TARGETS_FILE} to its application id"
    if target.is_shared and value == PLACEHOLDER_PRINCIPAL:
        yield Finding(place, "is still the placeholder", remedy)
    elif target.is_shared and not APPLICATION_ID.fullmatch(value):
        yield Finding(place, f"is {value!r}, which is not an application id", remedy)


def warehouse(target: Target) -> Iterator[Finding]:
    """The SQL warehouse of the dashboard is one: by its id, or looked up by its name on the workspace."""
    given = target.variable("warehouse_id")
    if not at(given, "lookup") and not WAREHOUSE.fullmatch(as_text(given)):
        yield Finding(
            f"{target.name}: the variable warehouse_id",
            f"is {as_text(given)!r}, which is not a warehouse's id",
            f"set targets.{target.name}.variables.warehouse_id in {TARGETS_FILE} to its id, or to "
            "lookup: {warehouse: its name}",
        )


def failure_emails(target: Target) -> Iterator[Finding]:
    """Somebody is notified when a run of a shared target fails."""
    place = f"{target.name}: the variable failure_emails"
    value = target.variable("failure_emails")
    addresses = [as_text(address) for address in as_list(value)]
    where = f"targets.{target.name}.variables.failure_emails in {TARGETS_FILE}"
    if value and not isinstance(value, list):
        yield Finding(place, f"is {as_text(value)!r}, and must be a list", f"write [{as_text(value)}]")
    elif target.is_shared and not addresses:
        yield Finding(place, "is empty, so nobody is notified when a run fails", f"set {where}")
    for address in addresses:
        if not ADDRESS.fullmatch(address):
            yield Finding(place, f"holds {address!r}, which is not an address", f"correct {where}")
