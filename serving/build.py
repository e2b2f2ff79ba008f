"""Puts together what a process serves with."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from dashboards import pages as pages_module
from local_runtime.delta.lake import Lake
from metrics.registry import DEFINITIONS, Registry, load_registry
from serving.answers import Answers, Written
from serving.backends import Store
from serving.backends.local import LocalStore
from serving.backends.nothing import LOOKING, NOTHING, Nothing
from serving.fitting import check_fit
from serving.generations import Generation, Generations, load_generation
from serving.limits import Limits
from serving.service import Service
from serving.statements import Statements


def build_service(
    lake: Lake,
    limits: Limits | None = None,
    registry: Registry | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Service:
    """Loads the registry and the newest publication of the lake; tells before which one that is.

    Raises LakehouseError where one of them can't be served; it says what to do.
    """
    store, found = LocalStore(lake), registry or load_registry()
    source = store.newest()
    what = "the newest tables" if source.publication is None else f"publication p{source.publication}"
    tell(f"Loading {what} of {lake.root} …")
    generation = load_generation(store, source)
    check_fit(generation.backend, found, store)
    service = service_over(store, generation, found, limits or Limits())
    service.lake = lake
    return service


def build_waiting_service(store: Store, limits: Limits, registry: Registry | None = None) -> Service:
    """A service that is there before its data: an App starts with its deployment, and the first run comes later.

    Questions are answered 503 with the reason, until the watcher has found a publication.
    """
    nothing = Nothing(store.dialect)
    service = service_over(store, Generation(NOTHING, nothing), registry or load_registry(), limits)
    nothing.reason = lambda: service.trouble or LOOKING
    service.trouble = LOOKING
    return service


def service_over(store: Store, generation: Generation, registry: Registry, limits: Limits) -> Service:
    """A service that begins with a generation of the store."""
    generations = Generations(generation)
    statements = Statements(generations, limits)
    return Service(
        store=store,
        registry=registry,
        generations=generations,
        statements=statements,
        answers=Answers(Written(registry, store.dialect), statements, limits.smallest_group),
        etag_salt=code_digest(),
    )


def code_digest() -> str:
    """A digest of the code, of what the pages have, and the definitions: after an update of any, answers may differ."""
    digest = hashlib.sha256()
    here, pages = Path(__file__).parent, Path(pages_module.__file__).parent
    code = [path for folder in (here, pages) for path in folder.rglob("*.py")]
    files = [*code, *here.rglob("*.html"), *DEFINITIONS.rglob("*.yml"), *DEFINITIONS.parent.glob("*.py")]
    for path in sorted(files):
        found = path.stat()
        digest.update(f"{path} {found.st_mtime_ns} {found.st_size}\n".encode())
    return digest.hexdigest()[:16]
