"""What a lake lacks, in words: a page without numbers says which files would bring them."""

from collections.abc import Collection

from metrics.registry import Registry

WORDS = {
    "titles": "No titles have been loaded: they land in titles/ below the landing folder.",
    "events": "No playback events have been loaded: they land in playback/ below the landing folder.",
    "subscribers": "No subscribers have been loaded: they land in subscribers/ below the landing folder.",
}
"""By the metrics of `asking.LOADED`."""
WATCHED = ("unwatched_titles", "unwatched_share", "watched_titles")
"""Metrics of titles that say nothing without events."""
VIEWING = ("play", "timed_play", "event_day", "started_title", "underwatched_title")
SUBSCRIBING = ("subscriber", "subscriber_group", "subscription_month", "cohort_month")


def lacking_for(registry: Registry, metric: str, lacking: Collection[str]) -> str:
    """What would have to be loaded for the metric, in a sentence; empty where it is there."""
    entity = registry.own_entity(metric)
    needed = "subscribers" if entity in SUBSCRIBING else "titles"
    if metric in WATCHED or entity in VIEWING:
        needed = "events"
    return WORDS[needed] if needed in lacking else ""
