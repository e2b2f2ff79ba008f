"""Whether checks notice what is wrong: known breakages are planted in generated files, and every check is asked.

A generator that writes files isn't one that works. A breakage takes a surface's files and gives broken ones; a check
takes files and gives a sentence for each thing that it finds wrong. `ask` plants one after the other.

    report = ask(files, BREAKAGES, {"reader": problems_of_reader, "schema": problems_of_schema})
    assert report.missed == []
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.helpers.matrix import SEED

Files = Mapping[str, str]
"""Texts by their paths. A byte order mark is the character U+FEFF."""
Check = Callable[[Files], Sequence[str]]
Plant = Callable[[Files], Files]


@dataclass(frozen=True)
class Breakage:
    """Something known to be wrong. `kind` groups breakages in the report: names, types, ids, order, meaning, …"""

    name: str
    kind: str
    plant: Plant


@dataclass(frozen=True)
class Outcome:
    """Which checks noticed a breakage, and the first sentence of each."""

    breakage: Breakage
    caught_by: Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """The outcomes of all breakages, for the checks that were asked."""

    outcomes: tuple[Outcome, ...]
    checks: tuple[str, ...]

    @property
    def missed(self) -> list[str]:
        """The names of the breakages that no check noticed."""
        return [outcome.breakage.name for outcome in self.outcomes if not outcome.caught_by]

    def caught(self) -> dict[str, int]:
        """How many breakages each check noticed."""
        counted = Counter(check for outcome in self.outcomes for check in outcome.caught_by)
        return {check: counted[check] for check in self.checks}

    def lines(self) -> list[str]:
        """Caught of planted: for each check, together, and by what each breakage was caught."""
        planted = len(self.outcomes)
        return [
            *(f"{check}: {count} of {planted}" for check, count in self.caught().items()),
            f"together: {planted - len(self.missed)} of {planted}",
            *(
                f"  {outcome.breakage.kind} | {outcome.breakage.name} | {', '.join(outcome.caught_by) or 'MISSED'}"
                for outcome in self.outcomes
            ),
        ]


def ask(files: Files, breakages: Iterable[Breakage], checks: Mapping[str, Check]) -> Report:
    """Plants each breakage in the files and asks every check.

    A check that fails instead of answering hasn't noticed anything: its error isn't caught. Raises ValueError for a
    breakage that changes nothing, two of one name, and a check that finds something wrong in the files as they are.
    """
    for name, check in checks.items():
        if sentences := check(files):
            raise ValueError(f"{name} finds something wrong before anything is planted: {sentences[:3]}")
    outcomes: dict[str, Outcome] = {}
    for breakage in breakages:
        broken = breakage.plant(files)
        if dict(broken) == dict(files):
            raise ValueError(f"the breakage {breakage.name!r} changes nothing")
        if breakage.name in outcomes:
            raise ValueError(f"two breakages are called {breakage.name!r}")
        answers = {name: check(broken) for name, check in checks.items()}
        outcomes[breakage.name] = Outcome(breakage, {name: found[0] for name, found in answers.items() if found})
    return Report(tuple(outcomes.values()), tuple(checks))


def by_chance(breakages: Sequence[Breakage]) -> pytest.MarkDecorator:
    """Calls a test with a few `breakages`, which the seed chooses, and with all of them (`--all`)."""
    few = pytest.param(random.Random(SEED).sample(breakages, 8), id="by_chance")
    return pytest.mark.parametrize("breakages", [few, pytest.param(breakages, marks=pytest.mark.large, id="all")])


def path_of(files: Files, pattern: str, having: str = "") -> str:
    """The first path that fits the pattern (`*` is any text), of a file that has a text. Raises ValueError for none."""
    for path in sorted(files):
        if fnmatchcase(path, pattern) and having in files[path]:
            return path
    raise ValueError(f"no file {pattern} has {having!r}")


def replaced(pattern: str, old: str, new: str) -> Plant:
    """A plant that replaces a text once, in the first file of the pattern that has it."""

    def plant(files: Files) -> Files:
        path = path_of(files, pattern, old)
        return {**files, path: files[path].replace(old, new, 1)}

    return plant


def rewritten(pattern: str, change: Callable[[str], str], having: str = "") -> Plant:
    """A plant that changes the text of the first file of the pattern that has a text."""

    def plant(files: Files) -> Files:
        path = path_of(files, pattern, having)
        return {**files, path: change(files[path])}

    return plant


def removed(pattern: str) -> Plant:
    """A plant that takes the first file of the pattern away."""

    def plant(files: Files) -> Files:
        gone = path_of(files, pattern)
        return {path: text for path, text in files.items() if path != gone}

    return plant


def renamed(pattern: str, old: str, new: str) -> Plant:
    """A plant that moves all files of the pattern: `old` in their paths becomes `new`."""

    def plant(files: Files) -> Files:
        return {path.replace(old, new, 1) if fnmatchcase(path, pattern) else path: text for path, text in files.items()}

    return plant


def edited(pattern: str, edit: Callable[[Any], None], having: str = "") -> Plant:
    """A plant that edits, in place, the content of the first JSON file of the pattern that has a text."""

    def change(text: str) -> str:
        content = json.loads(text)
        edit(content)
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    return rewritten(pattern, change, having)
