"""Checks of the apps: their names, what they start with, and what they need to read."""

import re
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.permissions import role
from deployment.targets import ACCESS_FILE, APP, Target
from local_runtime.pipelines.bundle_config import as_list, as_text, at

NAME = re.compile(r"[a-z0-9-]{2,30}")
OF_A_TARGET = ("${bundle.target}", "${workspace.current_user")
WAREHOUSE = re.compile(r"\$\{resources\.(sql_warehouses\.\w+)\.id\}")
READS_AS = "LAKEHOUSE_READS_AS"


def names(target: Target) -> Iterator[Finding]:
    """An app's name is in a workspace once, and no prefix is added to it: each target and person needs another one."""
    for app in target.resources("apps"):
        written = as_text(target.variable("app_name")) if app.text("name") == "${var.app_name}" else app.text("name")
        known = re.sub(r"\$\{workspace\.[\w.]+\}", "me", target.resolved(written) or written)
        remedy = "set the variable app_name"
        if not any(mark in written for mark in OF_A_TARGET) and target.name not in written:
            yield Finding(app.place, f"is called {written}, as in other targets of the workspace", remedy)
        if not NAME.fullmatch(known):
            yield Finding(app.place, f"is called {known}, which isn't 2 to 30 of a-z, 0-9 and -", remedy)


def starts(target: Target) -> Iterator[Finding]:
    """A deployment leaves an app stopped that doesn't say that it is to be started."""
    for app in target.resources("apps"):
        if target.is_shared and not at(app.spec, "lifecycle", "started"):
            yield Finding(app.place, "isn't started by a deployment", "set lifecycle.started: true")


def environment(target: Target) -> Iterator[Finding]:
    """What the environment takes from resources of the app is one of them; readers' rights need a scope."""
    for app in target.resources("apps"):
        there = [as_text(one.get("name")) for one in app.items("resources")]
        for one in app.items("config", "env"):
            taken = as_text(one.get("value_from"))
            if "valueFrom" in one:
                yield Finding(app.place, "says valueFrom, which is app.yaml's spelling", "write value_from")
            elif taken and taken not in there:
                yield Finding(app.place, f"takes {as_text(one.get('name'))} from {taken}, which it lacks", "add it")
        values = {as_text(one.get("name")): target.resolved(one.get("value")) for one in app.items("config", "env")}
        written = app.spec.get("user_api_scopes")
        scopes = as_list(target.variable("app_user_api_scopes") if isinstance(written, str) else written)
        if (values.get(READS_AS) == "user") != ("sql" in scopes):
            problem = f"reads as {values.get(READS_AS)!r} with the user scopes {[*map(as_text, scopes)]}"
            yield Finding(app.place, problem, "set app_reads_as: user and app_user_api_scopes: [sql], or neither")


def keeps_its_warehouse(target: Target) -> Iterator[Finding]:
    """The permissions of a warehouse are set anew by each deployment: databricks/cli#4309."""
    warehouses = {one.address: one for one in target.resources("sql_warehouses")}
    for app in target.resources("apps"):
        for one in app.items("resources"):
            bound = WAREHOUSE.fullmatch(as_text(at(one, "sql_warehouse", "id")))
            warehouse = warehouses.get(bound[1]) if bound else None
            if warehouse is None or not warehouse.items("permissions"):
                continue
            if not any(role(name) == APP for name, level in target.granted(warehouse) if level == "CAN_USE"):
                remedy = f"give CAN_USE to ${{resources.{app.address}.service_principal_client_id}} in {ACCESS_FILE}"
                yield Finding(warehouse.place, f"is taken from {app.address} by the second deployment", remedy)
