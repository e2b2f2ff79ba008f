"""Who is logged in to the workspace, as the Databricks CLI says: one identity deploys a shared target."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from deployment.findings import Finding
from deployment.targets import Target
from deployment.values import PLACEHOLDER
from local_runtime.errors import LakehouseError

VARIABLE = "LAKEHOUSE_DATABRICKS_CLI"
SECONDS = 60


def command_line() -> str | None:
    """The Databricks CLI: the one that LAKEHOUSE_DATABRICKS_CLI names, else the one on PATH; None without one."""
    return os.environ.get(VARIABLE) or shutil.which("databricks")


def logged_in(cli: str, root: Path, target: Target) -> str | None:
    """The user name, of a service principal the application id, that the CLI deploys a target as; None without one.

    Raises LakehouseError where the CLI can't be run.
    """
    command = [cli, "current-user", "me", "--output", "json", "--target", target.name]
    try:
        run = subprocess.run(
            command, cwd=root, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL
        )
        answer = json.loads(run.stdout) if run.returncode == 0 else {}
    except OSError as error:
        raise LakehouseError(f"The Databricks CLI {cli} can't be run: {error.strerror}.") from None
    except (ValueError, subprocess.TimeoutExpired):
        return None
    name = answer.get("userName") if isinstance(answer, dict) else None
    return str(name) if name else None


def deployer(target: Target, name: str) -> list[Finding]:
    """A finding where `name` isn't the one who may deploy the target: in dev, anybody may.

    Where the target still has the placeholder for it, nobody may, which is a finding of its own.
    """
    principal = target.resolved(target.run_as)
    if not target.is_shared or principal in (name, PLACEHOLDER):
        return []
    return [
        Finding(
            f"You are logged in as {name};",
            f"{target.name} is deployed by the service principal {principal} only, which then owns the schemas",
            'set DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET to its own (README, "Deploy to Databricks")',
        )
    ]
