"""`./lakehouse test`: format, lint, types, and every test."""

import subprocess
import sys
from argparse import Namespace

from local_runtime.root import ROOT

TRANSFORMS = ("tests/bronze", "tests/silver", "tests/gold")
WITHOUT_JAVA = (*TRANSFORMS, "tests/conventions", "tests/local_runtime", "tests/sample")


def test(given: Namespace) -> int:
    """Runs every check; stops at none, fails with any."""
    chosen = [argument for argument in given.pytest if argument != "--"]
    marked = "" if given.all else "not kills and not large"
    checks = [["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"]]
    if given.engine == "sail":
        here = "not kills and not spark" + ("" if given.all else " and not large")
        checks.append(["pytest", "--engine", "sail", "-m", here, *(chosen or WITHOUT_JAVA)])
    else:
        checks += [] if chosen else [["pytest", "--engine", "sail", "-q", *TRANSFORMS]]
        checks.append(["pytest", "--engine", "spark", "-m", marked, *chosen])
    if not chosen and given.engine == "spark":
        print(
            "Every check there is, as CI runs them: half an hour to an hour on two cores. --help tells of shorter ones."
        )
    failed = [" ".join(check) for check in checks if not _passes(check)]
    print("\n".join(f"Failed: {check}" for check in failed) or "Every check has passed.", flush=True)
    return 1 if failed else 0


def _passes(check: list[str]) -> bool:
    """Runs a check, and says which."""
    print(f"\n{' '.join(check)}", flush=True)
    return subprocess.run([sys.executable, "-m", *check], cwd=ROOT).returncode == 0
