"""Checks of the decisions about releases, which the cleanse pipeline reads from its configuration."""

import json
from collections import Counter
from collections.abc import Iterator

from deployment.findings import Finding
from deployment.targets import TARGETS_FILE, Target
from local_runtime.pipelines.bundle_config import as_text

DECISIONS = ("accept", "reject")
FOLDERS = ("titles", "subscribers")
"""The landing folders of the feeds whose releases have a verdict."""


def decisions(target: Target) -> Iterator[Finding]:
    """Decisions are a JSON object of accept and reject: the pipeline refuses anything else when it runs."""
    text = as_text(target.variable("release_decisions"))
    place = f"{target.name}: the variable release_decisions"
    remedy = f"""write '{{"titles/x.csv": "accept"}}' to targets.{target.name}.variables in {TARGETS_FILE}"""
    try:
        made = json.loads(text or "{}", object_pairs_hook=_without_repeats)
    except json.JSONDecodeError:
        yield Finding(place, f"is {text!r}, which is not JSON", remedy)
        return
    except ValueError as error:
        yield Finding(place, f"{error}", "leave one decision about it")
        return
    if not isinstance(made, dict):
        yield Finding(place, f"is {text!r}, which is not a JSON object", remedy)
        return
    for release, decision in made.items():
        if decision not in DECISIONS:
            yield Finding(place, f"says {decision!r} of {release}", f"write {' or '.join(DECISIONS)}")
        if not release.startswith(tuple(f"{folder}/" for folder in FOLDERS)):
            folders = " or ".join(f"{folder}/" for folder in FOLDERS)
            yield Finding(
                place, f"names {release}, which is no release in {folders}", "correct that path, or leave it out"
            )


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object of these pairs of JSON. Raises ValueError, naming it, for a release that is there more than once."""
    counts = Counter(name for name, _ in pairs)
    if repeated := sorted(name for name, count in counts.items() if count > 1):
        raise ValueError(f"names {', '.join(repeated)} more than once")
    return dict(pairs)
