"""The real bundle, run in this process on the shared session or through the launcher."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Self

import pytest

from local_runtime.delta.lake import Lake
from local_runtime.graph.dataset_graph import Graph, load_graph
from local_runtime.inspection.digest import digests
from local_runtime.state.release_decisions import decisions_of
from local_runtime.update import orchestration
from local_runtime.update.orchestration import run_update
from local_runtime.update.results import Outcome
from sample.catalogue import Sample
from sample.making import make
from tests.conftest import ROOT

SAMPLE = Sample(titles=150, sessions=100, subscribers=100)
CATALOGUE = Sample(titles=150, sessions=0, subscribers=0, imdb=0)


@dataclass
class Place:
    """A landing folder and a lake for the project's own bundle."""

    landing: Path
    lake: Lake
    session: Any

    @classmethod
    def at(cls, root: Path, session: Any) -> Self:
        """The place in a folder, which may exist already."""
        (root / "landing" / "titles").mkdir(parents=True, exist_ok=True)
        return cls(root / "landing", Lake(root / "lake"), session)

    @property
    def options(self) -> list[str]:
        """The launcher's options for this place."""
        return ["--landing", str(self.landing), "--lake", str(self.lake.root)]

    @property
    def graph(self) -> Graph:
        """The bundle's graph."""
        return _graph(self.landing, self.lake.root, tuple(decisions_of(self.lake).items()))

    def land(self, path: str, text: str, modified: str | None = None) -> None:
        """Writes a file below the landing folder, modified on a day."""
        file = self.landing / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if modified:
            time = datetime.fromisoformat(modified).replace(tzinfo=UTC).timestamp()
            os.utime(file, (time, time))

    def update(self, *full_refresh: str, layers: tuple[str, ...] = ()) -> Outcome:
        """One update, which may fail."""
        graph = self.graph
        pipelines = [pipeline for pipeline in graph.pipelines if not layers or pipeline.schema in layers]
        with self.lake.locked():
            self.lake.check_logs()
            return run_update(self.session, graph, self.lake, pipelines, frozenset(full_refresh))

    def run(self, *full_refresh: str, layers: tuple[str, ...] = ()) -> Outcome:
        """One update, which must succeed."""
        outcome = self.update(*full_refresh, layers=layers)
        assert not outcome.failures, outcome.failures
        return outcome

    def digests(self, schema: str = "gold") -> dict[str, tuple[int, str]]:
        """The digests of a schema's tables."""
        return digests(self.lake, schema)


@cache
def _graph(landing: Path, lake: Path, decisions: tuple[tuple[str, str], ...]) -> Graph:
    """The bundle's graph, cached because its code doesn't change during the tests; the lake's decisions do."""
    return load_graph(ROOT, landing, Lake(lake))


TITLES_HEADER = (
    "show_id,type,title,director,cast,country,date_added,release_year,rating,duration,listed_in,description\n"
)


def titles(ids: Iterable[int], gaps: int = 0, kind: str = "Movie", header: str = TITLES_HEADER) -> str:
    """A catalogue release of a title per id; those below `gaps` have no director, cast and country."""
    return header + "".join(_title(number, kind, is_known=number >= gaps) for number in ids)


def _title(number: int, kind: str, is_known: bool) -> str:
    people = f"Director {number % 50},Somebody,France" if is_known else ",,"
    return f's{number},{kind},Title {number},{people},"September 1, 2020",2019,PG,90 min,Dramas,x\n'


def people(ids: Iterable[int]) -> str:
    """A snapshot of a subscriber per id."""
    header = (
        "User ID,Subscription Type,Monthly Revenue,Join Date,Last Payment Date,Country,Age,Gender,Device,Plan Duration"
    )
    return f"{header}\n" + "".join(f"{n},Basic,10,2022-01-15,2022-12-20,Spain,28,Male,Laptop,1 Month\n" for n in ids)


