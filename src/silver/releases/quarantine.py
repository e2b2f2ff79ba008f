"""Quarantine tables: the bronze rows that failed a rule, and the names of the rules."""

from collections.abc import Iterable

from bronze.feeds import Feed
from bronze.provenance import SHOWN_FILE, SOURCE_FILE
from common.pseudonyms import ROW_HASH
from common.rules import FAILED_RULES
from common.specifications import ColumnSpec, TableSpec


def quarantine_table(feed: Feed) -> TableSpec:
    """The quarantine of a feed without personal data: unchanged rows."""
    return TableSpec(
        name=f"{feed.name}_quarantine",
        comment="One row per bronze row that failed a rule: the unchanged row and the names of the rules.",
        columns=(*feed.table.columns, FAILED_RULES),
        properties={**_properties(feed), "lakehouse.shows_values": "yes"},
    )


def personal_quarantine_table(feed: Feed, columns: Iterable[ColumnSpec]) -> TableSpec:
    """The quarantine of a feed with personal data: typed columns without these, and how the row is found in bronze."""
    return TableSpec(
        name=f"{feed.name}_quarantine",
        comment="One row per bronze row that failed a rule: what could be read, without personal data, and the rules.",
        columns=(
            *columns,
            FAILED_RULES,
            ROW_HASH,
            ColumnSpec(SOURCE_FILE, "STRING", SHOWN_FILE.comment),
        ),
        properties=_properties(feed),
    )


def _properties(feed: Feed) -> dict[str, str]:
    """What reports on a lake know a quarantine by."""
    return {"lakehouse.role": "quarantine", "lakehouse.quarantine_of": feed.name}
