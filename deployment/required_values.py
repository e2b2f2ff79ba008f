"""Checks of the values that the shipped bundle leaves to be set before a shared target is deployed."""

import re
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.targets import TARGETS_FILE, Target, texts
from local_runtime.pipelines.bundle_config import Value, as_list, as_text, at

PLACEHOLDER_PRINCIPAL = "00000000-0000-0000-0000-000000000000"
APPLICATION_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# An id of zeros, and what a name has in the place of a part: projects/<project>.
PLACEHOLDER = re.compile(r"(?<![\w-])0{16}(?![\w-])|<[a-z][\w ]*>")
VARIABLE = re.compile(r"\$\{var\.(\w+)\}")
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


def placeholders(target: Target) -> Iterator[Finding]:
    """No resource of a shared target has a value that only shows its form, as those of optional files do at first."""
    if not target.is_shared:
        return
    variables: set[str] = set()
    for resource in target.resources():
        for field, text in _fields(resource.spec):
            variables |= {*VARIABLE.findall(text)}
            if PLACEHOLDER.search(text):
                remedy = "set it in the file that databricks.yml includes"
                yield Finding(f"{resource.place}.{field}", f"is still the placeholder {text!r}", remedy)
    for name in sorted(variables - {"service_principal"}):
        for text in texts(target.variable(name)):
            if PLACEHOLDER.search(text):
                remedy = f"set targets.{target.name}.variables.{name} in {TARGETS_FILE}, or its default"
                yield Finding(f"{target.name}: the variable {name}", f"is still the placeholder {text!r}", remedy)


def _fields(value: Value, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a configuration with where it is: `tasks.power_bi.power_bi_task.warehouse_id`."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _fields(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            name = as_text(at(part, "task_key")) or str(number)
            yield from _fields(part, f"{path}.{name}" if path else name)
