"""Who is logged in to the workspace, as the Databricks CLI says: one identity deploys a shared target."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from deployment.findings import Finding
from deployment.required_values import APPLICATION_ID, PLACEHOLDER_PRINCIPAL
from deployment.targets import Target
from local_runtime.errors import LakehouseError

CLI_VARIABLE = "LAKEHOUSE_DATABRICKS_CLI"
CLI_SECONDS = 20


def command_line() -> str | None:
    """The Databricks CLI: the one that LAKEHOUSE_DATABRICKS_CLI names, else the one on PATH; None without one."""
    return os.environ.get(CLI_VARIABLE) or shutil.which("databricks")


def logged_in(cli: str, root: Path, target: Target) -> str:
    """The user name, or a service principal's application id, that the CLI deploys a target as.

    Raises LakehouseError where the CLI doesn't say it, with its reason.
    """
    command = [cli, "current-user", "me", "--output", "json", "--target", target.name]
    try:
        run = subprocess.run(
            command, cwd=root, capture_output=True, text=True, timeout=CLI_SECONDS, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        raise LakehouseError(f"the Databricks CLI {cli} can't be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise LakehouseError(f"the Databricks CLI got no answer in {CLI_SECONDS} seconds") from None
    try:
        return str(json.loads(run.stdout)["userName"])
    except (ValueError, TypeError, KeyError):
        reason = next(iter((run.stderr or run.stdout).strip().splitlines()), "it says nothing")
        raise LakehouseError(f"the Databricks CLI doesn't say who is logged in: {reason}") from None


def deployer(target: Target, name: str) -> list[Finding]:
    """A finding where `name` isn't the one who may deploy the target: in dev, anybody may.

    Where the target has the placeholder for it, or no application id, nobody may, which is a finding of its own.
    """
    principal = target.resolved(target.run_as)
    is_allowed = principal.lower() in (name.lower(), PLACEHOLDER_PRINCIPAL)
    if not target.is_shared or is_allowed or not APPLICATION_ID.fullmatch(principal):
        return []
    return [
        Finding(
            f"You are logged in as {name};",
            f"{target.name} is deployed by the service principal {principal} only, which then owns the schemas",
            'set DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET to its own (README, "Deploy to Databricks")',
        )
    ]