@dataclass(frozen=True)
class Beginnings:
    """Starting points for tests, each made once: a run takes seconds, copying its result does not.

    A lake knows its files by their paths, so all are laid out at `root`: each takes the place of the one before.
    """

    kept: Path
    root: Path
    session: Any

    def empty(self) -> Place:
        """An empty place."""
        if self.root.exists():
            shutil.rmtree(self.root)
        return Place.at(self.root, self.session)

    def after(self, made_by: Callable[[Place], object]) -> Place:
        """A copy of what `made_by` makes of an empty place; it is called once per function name."""
        kept, place = self.kept / f"{made_by.__module__}.{made_by.__qualname__}", self.empty()
        if kept.exists():
            shutil.rmtree(self.root)
            shutil.copytree(kept, self.root, symlinks=True)
        else:
            made_by(place)
            shutil.copytree(self.root, kept, symlinks=True)
        return place


@pytest.fixture(scope="session", autouse=True)
def environment() -> None:
    """Sets up the launcher's default environment before a test kills it or fills its disk."""
    subprocess.run([str(ROOT / "lakehouse"), "sql", "SELECT 1"], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def validated() -> set[tuple[Any, ...]]:
    """What has been validated against an empty lake."""
    return set()


@pytest.fixture(scope="module", autouse=True)
def validated_once(validated: set[tuple[Any, ...]]) -> Iterator[None]:
    """Validates the code against an empty lake once instead of for every test's lake; in this folder's tests only."""
    genuine = orchestration.validate

    def once(engine, graph, lake, pipelines, code, kept=None):
        key = (engine, *sorted(code.items()), *[pipeline.name for pipeline in pipelines])
        if key not in validated or any(lake.log(name).exists() for name in code):
            genuine(engine, graph, lake, pipelines, code, kept)
        validated.add(key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orchestration, "validate", once)
        yield


@pytest.fixture(scope="session")
def beginnings(tmp_path_factory, sail) -> Beginnings:
    """Starting points for tests."""
    folder = tmp_path_factory.mktemp("places")
    return Beginnings(folder / "kept", folder / "now", sail)


@pytest.fixture
def bare(beginnings) -> Place:
    """An empty place, without a lake."""
    return beginnings.empty()


@pytest.fixture
def place(beginnings) -> Place:
    """A place after a run on empty landing folders: a test's run updates only the tables that its files affect."""
    return beginnings.after(Place.run)


@pytest.fixture
def sampled(bare) -> Place:
    """A place where the sample has landed; nothing has run."""
    make(bare.landing, SAMPLE)
    return bare


@pytest.fixture
def released(bare) -> Place:
    """A place where only the sample's catalogue has landed; nothing has run."""
    make(bare.landing, CATALOGUE)
    return bare


@pytest.fixture
def awaiting(place) -> Place:
    """A place after a run on empty landing folders, where the sample's catalogue has landed since."""
    make(place.landing, CATALOGUE)
    return place


def load_sample(place: Place) -> None:
    """A run over the sample."""
    make(place.landing, SAMPLE)
    place.run()


def load_catalogue(place: Place) -> None:
    """A run over the sample's catalogue alone."""
    make(place.landing, CATALOGUE)
    place.run()


@pytest.fixture
def loaded(beginnings) -> Place:
    """A place where only the sample's catalogue was loaded."""
    return beginnings.after(load_catalogue)


# Session scope makes pytest build these first: they use the same folder as a test's own place.
@pytest.fixture(scope="session")
def clean(beginnings) -> dict[str, tuple[int, str]]:
    """Gold's digests after one clean run over the sample."""
    return _of_all_gold(beginnings.after(load_sample))


@pytest.fixture(scope="session")
def clean_catalogue(beginnings) -> dict[str, tuple[int, str]]:
    """Gold's digests after one clean run over the sample's catalogue alone."""
    return _of_all_gold(beginnings.after(load_catalogue))


def _of_all_gold(place: Place) -> dict[str, tuple[int, str]]:
    found = place.digests()
    assert set(found) == set(place.graph.stored(place.graph.pipelines[-1]))
    return found


@pytest.fixture(scope="session")
def launch() -> Callable[..., subprocess.CompletedProcess]:
    """Runs the launcher."""

    def run(*arguments: str, launcher: Path = ROOT / "lakehouse", **environment: str):
        return subprocess.run(
            [str(launcher), *arguments], capture_output=True, text=True, env={**os.environ, **environment}, timeout=600
        )

    return run
