"""`generate`: what is made from the registry of metrics, written or checked."""

import argparse
from argparse import Namespace
from typing import TYPE_CHECKING

from local_runtime.errors import UsageError
from local_runtime.root import ROOT

if TYPE_CHECKING:
    from dashboards.surfaces import Surface
    from metrics.registry import Registry


def add_generate(generate: argparse.ArgumentParser) -> None:
    """Adds the arguments of `generate`."""
    generate.add_argument("names", nargs="*", metavar="NAME", help="only these, such as metrics (default: all)")
    generate.add_argument("--check", action="store_true", help="only check whether the files are current")


def generate(arguments: Namespace) -> int:
    """Writes the files of every surface, or of those that are named; with --check says what is wrong, and gives 1."""
    from dashboards.surfaces import SURFACES
    from metrics.registry import load_registry, nearest

    known = {surface.name: surface for surface in SURFACES}
    for name in arguments.names:
        if name not in known:
            raise UsageError(f"{name} isn't generated. {nearest(name, known)}")
    registry = load_registry()
    chosen = [known[name] for name in arguments.names or known]
    changes = [_check(surface, registry) if arguments.check else _write(surface, registry) for surface in chosen]
    return 1 if arguments.check and any(changes) else 0


def _check(surface: "Surface", registry: "Registry") -> bool:
    """Names the files that aren't current, and what is wrong with those that are; whether there is anything."""
    stale = [path for path, text in surface.files(registry).items() if not _is_current(path, text)]
    removed = [str(path.relative_to(ROOT)) for path in surface.leftovers(registry, ROOT)]
    for path in stale + removed:
        print(f"{path} is not current: ./lakehouse generate {surface.name} writes it.")
    wrong = [] if stale or surface.problems is None else surface.problems(registry, surface.files(registry))
    for sentence in wrong:
        print(sentence)
    return bool(stale or removed or wrong)


def _write(surface: "Surface", registry: "Registry") -> bool:
    """Writes the files that aren't current and removes those that are no longer made; whether there were any."""
    made = surface.files(registry)
    stale = [path for path, text in made.items() if not _is_current(path, text)]
    removed = surface.leftovers(registry, ROOT)
    for path in stale:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_bytes(made[path].encode())
        print(f"{path} is written")
    for leftover in removed:
        leftover.unlink()
        print(f"{leftover.relative_to(ROOT)} is removed")
    if not stale and not removed:
        print(f"{surface.name}: {len(made)} files, all current")
    return bool(stale or removed)


def _is_current(path: str, text: str) -> bool:
    file = ROOT / path
    return file.is_file() and file.read_bytes() == text.encode()
