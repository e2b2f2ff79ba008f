"""Properties by which a table's declaration says what part the table plays in the reports on a run and a lake.

They are given as `table_properties={…}` of `dp.table`, `dp.materialized_view` or `dp.create_streaming_table` and stored
in the Delta table. Databricks stores them too, and ignores them.

    lakehouse.role            quarantine   rows that fail rules, with the columns failed_rules and _source_file
                              releases     what became of each release: RELEASE_COLUMNS in inspection/releases.py
                              verdicts     whether history applies a release: VERDICT_COLUMNS in inspection/verdicts.py
                              deliveries   what a feed of events delivered: DELIVERY_COLUMNS in inspection/deliveries.py
                              flawed_files files that need attention: FLAWED_FILE_COLUMNS in inspection/flawed_files.py
    lakehouse.quarantine_of   the table whose rows a quarantine holds
    lakehouse.shows_values    `yes`: a quarantine without personal data, whose values reports may show
    lakehouse.drops_rows      `never`: a row that the table's rules drop needs attention
    lakehouse.example         the rest of a query `FROM table …` to suggest after a run: `ORDER BY n DESC LIMIT 5`
"""

from collections.abc import Mapping
from enum import StrEnum

from local_runtime.delta.lake import Lake
from local_runtime.delta.time_travel import readable_snapshot

PROPERTY_PREFIX = "lakehouse."
ROLE, QUARANTINE_OF, EXAMPLE = "lakehouse.role", "lakehouse.quarantine_of", "lakehouse.example"
SHOWS_VALUES, YES = "lakehouse.shows_values", "yes"
DROPS_ROWS, NEVER = "lakehouse.drops_rows", "never"


class Role(StrEnum):
    """The part of a table in reports."""

    QUARANTINE = "quarantine"
    RELEASES = "releases"
    VERDICTS = "verdicts"
    DELIVERIES = "deliveries"
    FLAWED_FILES = "flawed_files"


def role_of(properties: Mapping[str, str]) -> Role | None:
    """The role of a table; None where it has none, or one that nothing here knows."""
    role = properties.get(ROLE)
    return next((known for known in Role if known == role), None)


def role_in(lake: Lake, table: str) -> Role | None:
    """The role that a table of a lake has declared."""
    snapshot = readable_snapshot(lake.log(table), table, None)
    return role_of(snapshot.metadata.get("configuration") or {}) if snapshot else None


def tables_of(lake: Lake, role: Role) -> list[str]:
    """The tables of a lake that have declared a role."""
    return [name for name in lake.tables() if role_in(lake, name) is role]


def quarantined_table(table: str, properties: Mapping[str, str]) -> str:
    """The table, with its schema, whose rows the quarantine `table` holds; itself where it names none."""
    named = properties.get(QUARANTINE_OF, table)
    return named if "." in named else f"{table.partition('.')[0]}.{named}"
