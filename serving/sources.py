"""What is served: the newest publication of a lake, or the newest versions of a lake that has none."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exports.tables import INTERMEDIATE
from local_runtime.delta.lake import DEFAULT_SCHEMA, Lake
from local_runtime.errors import LakehouseError
from local_runtime.state.last_run import no_lake, run_command
from local_runtime.state.publications import Publication, newest_publication

HISTORY = "silver.titles"
"""The versions of titles: gold has each as it is now."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One version of every table that is served, by `schema.table`.

    `tag` names these versions in ETags, caches and logs. `table_ids` distinguish tables from later ones of the same
    names. `publication` is the id of the publication that has them and `published_at` its time (UTC); both are None
    in a lake without publications.
    """

    tag: str
    versions: Mapping[str, int]
    table_ids: Mapping[str, str] = field(default_factory=dict)
    publication: int | None = None
    published_at: datetime | None = None


def newest_source(lake: Lake) -> Source:
    """What is to be served now.

    Raises LakehouseError where there is no lake, its gold has no tables, or the newest publication's record is damaged.
    """
    publication = newest_publication(lake)
    return _newest_versions(lake) if publication is None else _published(publication, lake)


def _published(publication: Publication, lake: Lake) -> Source:
    served = {name: version for name, version in publication.versions.items() if is_served(name)}
    if not served.keys() - {HISTORY}:
        raise LakehouseError(_nothing_to_serve(lake))
    # A folder that was made again begins at publication 1 again.
    state = (publication.id, publication.published_at, publication.update_id, sorted(publication.table_ids.items()))
    return Source(
        tag=f"{publication.name}-{_digest(served, state)}",
        versions=served,
        table_ids=publication.table_ids,
        publication=publication.id,
        published_at=publication.published_at,
    )


def _newest_versions(lake: Lake) -> Source:
    names = [name for name in lake.tables() if is_served(name)]
    if not {*names} - {HISTORY}:
        raise LakehouseError(_nothing_to_serve(lake))
    versions = {name: version for name in names if (version := lake.log(name).newest_version()) is not None}
    return Source(tag=f"v{_digest(versions)}", versions=versions)


def is_served(name: str) -> bool:
    """Whether a table is loaded: HISTORY, and those of gold, without the event log and intermediate results."""
    schema, _, table = name.partition(".")
    return name == HISTORY or (schema == DEFAULT_SCHEMA and table not in INTERMEDIATE)


def _nothing_to_serve(lake: Lake) -> str:
    if not lake.root.is_dir():
        return no_lake(lake)
    return f"The lake {lake.root} has no tables of {DEFAULT_SCHEMA}: `{run_command(lake)}` makes them."


def _digest(versions: Mapping[str, int], state: object = None) -> str:
    return hashlib.sha256(repr((sorted(versions.items()), state)).encode()).hexdigest()[:12]
