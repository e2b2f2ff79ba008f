"""Checks of the decisions about releases, which the cleanse pipeline reads from its configuration."""

import json
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.targets import TARGETS_FILE, Target
from local_runtime.pipelines.bundle_config import as_text

DECISIONS = ("accept", "reject")


def decisions(target: Target) -> Iterator[Finding]:
    """Decisions are a JSON object of accept and reject: the pipeline refuses anything else when it runs."""
    text = as_text(target.variable("release_decisions"))
    place = f"{target.name}: the variable release_decisions"
    remedy = f"""write '{{"titles/x.csv": "accept"}}' to targets.{target.name}.variables in {TARGETS_FILE}"""
    try:
        made = json.loads(text or "{}")
    except json.JSONDecodeError:
        yield Finding(place, f"is {text!r}, which is not JSON", remedy)
        return
    if not isinstance(made, dict):
        yield Finding(place, f"is {text!r}, which is not a JSON object", remedy)
        return
    for release, decision in made.items():
        if decision not in DECISIONS:
            yield Finding(place, f"says {decision!r} of {release}", f"write {' or '.join(DECISIONS)}")
