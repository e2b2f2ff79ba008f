"""Decisions about releases, which are configuration: a JSON object of paths below the landing folder."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from bronze.feeds import FEEDS, PLAYBACK_CSV_FOLDER, PLAYBACK_FEED, Feed
from bronze.provenance import RELEASE
from common.windows import all_rows

SETTING = "lakehouse.release_decisions"
FOLDERS = (*(feed.folder for feed in FEEDS if feed.has_releases), PLAYBACK_FEED.folder, PLAYBACK_CSV_FOLDER)
"""The landing folders of releases with verdicts, and of files that are reported until they are accepted."""
ACCEPT, REJECT = "accept", "reject"
LATE_PARTS = " of [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
"""The end of the name of late part files: when bronze ingested them."""


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


def accepted_parts(decisions: Mapping[str, str]) -> tuple[str, ...]:
    """The names of late part files that decisions accept."""
    return tuple(name for name, decision in decisions.items() if decision == ACCEPT and re.search(LATE_PARTS, name))


def whole_release(name: str) -> str:
    """The release that late part files belong to; any other name as it is."""
    return re.sub(LATE_PARTS, "", name)


def decision_about(path: Column, decisions: Mapping[str, str]) -> Column:
    """STRING: the decision that names a path; null for none."""
    if not decisions:
        return F.lit(None).cast("string")
    return F.try_element_at(F.create_map(*[F.lit(text) for pair in decisions.items() for text in pair]), path)


def with_decision(releases: DataFrame, decisions: Mapping[str, str]) -> DataFrame:
    """One row per release, with the decision about it, by its path or that of the folder of its part files.

    A folder that is a release itself, of part files without an id, stands for that release alone.
    """
    named = releases.withColumn("named", F.collect_set("release").over(all_rows()))
    folder = _folder(F.col("release"))
    of_folder = F.when(~F.array_contains("named", folder), decision_about(folder, decisions))
    return named.withColumn("decision", F.coalesce(decision_about(F.col("release"), decisions), of_folder))


def unknown_names(releases: DataFrame, decisions: Mapping[str, str]) -> DataFrame:
    """One row per decision that names none of the releases: `release`, what it names.

    Late part files have no row of their own once they are accepted, and are named by the time of their ingestion, which
    a full refresh of bronze changes: of accepted ones, the name of the release that they belong to is enough. Rejected
    ones are rows of that release after such a refresh, so their decision names nothing, which is reported.
    """
    paths = F.array_distinct(
        F.flatten(F.array(*[F.collect_set(path) for path in (RELEASE.name, "release", _folder(F.col("release")))]))
    )
    wholes = {name: whole_release(name) if decision == ACCEPT else name for name, decision in decisions.items()}
    by_whole = F.create_map(*[F.lit(text) for pair in wholes.items() for text in pair])
    known = releases.groupBy().agg(paths.alias("known"))
    named = known.select("known", F.explode(F.array(*map(F.lit, decisions))).alias("release"))
    whole = F.try_element_at(by_whole, F.col("release"))
    return named.filter(~F.array_contains("known", whole)).select("release")


def _folder(release: Column) -> Column:
    return F.regexp_replace(release, "/[^/]*$", "")


def _is_in(folder: str, release: str) -> bool:
    return release.startswith(f"{folder}/")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{SETTING} names {', '.join(repeated)} more than once: leave one decision about it.")
    return dict(pairs)
