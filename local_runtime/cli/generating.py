"""`generate`: what is made from the registry of metrics, written or checked."""

import argparse
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.errors import LakehouseError, UsageError
from local_runtime.root import ROOT

if TYPE_CHECKING:
    from dashboards.surfaces import Surface
    from metrics.registry import Registry


def add_generate(generate: argparse.ArgumentParser) -> None:
    """Adds the arguments of `generate`."""
    generate.add_argument("names", nargs="*", metavar="NAME", help="only these, such as metrics (default: all)")
    generate.add_argument("--check", action="store_true", help="only check whether the files are current")


def generate(arguments: Namespace) -> int:
    """Writes the files of every surface, or of those that are named; with --check says what is wrong, and gives 1.

    Raises LakehouseError for what the registry names and gold doesn't have, before anything is written.
    """
    from dashboards.gold import gold_tables
    from dashboards.surfaces import SURFACES
    from metrics.gold import gold_problems
    from metrics.registry import load_registry, nearest

    known = {surface.name: surface for surface in SURFACES}
    for name in arguments.names:
        if name not in known:
            raise UsageError(f"{name} isn't generated. {nearest(name, known)}")
    registry = load_registry()
    if missing := gold_problems(registry, {name: table.columns for name, table in gold_tables().items()}):
        raise LakehouseError("\n".join(missing))
    chosen = [known[name] for name in arguments.names or known]
    files = [surface.files(registry) for surface in chosen]  # all of them first: what fails leaves nothing half-written
    step = _check if arguments.check else _write
    changes = [step(surface, registry, made) for surface, made in zip(chosen, files, strict=True)]
    return 1 if arguments.check and any(changes) else 0


def _check(surface: "Surface", registry: "Registry", made: Mapping[str, str]) -> bool:
    """Names the files that aren't current, and what is wrong with those that are; whether there is anything."""
    stale, left = _differing(surface, made)
    for path in [*stale, *(str(path.relative_to(ROOT)) for path in left)]:
        print(f"{path} is not current: ./lakehouse generate {surface.name} writes it.")
    wrong = [] if stale or surface.problems is None else surface.problems(registry, made)
    for sentence in wrong:
        print(sentence)
    return _told(surface, made, bool(stale or left or wrong))


def _write(surface: "Surface", registry: "Registry", made: Mapping[str, str]) -> bool:
    """Writes the files that aren't current and removes those that are no longer made; whether there were any."""
    stale, left = _differing(surface, made)
    for path in stale:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_bytes(made[path].encode())
        print(f"{path} is written")
    for leftover in left:
        leftover.unlink()
        print(f"{leftover.relative_to(ROOT)} is removed")
    return _told(surface, made, bool(stale or left))


def _differing(surface: "Surface", made: Mapping[str, str]) -> tuple[list[str], list[Path]]:
    """The files that aren't as they are made now, and those that are no longer made."""
    stale = [path for path, text in made.items() if not _is_current(path, text)]
    return stale, surface.leftovers(made, ROOT)


def _told(surface: "Surface", made: Mapping[str, str], is_anything: bool) -> bool:
    """Says so where there is nothing to say of a surface."""
    if not is_anything:
        print(f"{surface.name}: {len(made)} files, all current")
    return is_anything


def _is_current(path: str, text: str) -> bool:
    file = ROOT / path
    return file.is_file() and file.read_bytes() == text.encode()
