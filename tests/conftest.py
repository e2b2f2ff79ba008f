"""Shared fixtures: a session per engine, the choice of engines for a test, and a small project to run pipelines in."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

# Both engines speak Spark Connect; set before anything imports PySpark.
os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
# PySpark takes a main module without a file, as that of pytest-xdist's workers, for a doctest of its own.
vars(sys.modules["__main__"]).setdefault("__file__", __file__)

from local_runtime.delta.lake import Lake  # noqa: E402
from local_runtime.engines.session import SAIL, open_session  # noqa: E402
from local_runtime.errors import LakehouseError  # noqa: E402
from local_runtime.graph.dataset_graph import Graph, load_graph  # noqa: E402
from tests.helpers.frames import rows_of  # noqa: E402
from tests.helpers.project import Project  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".lakehouse"
REAL_DATA = Path(os.environ.get("LAKEHOUSE_REAL_DATA", ROOT.parent / "shared" / "data"))


def pytest_addoption(parser):
    parser.addoption(
        "--engine", choices=("sail", "spark", "both"), default="both", help="the engine of the transforms' tests"
    )


def pytest_generate_tests(metafunc):
    """A test with the fixture `spark` runs on every engine of `--engine`; one marked `spark`, on Apache Spark only."""
    if "spark" not in metafunc.fixturenames:
        return
    asked = metafunc.config.getoption("--engine")
    on_spark = pytest.param("spark", marks=pytest.mark.spark)
    engines = {"sail": ["sail"], "spark": [on_spark], "both": ["sail", on_spark]}[asked]
    if metafunc.definition.get_closest_marker("spark"):
        engines = [] if asked == "sail" else [on_spark]
    metafunc.parametrize("spark", engines, indirect=True, scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """What is marked `costly_on_spark` runs on Apache Spark with --all alone. Tests that take longest come first."""
    for item in items:
        if item.get_closest_marker("costly_on_spark") and item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.large)
    yield
    items.sort(key=lambda item: (not item.get_closest_marker("spark"), "end_to_end" not in item.path.parts))


class BySession(LoadScopeScheduling):
    """Groups tests for parallel runs (pytest -n): all that need Apache Spark share one worker, others go by file.

    Groups begin in the order of their first tests: those of many tests aren't the ones that take long.
    """

    def __init__(self, config, log) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return "spark" if re.search(r"[\[-]spark(?=[]-])", nodeid) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config, log):
    """Ignores `--dist`."""
    return BySession(config, log)


# Tests query a few rows, for which compiling a query takes longer than interpreting it.
FOR_FEW_ROWS = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.sql.maxPlanStringLength": "100",
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    # A heap and a space for classes that needn't grow: growing, they were collected as a whole every few seconds.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC "
    "-Xms1500m -Xmn700m -XX:MetaspaceSize=512m",
}


@pytest.fixture(autouse=True)
def signals_reach_children():
    """A command that is run in this process blocks signals, and processes that later tests start would inherit that."""
    yield
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})


@pytest.fixture(autouse=True, scope="session")
def heeding_ctrl_c() -> None:
    """Background processes of a shell ignore SIGINT, and their children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def spark(request) -> Iterator[object]:
    """A session on Apache Spark or on Sail: `pytest_generate_tests` says which."""
    if request.param == SAIL:
        yield request.getfixturevalue("sail")
        return
    with open_session("spark", CACHE, FOR_FEW_ROWS) as connected:
        yield connected


@pytest.fixture(scope="session")
def sail() -> Iterator[object]:
    """A session of the default engine."""
    with open_session(SAIL, CACHE) as connected:
        yield connected


@pytest.fixture
def rows(spark) -> Callable[..., object]:
    """Makes a frame with a table's columns (`rows_of`)."""
    return partial(rows_of, spark)


@pytest.fixture(scope="session")
def graph(tmp_path_factory) -> Graph:
    """The graph of the bundle's pipelines, with an empty lake."""
    folder = tmp_path_factory.mktemp("graph")
    try:
        return load_graph(ROOT, folder, Lake(folder / "lake"))
    except LakehouseError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def project(tmp_path, sail) -> Project:
    """An empty bundle, lake and landing folder; its pipelines run on Sail."""
    return Project(tmp_path, sail)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real catalogues."""
    if not (REAL_DATA / "titles").is_dir():
        pytest.skip(f"the real catalogues are not at {REAL_DATA} (LAKEHOUSE_REAL_DATA names another folder)")
    return REAL_DATA
