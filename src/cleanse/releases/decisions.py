"""Decisions about releases, which are configuration: a JSON object of paths below the landing folder."""

import json
from typing import Any

from cleanse.releases.verdicts import ACCEPT, REJECT

SETTING = "lakehouse.release_decisions"


def release_decisions(text: str | None) -> dict[str, str]:
    """The decisions in a setting, by release: `{"titles/2021-09-25.csv": "accept"}`; none for an empty setting.

    Raises ValueError, naming what is wrong, for anything but an object of `accept` and `reject`, and for a release that
    is named twice.
    """
    if not (text or "").strip():
        return {}
    try:
        decisions = json.loads(text or "", object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise ValueError(f"{SETTING} is not JSON: {error}.") from error
    if not isinstance(decisions, dict):
        raise ValueError(f'{SETTING} has to be a JSON object, {{"titles/x.csv": "{ACCEPT}"}}.')
    for release, decision in decisions.items():
        if decision not in (ACCEPT, REJECT):
            raise ValueError(f"{SETTING} says {decision!r} of {release}: write {ACCEPT} or {REJECT}.")
    return decisions


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{SETTING} names {', '.join(repeated)} more than once: leave one decision about it.")
    return dict(pairs)
