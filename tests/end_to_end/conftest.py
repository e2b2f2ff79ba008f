"""The real bundle, run in this process on the shared session or through the launcher."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from local_runtime.graph.graph import Graph, load_graph
from local_runtime.inspection.digest import digests
from local_runtime.lake.lake import Lake
from local_runtime.update import update
from local_runtime.update.results import Outcome
from local_runtime.update.update import run_update
from sample.catalogue import Sample
from sample.making import make
from tests.conftest import ROOT

SAMPLE = Sample(titles=150, sessions=100)
CATALOGUE = Sample(titles=150, sessions=0, subscribers=0, imdb=0)


@dataclass
class Place:
    """A landing folder and a lake for the project's own bundle."""

    landing: Path
    lake: Lake
    session: Any

    @cached_property
    def graph(self) -> Graph:
        """The bundle's graph: its code stays as it is while there are tests."""
        return load_graph(ROOT, self.landing, self.lake)

    def update(self, *full_refresh: str, layers: tuple[str, ...] = ()) -> Outcome:
        """One update, whatever becomes of it."""
        graph = self.graph
        pipelines = [pipeline for pipeline in graph.pipelines if not layers or pipeline.schema in layers]
        with self.lake.locked():
            self.lake.check()
            return run_update(self.session, graph, self.lake, pipelines, frozenset(full_refresh))

    def run(self, *full_refresh: str, layers: tuple[str, ...] = ()) -> Outcome:
        """One update, which must succeed."""
        outcome = self.update(*full_refresh, layers=layers)
        assert not outcome.failures, outcome.failures
        return outcome

    def digests(self, schema: str = "gold") -> dict[str, tuple[int, str]]:
        """What the schema's tables hold."""
        return digests(self.lake, schema)


@pytest.fixture(scope="session", autouse=True)
def environment() -> None:
    """The launcher's default environment is set up before a test kills it or takes its disk away."""
    subprocess.run([str(ROOT / "lakehouse"), "sql", "SELECT 1"], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session", autouse=True)
def validated_once() -> Iterator[None]:
    """What the code would make of an empty lake is found out once, and not for every lake that a test begins."""
    genuine, seen = update.validate, set()

    def once(engine, graph, lake, pipelines, code):
        key = (engine, *sorted(code.items()), *[pipeline.name for pipeline in pipelines])
        if key not in seen or any(lake.log(name).exists() for name in code):
            genuine(engine, graph, lake, pipelines, code)
        seen.add(key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(update, "validate", once)
        yield


@pytest.fixture
def place(tmp_path, sail) -> Place:
    """An empty place."""
    (tmp_path / "landing" / "titles").mkdir(parents=True)
    return Place(tmp_path / "landing", Lake(tmp_path / "lake"), sail)


@pytest.fixture
def sampled(place) -> Place:
    """A place where the sample has landed, and no run has been."""
    make(place.landing, SAMPLE)
    return place


@pytest.fixture
def released(place) -> Place:
    """A place where the sample's catalogue has landed alone, and no run has been."""
    make(place.landing, CATALOGUE)
    return place


def _after_one_run(root: Path, sample: Sample, session: Any) -> dict[str, tuple[int, str]]:
    make(root / "landing", sample)
    place = Place(root / "landing", Lake(root / "lake"), session)
    place.run()
    found = place.digests()
    assert len(found) == 47
    return found


@pytest.fixture(scope="session")
def clean(tmp_path_factory, sail) -> dict[str, tuple[int, str]]:
    """Gold's digests after one clean run over the sample."""
    return _after_one_run(tmp_path_factory.mktemp("clean"), SAMPLE, sail)


@pytest.fixture(scope="session")
def clean_catalogue(tmp_path_factory, sail) -> dict[str, tuple[int, str]]:
    """Gold's digests after one clean run over the sample's catalogue alone."""
    return _after_one_run(tmp_path_factory.mktemp("clean"), CATALOGUE, sail)


@pytest.fixture(scope="session")
def launch() -> Callable[..., subprocess.CompletedProcess]:
    """Runs the launcher."""

    def run(*arguments: str, launcher: Path = ROOT / "lakehouse", **environment: str):
        return subprocess.run(
            [str(launcher), *arguments], capture_output=True, text=True, env={**os.environ, **environment}, timeout=600
        )

    return run
