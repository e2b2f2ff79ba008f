"""Bronze rows of snapshots of subscribers."""

from datetime import UTC, datetime

import pytest

from bronze import feeds
from cleanse.subscribers.cleansing import subscriber_cells

LANDED = datetime(2023, 8, 1, 12, tzinfo=UTC)
GOOD = {
    "user_id": "1",
    "subscription_type": " Basic ",
    "monthly_revenue": "10",
    "join_date": "15-01-22",
    "last_payment_date": "10-06-23",
    "country": "United  States",
    "age": "28",
    "gender": "Male",
    "device": "Smart TV",
    "plan_duration": "1 Month",
    "_source_file": "file:///a.csv",
    "_source_modified_at": LANDED,
    "_ingested_at": LANDED,
}


@pytest.fixture
def cells(rows):
    """Cells of bronze rows: GOOD, each with changes. A file is a release, unless `_release` says another."""

    def row(change):
        changed = {**GOOD, **change}
        return {"_release": f"subscribers/{changed['_source_file'].rpartition('/')[2]}", **changed}

    return lambda *changes: subscriber_cells(rows(feeds.SUBSCRIBERS_FEED.table, *[row(change) for change in changes]))
