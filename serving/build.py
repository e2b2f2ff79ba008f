"""Puts together what a process serves with."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from local_runtime.delta.lake import Lake
from metrics.registry import DEFINITIONS, Registry, load_registry
from serving.answers import Answers, Written
from serving.fitting import check_fit
from serving.generations import Generations, load_generation
from serving.limits import Limits
from serving.service import Service
from serving.sources import newest_source
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
    source = newest_source(lake)
    what = "the newest tables" if source.publication is None else f"publication p{source.publication}"
    tell(f"Loading {what} of {lake.root} …")
    found = registry or load_registry()
    generation = load_generation(lake, source)
    check_fit(generation.connection, found, lake)
    generations = Generations(generation)
    statements = Statements(generations, limits or Limits())
    return Service(
        lake=lake,
        registry=found,
        generations=generations,
        statements=statements,
        answers=Answers(Written(found), statements, statements.limits.smallest_group),
        etag_salt=code_digest(),
    )


def code_digest() -> str:
    """A digest of the code and the definitions: after an update of either, answers may differ."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    files = [*here.rglob("*.py"), *here.rglob("*.html"), *DEFINITIONS.rglob("*.yml"), *DEFINITIONS.parent.glob("*.py")]
    for path in sorted(files):
        found = path.stat()
        digest.update(f"{path} {found.st_mtime_ns} {found.st_size}\n".encode())
    return digest.hexdigest()[:16]
