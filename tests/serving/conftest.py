"""One small lake for all tests of serving, and a client that asks the application in this process."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from local_runtime.delta.lake import Lake
from sample.catalogue import Sample
from sample.making import make
from tests.conftest import ROOT

SAMPLE = Sample(titles=60, sessions=150, subscribers=120, imdb=20)


def pytest_collection_modifyitems(items):
    """The method that DuckDB's warning advises plans every statement twice (serving/statements.py)."""
    for item in items:
        if "tests/serving/" in str(item.path):
            item.add_marker(pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result:UserWarning"))


@pytest.fixture(scope="session")
def made_lake(tmp_path_factory, request):
    """A lake of the sample with one publication, which no test changes. Tests that run side by side share it.

    LAKEHOUSE_SERVED names a folder to keep it in, for those who change what serves: making it takes most of the time.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "serving"
    root = Path(os.environ.get("LAKEHOUSE_SERVED", shared))
    root.mkdir(exist_ok=True)
    with (root / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "done").exists():
            shutil.rmtree(root / "lake", ignore_errors=True)
            _make(root, request.getfixturevalue("sail"))
            (root / "done").touch()
    return Lake(root / "lake")


def _make(root, session):
    from local_runtime.graph.dataset_graph import load_graph
    from local_runtime.update.orchestration import run_update

    lake = Lake(root / "lake")
    make(root / "landing", SAMPLE)
    graph = load_graph(ROOT, root / "landing", lake)
    with lake.locked():
        outcome = run_update(session, graph, lake, graph.pipelines, frozenset())
    assert not outcome.failures, outcome.failures


@pytest.fixture
def lake(made_lake, tmp_path):
    """A copy of the lake, which the test may change."""
    shutil.copytree(made_lake.root, tmp_path / "lake")
    return Lake(tmp_path / "lake")


@pytest.fixture(scope="module")
def service(made_lake):
    from serving.build import build_service

    return build_service(made_lake)


@pytest.fixture(scope="module")
def client(service):
    with client_of(service) as found:
        yield found


@pytest.fixture(scope="module")
def unprotected(made_lake):
    """A client to the same lake that shows groups of any size, to compare with."""
    from serving.build import build_service
    from serving.limits import Limits

    with client_of(build_service(made_lake, Limits(smallest_group=0))) as found:
        yield found


def client_of(service, access=None, log=None, warm=False):
    """A client to an application over the service, as from this machine.

    Without `warm` the pages' questions aren't asked before anybody does: they would be counted with those of the test.
    """
    from starlette.testclient import TestClient

    from serving.app import create_app
    from serving.http.access_log import AccessLog

    app = create_app(service, access, log or AccessLog(quiet=True))
    if not warm:
        service.warmers.clear()
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
