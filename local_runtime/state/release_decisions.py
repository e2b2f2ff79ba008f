"""Decisions about releases: a list in the lake, which is merged over the one in the bundle's setting.

Both are JSON objects, the path of a release below the landing folder to `accept` or `reject`. A pipeline that has the
setting `lakehouse.release_decisions` gets both lists as one, so that its code is the same on Databricks.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError

SETTING = "lakehouse.release_decisions"
FILE = "release_decisions.json"


class Decision(StrEnum):
    """What a person has decided about a release."""

    ACCEPT = "accept"
    REJECT = "reject"

    @property
    def done(self) -> str:
        """What a release is, once it is decided."""
        return f"{self}ed"


def decisions_of(lake: Lake) -> dict[str, Decision]:
    """The decisions in the lake, by release.

    Raises LakehouseError, naming the file, where they can't be read.
    """
    path = lake.root / FILE
    try:
        return {release: Decision(decision) for release, decision in _parsed(path.read_text(encoding="utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise LakehouseError(
            f'{path} can\'t be read ({error}): it has to be a JSON object, {{"FEED/FILE.csv": "accept"}}. Correct '
            "it, or delete it and decide again."
        ) from None


def decide(lake: Lake, releases: Iterable[str], decision: Decision) -> dict[str, Decision]:
    """Writes a decision about releases to the lake; returns those that there were. The caller holds the lake's lock.

    Raises LakehouseError as `decisions_of`.
    """
    before = decisions_of(lake)
    _write(lake.root / FILE, {**before, **dict.fromkeys(releases, decision)})
    return before


def merged(setting: str, decisions: Mapping[str, Decision]) -> str:
    """The text of a setting, with decisions that replace its own.

    A setting that isn't a list of decisions is left as it is, for the pipeline's own code to refuse.
    """
    try:
        given = _parsed(setting) if setting.strip() else {}
    except ValueError:
        return setting
    return json.dumps({**given, **decisions}, ensure_ascii=False, sort_keys=True)


def _parsed(text: str) -> Mapping[str, Any]:
    """The object in a text. Raises ValueError for anything else, and where it has a key twice."""
    parsed = json.loads(text, object_pairs_hook=_without_repeats)
    if not isinstance(parsed, dict):
        raise ValueError("it is no object")
    return parsed


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    counts = Counter(name for name, _ in pairs)
    if repeated := sorted(name for name, count in counts.items() if count > 1):
        raise ValueError(f"it names {', '.join(repeated)} more than once")
    return dict(pairs)


def _write(path: Path, decisions: Mapping[str, str]) -> None:
    """Writes the file whole or not at all."""
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(json.dumps(decisions, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
