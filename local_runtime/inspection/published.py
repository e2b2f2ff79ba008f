"""Which version of each table a query reads: gold as it is published, every other table as it is now."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from local_runtime.counts import counted, is_or_are
from local_runtime.delta.actions import TableSnapshot
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.lake import DEFAULT_SCHEMA, EVENT_LOG, Lake
from local_runtime.delta.time_travel import readable_snapshot
from local_runtime.errors import LakehouseError
from local_runtime.inspection.read_only import LATEST, NEWEST
from local_runtime.inspection.sql_text import Named
from local_runtime.state.publications import Publication, newest_publication, publication_of, publications

PUBLISHED_SCHEMA = DEFAULT_SCHEMA
"""The schema that readers outside the pipelines see."""
LEAST_OF_UPDATE = 4  # characters of an update's id
NAMED_AT_MOST = 3  # tables in a note
MOST_DIGITS = 18  # of a publication's number
SHOWN_OF_NAME = 40  # characters of a name that is unknown


def publication_read(lake: Lake, asked: str) -> Publication | None:
    """The publication that gold is read by; None where gold is read as it is now.

    `asked` is LATEST, NEWEST, a publication's name (p3), or an update's id or the beginning of one. Raises
    LakehouseError where there is no such publication, several, or its record is damaged.
    """
    if asked == LATEST:
        return None
    if asked == NEWEST:
        return newest_publication(lake)
    number = asked.lower().removeprefix("p")
    if number.isdecimal() and len(number) <= MOST_DIGITS and (publication := publication_of(lake, int(number))):
        return publication
    kept = publications(lake)
    matches = [one for one in kept if len(asked) >= LEAST_OF_UPDATE and one.update_id.startswith(asked.lower())]
    if len(matches) > 1:
        raise LakehouseError(f"Several publications are of updates {asked}…: {_named(matches)}. Name one of them.")
    if not matches:
        raise LakehouseError(_unknown(asked, kept))
    return matches[0]


@dataclass(frozen=True)
class PublishedTables:
    """The tables of a lake as a query reads them: gold by `publication`, or all of them as they are now without one.

    `latest` is what to type to read gold as it is now.
    """

    lake: Lake
    publication: Publication | None
    latest: str

    def snapshot_of(self, named: Named) -> TableSnapshot:
        """The table of the lake that a query names, at the version to read.

        Raises LakehouseError where that can't be read any more, and where a publication that the query names doesn't
        exist or lacks the table.
        """
        table, publication = f"{named.schema}.{named.table}", self.publication
        if named.publication is not None:
            publication = publication_of(self.lake, named.publication)
            if publication is None:
                raise LakehouseError(_unknown(f"p{named.publication}", publications(self.lake)))
            if table not in publication.versions:
                raise LakehouseError(f"{table}@{publication.name}: this publication has no such table.")
        elif named.has_version or not _is_published(named) or publication is None or table not in publication.versions:
            publication = None
        snapshot = self._snapshot(table, named.version, publication)
        assert snapshot is not None
        return snapshot

    def _snapshot(self, table: str, version: int | None, publication: Publication | None) -> TableSnapshot | None:
        log = self.lake.log(table)
        if publication is None:
            return readable_snapshot(log, table, version)
        of_publication = f"It is part of what {publication.name} published; {self.latest} reads gold as it is now."
        version, details = publication.versions[table], log.details()
        if details is None or details.metadata["id"] != publication.table_ids[table]:
            raise LakehouseError(f"{table} was built again since {publication.name} was published. {of_publication}")
        try:
            return readable_snapshot(log, table, None if version == details.version else version)
        except LakehouseError as error:
            raise LakehouseError(f"{error} {of_publication}") from None

    def note(self, named: Iterable[Named]) -> str | None:
        """One line on what of the named tables isn't one published state; None where all that is read is one."""
        if self.publication is None:
            return None
        plain = {f"{name.schema}.{name.table}": name for name in named if not name.has_version}
        ahead = {table for table in tables_ahead(self.lake, self.publication, plain)}
        gold = {table for table, name in plain.items() if _is_published(name) and name.table != EVENT_LOG}
        return " ".join(self._sentences(sorted(ahead & gold), sorted(ahead - gold), gold)) or None

    def _sentences(self, waiting: list[str], newer: list[str], gold: set[str]) -> Iterator[str]:
        assert self.publication is not None
        unpublished = sorted(gold - self.publication.versions.keys())
        if waiting:
            yield f"Gold is read as {described(self.publication)}; newer commits wait: {self.latest} reads them."
        if newer:
            of = "" if waiting else f", {described(self.publication)}"
            yield f"{_listed(newer)} {is_or_are(len(newer))} read as now, newer than the gold that is published{of}."
        if unpublished:
            yield f"{_listed(unpublished)} {is_or_are(len(unpublished))} read as now: not published yet."


def tables_ahead(lake: Lake, publication: Publication, tables: Collection[str] | None = None) -> list[str]:
    """The published tables (of `tables`, None: all) that have commits which the publication doesn't name."""
    names = publication.versions.keys() if tables is None else publication.versions.keys() & {*tables}
    return [name for name in sorted(names) if _is_ahead(lake.log(name), publication, name)]


def _is_ahead(log: DeltaLog, publication: Publication, table: str) -> bool:
    details = log.details()
    newest = None if details is None else (details.metadata["id"], details.version)
    return newest not in (None, (publication.table_ids[table], publication.versions[table]))


def _is_published(named: Named) -> bool:
    return named.schema == PUBLISHED_SCHEMA


def described(publication: Publication) -> str:
    """When it was published, by which update, and its name: what a message says of it."""
    when = f"{publication.published_at:%Y-%m-%d %H:%M} UTC"
    return f"published {when} by update {publication.update_id[:8]} ({publication.name})"


def publications_text(lake: Lake) -> str:
    """A line for each publication that is kept, oldest first; the last one is served."""
    lines = [f"{one.name:<6} {described(one)}" for one in publications(lake)]
    return "\n".join(lines) or "Nothing is published yet: gold is read as it is now."


def _listed(tables: list[str]) -> str:
    more = len(tables) - NAMED_AT_MOST
    return ", ".join(tables[:NAMED_AT_MOST]) + (f" and {counted(more, 'more table')}" if more > 0 else "")


def _named(of: Iterable[Publication]) -> str:
    return ", ".join(one.name for one in of)


def _unknown(asked: str, kept: list[Publication]) -> str:
    there_are = f"There are: {_named(kept)} (`./lakehouse status --long`)." if kept else "Nothing is published yet."
    shown = asked if len(asked) <= SHOWN_OF_NAME else f"{asked[:SHOWN_OF_NAME]}…"
    return f"There is no publication {shown}. {there_are}"
