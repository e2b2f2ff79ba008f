"""Measures of the operations page that gold can answer: how new its data are, and what isn't known of them.

Rows per layer, quarantine and runs are in other schemas, which readers of gold needn't be able to read.
"""

from dataclasses import dataclass

FOLDER = "Operations"
DAY_FORMAT = "yyyy-mm-dd"


@dataclass(frozen=True)
class OperationsMeasure:
    """A measure that isn't in the registry."""

    name: str
    description: str
    expression: str
    format: str = "#,0"


def _newest(table: str) -> str:
    return f"MAXX ( '{table}', RELATED ( 'Dates'[Day] ) )"


def _unknown(column: str) -> str:
    return f"CALCULATE ( COUNTROWS ( 'Sessions' ), KEEPFILTERS ( 'Sessions'[{column}] = -1 ) )"


NEWEST_SESSION = OperationsMeasure(
    "Newest day of sessions", "day of the newest session", _newest("Sessions"), DAY_FORMAT
)
NEWEST_EVENT = OperationsMeasure("Newest day of events", "day of the newest event", _newest("Events"), DAY_FORMAT)
NEWEST_MONTH = OperationsMeasure(
    "Newest month of subscriptions",
    "first day of the newest month of a subscription",
    _newest("Subscription Months"),
    DAY_FORMAT,
)
MEASURES = (
    NEWEST_SESSION,
    NEWEST_EVENT,
    NEWEST_MONTH,
    OperationsMeasure("Sessions", "number of sessions", "COUNTROWS ( 'Sessions' )"),
    OperationsMeasure("Sessions of unknown titles", "sessions whose title isn't known", _unknown("title_key")),
    OperationsMeasure(
        "Sessions of unknown subscribers", "sessions whose subscriber isn't known", _unknown("subscriber_key")
    ),
    OperationsMeasure("Sessions on unknown devices", "sessions whose device isn't known", _unknown("device_key")),
    OperationsMeasure("Sessions in unknown countries", "sessions whose country isn't known", _unknown("country_key")),
)
