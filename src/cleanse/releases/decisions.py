"""Decisions about releases, which are configuration: a JSON object of paths below the landing folder."""

import json
from collections.abc import Mapping
from typing import Any

from bronze.feeds import FEEDS, PLAYBACK_CSV_FOLDER, PLAYBACK_FEED, Feed
from cleanse.releases.verdicts import ACCEPT, REJECT

SETTING = "lakehouse.release_decisions"
FOLDERS = (*(feed.folder for feed in FEEDS if feed.has_releases), PLAYBACK_FEED.folder, PLAYBACK_CSV_FOLDER)
"""The landing folders of releases with verdicts, and of files that are reported until they are accepted."""


def release_decisions(text: str | None) -> dict[str, str]:
    """The decisions in a setting, by release: `{"titles/2021-09-25.csv": "accept"}`; none for an empty setting.

    Raises ValueError, naming what is wrong, for anything but an object of `accept` and `reject`, for a path that is
    named twice, and for one below no folder of such files. Whether there is such a release, the verdicts check; paths
    of feeds without verdicts are of files that reports name (`playback/…`).
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
        if not any(_is_in(folder, release) for folder in FOLDERS):
            folders = ", ".join(f"{folder}/" for folder in FOLDERS)
            raise ValueError(f"{SETTING} names {release}, which is below none of these landing folders: {folders}.")
    return decisions


def decisions_about(feed: Feed, decisions: Mapping[str, str]) -> dict[str, str]:
    """Those of the decisions that are about releases of one feed."""
    return {release: decision for release, decision in decisions.items() if _is_in(feed.folder, release)}


def _is_in(folder: str, release: str) -> bool:
    return release.startswith(f"{folder}/")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{SETTING} names {', '.join(repeated)} more than once: leave one decision about it.")
    return dict(pairs)
