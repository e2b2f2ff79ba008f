"""Shared fixtures: one engine session per test run, and a small project to run pipelines in."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

# Both engines speak Spark Connect; set before anything imports PySpark.
os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"

from local_runtime.engines.session import SAIL, session
from tests.project import Project

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".lakehouse"
REAL_DATA = Path(os.environ.get("LAKEHOUSE_REAL_DATA", ROOT.parent / "shared" / "data"))


def pytest_addoption(parser):
    parser.addoption("--engine", choices=("sail", "spark"), default="spark", help="the engine of the transforms' tests")


# Tests have a few rows a query, for which compiling the query takes longer than running it as it stands.
INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


@pytest.fixture(autouse=True, scope="session")
def heeding_ctrl_c() -> None:
    """A shell lets what it runs in the background ignore SIGINT, and child processes take that over."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def spark(request) -> Iterator[object]:
    """The session of the transforms' tests: Apache Spark, or Sail with --engine sail."""
    with session(request.config.getoption("--engine"), CACHE, INTERPRETED) as connected:
        yield connected


@pytest.fixture(scope="session")
def sail() -> Iterator[object]:
    """A session of the default engine."""
    with session(SAIL, CACHE) as connected:
        yield connected


@pytest.fixture
def project(tmp_path, sail) -> Project:
    """An empty bundle, lake and landing folder, run on Sail."""
    return Project(tmp_path, sail)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real catalogues."""
    if not (REAL_DATA / "titles").is_dir():
        pytest.skip(f"the real catalogues are not at {REAL_DATA} (LAKEHOUSE_REAL_DATA names another folder)")
    return REAL_DATA
