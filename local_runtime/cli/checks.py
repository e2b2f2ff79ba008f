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
    failed = [check[0] for check in checks if subprocess.run([sys.executable, "-m", *check], cwd=ROOT).returncode]
    return 1 if failed else 0
