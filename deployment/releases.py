"""Checks of the decisions about releases, which the cleanse pipeline reads from its configuration."""

import json
from collections.abc import Iterator
from typing import Any

from deployment.findings import Finding
from deployment.targets import TARGETS_FILE, Target
from local_runtime.pipelines.bundle_config import as_text

DECISIONS = ("accept", "reject")


class _Pairs(dict[str, Any]):
    """A JSON object, and the names of its pairs, of which JSON takes a name several times."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.names = [name for name, _ in pairs]


def decisions(target: Target) -> Iterator[Finding]:
    """Decisions are a JSON object of accept and reject: the pipeline refuses anything else when it runs."""
    text = as_text(target.variable("release_decisions"))
    place = f"{target.name}: the variable release_decisions"
    remedy = f"""write '{{"titles/x.csv": "accept"}}' to targets.{target.name}.variables in {TARGETS_FILE}"""
    try:
        made = json.loads(text or "{}", object_pairs_hook=_Pairs)
    except json.JSONDecodeError:
        yield Finding(place, f"is {text!r}, which is not JSON", remedy)
        return
    if not isinstance(made, _Pairs):
        yield Finding(place, f"is {text!r}, which is not a JSON object", remedy)
        return
    for release in sorted({name for name in made.names if made.names.count(name) > 1}):
        yield Finding(place, f"names {release} more than once", "leave one decision about it")
    for release, decision in made.items():
        if decision not in DECISIONS:
            yield Finding(place, f"says {decision!r} of {release}", f"write {' or '.join(DECISIONS)}")
