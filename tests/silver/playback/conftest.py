"""Bronze rows of playback events."""

from datetime import UTC, datetime

import pytest

from bronze import feeds

LANDED = datetime(2024, 3, 2, tzinfo=UTC)


@pytest.fixture
def bronze(rows):
    """Bronze rows of one file; columns that aren't given are null."""
    file = {"_source_file": "file:///a.json", "_shown_file": "playback/a.json"}
    lineage = {**file, "_source_modified_at": LANDED, "_ingested_at": LANDED}
    return lambda *events: rows(feeds.PLAYBACK_FEED.table, *[{**lineage, **event} for event in events])
