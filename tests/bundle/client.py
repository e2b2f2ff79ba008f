"""The Databricks CLI at work in a copy of the repository, logged in to a fake workspace."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_runtime.pipelines.bundle_config import for_target, read_bundle
from tests.bundle.fake_api import ROUTES
from tests.bundle.fake_workspace import Workspace, serving
from tests.conftest import ROOT

CONFIG = read_bundle(ROOT).config
TARGETS = {target: for_target(CONFIG, target) for target in CONFIG["targets"]}
PERSON = "ada@example.com"
NOT_COPIED = {"lake", "landing", "mine"}
# The CLI sends fifteen requests a second unless a profile says otherwise.
PROFILE = "[fake]\nrate_limit = 10000\n"


def deployer(target: str) -> str:
    """A shared target is deployed by its service principal, your own copy by a person."""
    return TARGETS[target]["variables"]["service_principal"] or PERSON


@dataclass(frozen=True)
class Client:
    """Runs commands in `folder`; the environment has nothing of who runs the tests."""

    workspace: Workspace
    folder: Path
    environment: dict[str, str]

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """A command, whether or not it succeeds. There is no terminal to ask at."""
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )

    def bundle(self, command: str, target: str, *arguments: str) -> str:
        """The output of `databricks bundle …`, which must succeed."""
        done = self.run("databricks", "bundle", command, *arguments, "--target", target)
        if done.returncode:
            raise RuntimeError(f"bundle {command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout


@contextmanager
def logged_in(databricks: str, sender: str, folder: Path) -> Iterator[Client]:
    """A client in a new folder, logged in as `sender` to a workspace of its own that answers all that is asked."""
    copy, programs, profile = folder / "repository", folder / "bin", folder / "databrickscfg"
    copy_repository(copy)
    programs.mkdir()
    (programs / "databricks").symlink_to(Path(databricks).resolve())
    profile.write_text(PROFILE)
    workspace = Workspace(ROUTES)
    with serving(workspace) as address:
        yield Client(
            workspace,
            copy,
            {
                "DATABRICKS_HOST": address,
                "DATABRICKS_TOKEN": sender,
                "DATABRICKS_CONFIG_FILE": str(profile),
                "DATABRICKS_CONFIG_PROFILE": "fake",
                "DATABRICKS_CLI_DISABLE_TELEMETRY": "1",
                "HOME": str(folder),
                "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            },
        )
    if workspace.unknown:
        raise LookupError(f"the fake workspace has no route for {workspace.unknown}")


def copy_repository(to: Path) -> None:
    """What a clone has: neither environments nor data."""
    to.mkdir()
    for path in ROOT.iterdir():
        if path.is_dir() and not path.name.startswith(".") and path.name not in NOT_COPIED:
            shutil.copytree(path, to / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.is_file():
            shutil.copy(path, to)
