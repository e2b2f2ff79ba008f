"""`./lakehouse test`: format, lint, types, and every test."""

import os
import subprocess
import sys
import time
from argparse import Namespace

from local_runtime.root import ROOT

WITHOUT_JAVA = (
    "tests/common",
    "tests/bronze",
    "tests/cleanse",
    "tests/silver",
    "tests/gold",
    "tests/conventions",
    "tests/local_runtime",
    "tests/sample",
    "tests/tasks",
    "tests/deployment",
)
MIN_WORKERS = 2  # one runs all tests that need Apache Spark
MAX_WORKERS = 4  # each has its own engine and needs 1.7 GB; Spark needs 2.6 GB
# Options of pytest with which all tests still run. Any other argument selects tests, which run in one process.
OF_ALL_TESTS = ("-x", "--exitfirst", "--maxfail=", "--durations=", "--lf", "--last-failed", "-v", "-q")


def test(arguments: Namespace) -> int:
    """Runs every check, and prints how long each took; stops at none, fails with any."""
    began = time.monotonic()
    pytest_arguments = [argument for argument in arguments.pytest if argument != "--"]
    is_choice = any(not argument.startswith(OF_ALL_TESTS) for argument in pytest_arguments)
    left_out = [] if arguments.all else ["kills", "large"]
    left_out += ["spark"] if arguments.engine == "sail" else []
    tests = ["pytest", "--engine", arguments.engine, "-m", " and ".join(f"not {mark}" for mark in left_out)]
    if not is_choice:
        workers = min(MAX_WORKERS, max(MIN_WORKERS, os.cpu_count() or 1))
        tests += ["-q", "-n", str(workers)]
        tests += WITHOUT_JAVA if arguments.engine == "sail" else ()
    if not pytest_arguments and not arguments.all and arguments.engine == "both":
        print("All checks, as CI runs them: some 20 minutes on two cores. --help lists shorter ones.")
    checks = [["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"], [*tests, *pytest_arguments]]
    failed = [" ".join(check) for check in checks if not _passes(check)]
    print("\n".join(f"Failed: {check}" for check in failed) or "Every check has passed.")
    print(f"The checks took {_minutes(began)}.", flush=True)
    return 1 if failed else 0


def _passes(check: list[str]) -> bool:
    """Runs a check, and prints its name and how long it took."""
    began = time.monotonic()
    print(f"\n{' '.join(check)}", flush=True)
    status = subprocess.run([sys.executable, "-m", *check], cwd=ROOT).returncode
    print(f"{check[0]} took {_minutes(began)}.", flush=True)
    return status == 0


def _minutes(began: float) -> str:
    """The time since then: `11 min 5 s`."""
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
