"""Published states: which versions of the lake's tables belong together, recorded at the end of a complete update.

Tables of an update commit one after another, so readers of the newest versions may see two updates at once. A record
names one version of every table; it is a file, `<lake>/_publications/<number>.json`, which is written atomically.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from local_runtime.delta.lake import Lake
from local_runtime.delta.new_files import unfinished_files, write_new_file
from local_runtime.errors import LakehouseError

FOLDER = "_publications"
DIGITS = 20


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One published state: its number, the update that made it, when (UTC), and the version of every table.

    Tables are schema.table. `table_ids` distinguish a table from a later one of the same name, whose versions begin
    again.
    """

    id: int
    update_id: str
    published_at: datetime
    versions: Mapping[str, int]
    table_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called in queries and messages: p3."""
        return f"p{self.id}"

    def has_state_of(self, other: "Publication") -> bool:
        """Whether both name the same versions of the same tables."""
        return (self.versions, self.table_ids) == (other.versions, other.table_ids)


def newest_publication(lake: Lake) -> Publication | None:
    """The newest publication; None where nothing was published. Raises LakehouseError where its record is damaged."""
    records = _records(lake)
    return _read(records[max(records)]) if records else None


def publications(lake: Lake) -> list[Publication]:
    """Every publication that is kept, oldest first. Raises LakehouseError where a record is damaged."""
    return [_read(path) for path in _records(lake).values()]


def publication_of(lake: Lake, number: int) -> Publication | None:
    """The publication of this number; None where it isn't kept. Raises LakehouseError where its record is damaged."""
    path = _records(lake).get(number)
    return _read(path) if path else None


def publish(lake: Lake, update_id: str, tables: Iterable[str]) -> Publication | None:
    """Publishes the newest versions of the tables; the caller holds the lake's lock.

    None, and no record, where one of the tables isn't there, and where the newest publication names the same versions.
    A damaged record stays beside the new one. Raises LakehouseError where the record can't be written: the publication
    before it stays the newest.
    """
    folder, records = lake.root / FOLDER, _records(lake)
    details = {name: lake.log(name).details() for name in sorted(tables)}
    if None in details.values():
        return None
    publication = Publication(
        id=max(records, default=0) + 1,
        update_id=update_id,
        published_at=datetime.now(UTC),
        versions={name: table.version for name, table in details.items() if table},
        table_ids={name: table.metadata["id"] for name, table in details.items() if table},
    )
    if records:
        try:
            if _read(records[max(records)]).has_state_of(publication):
                return None
        except LakehouseError:
            pass  # A new record takes the place of a damaged one.
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in unfinished_files(folder):
            left.unlink()
        write_new_file(folder / f"{publication.id:0{DIGITS}}.json", _text(publication))
    except OSError as error:
        raise LakehouseError(
            f"The update is complete, but it can't be published: {folder} can't be written ({error.strerror}). Readers "
            "go on with the publication before it. When that is fixed, run again."
        ) from None
    return publication


def delete_older(lake: Lake, number: int) -> tuple[list[Publication], list[Path]]:
    """Deletes the records of all but the newest publications, of which `number` (at least 1) are kept.

    Returns the publications that are kept, oldest first, and the files that were deleted. The caller holds the lake's
    lock. Raises LakehouseError, and deletes nothing, where one that is kept is damaged.
    """
    paths = [*_records(lake).values()]
    kept = [_read(path) for path in paths[-number:]]
    for path in paths[:-number]:
        path.unlink()
    return kept, paths[:-number]


def _records(lake: Lake) -> dict[int, Path]:
    """The files of the records by number, oldest first."""
    files = (path for path in (lake.root / FOLDER).glob("*.json") if path.stem.isdigit() and len(path.stem) == DIGITS)
    return {int(path.stem): path for path in sorted(files)}


def _text(publication: Publication) -> str:
    tables = {
        name: {"version": version, "id": publication.table_ids[name]} for name, version in publication.versions.items()
    }
    record = {
        "format": 1,
        "id": publication.id,
        "update_id": publication.update_id,
        "published_at": publication.published_at.isoformat(),
        "tables": tables,
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _read(path: Path) -> Publication:
    """The publication of a record. Raises LakehouseError where it is damaged."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        publication = Publication(
            id=int(record["id"]),
            update_id=str(record["update_id"]),
            published_at=datetime.fromisoformat(record["published_at"]).astimezone(UTC),
            versions={name: int(table["version"]) for name, table in record["tables"].items()},
            table_ids={name: str(table["id"]) for name, table in record["tables"].items()},
        )
        if publication.id != int(path.stem):
            raise ValueError(f"it is the record of publication {publication.id}")
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise LakehouseError(
            f"The record of a publication is damaged: {path} ({type(error).__name__}: {error}). No other state is "
            "served in its place. Delete it: the newest record that is left is served. `./lakehouse run` publishes "
            "what the lake has now, and `./lakehouse sql --latest` reads that without a publication."
        ) from None
    return publication
