"""`./lakehouse test`: format, lint, types, and every test."""

import shutil
import subprocess
import sys
from argparse import Namespace
from tempfile import TemporaryFile

from local_runtime.root import ROOT

WITHOUT_JAVA = (
    "tests/bronze",
    "tests/silver",
    "tests/gold",
    "tests/conventions",
    "tests/local_runtime",
    "tests/sample",
)


def test(given: Namespace) -> int:
    """Runs every check; stops at none, fails with any."""
    chosen = [argument for argument in given.pytest if argument != "--"]
    marked = "" if given.all else "not kills and not large"
    without_spark = "not spark" + (f" and {marked}" if marked else "")
    failed = [
        check[0] for check in (["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"]) if _run(check)
    ]
    if given.engine == "sail":
        here = "not kills and not spark" + ("" if given.all else " and not large")
        failed += ["pytest"] if _run(["pytest", "--engine", "sail", "-m", here, *(chosen or WITHOUT_JAVA)]) else []
    elif chosen:
        failed += ["pytest"] if _run(["pytest", "--engine", "spark", "-m", marked, *chosen]) else []
    else:
        # Side by side, as each keeps about one core busy: what needs Spark, and the rest; transforms are in both.
        on_spark = ["pytest", "--engine", "spark", "--only-spark", "-m", marked]
        failed += ["pytest"] if _run_both(["pytest", "--engine", "sail", "-m", without_spark], on_spark) else []
    return 1 if failed else 0


def _command(check: list[str]) -> list[str]:
    return [sys.executable, "-m", *check]


def _run(check: list[str]) -> bool:
    """Whether it failed."""
    return subprocess.run(_command(check), cwd=ROOT).returncode != 0


def _run_both(check: list[str], beside: list[str]) -> bool:
    """Whether one of them failed. What the second prints comes behind what the first does."""
    with TemporaryFile() as printed:
        with subprocess.Popen(_command(beside), cwd=ROOT, stdout=printed, stderr=subprocess.STDOUT) as other:
            failed = _run(check)
        printed.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(printed, sys.stdout.buffer)
        sys.stdout.flush()
    return failed or other.returncode != 0
