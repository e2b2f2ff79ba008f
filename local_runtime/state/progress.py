"""How far each flow of a table has come in its sources, carried by the table itself.

It is the table property `lakehouse.progress`, in the metaData action of the very commit that wrote the rows. So rows
and progress can't disagree; a checkpoint keeps it when log entries are deleted; OPTIMIZE and VACUUM pass over it; a
RESTORE takes it back with the rows. Nothing else in the code knows the keys of its JSON form, which is (format 2):

    {"format": 2,
     "update": "9f…",                       the update that wrote the commit
     "version": 12,                         the version of that commit
     "rows": 8807,                          rows in the table after it
     "previous": [11, 8790],                the same of the runtime's commit before it
    "changed": 9,                          the version that changed its rows last, where that is an older one
     "flows": {"orders": {                  for every flow of the table:
        "kind": "append",                   append, view, changes or snapshots
        "code": "4e…",                      hash of the code that defines the table
        "tables": {"bronze.orders": ["id", 3]},        source tables, at the versions that were taken in
        "streams": ["bronze.orders"],       those of them that are read as streams
        "folder": ["${lakehouse.landing}/orders"],     names of the folder that its files come from; [] for none
        "history": "SCD 2 by title_key",    what AUTO CDC keeps
        "refresh": "MAINTENANCE_TYPE_…: …", how a materialized view was refreshed, and why
        "files": [["c0ffee….parquet", 120]],           the ledger's segments (file_ledger.py), and their records
        "columns": {"id": "string"},        Auto Loader's inferred columns
        "snapshot": ["datetime", "2021-09-25T00:00:00"],   version of the last snapshot that was applied
        "applied": [["datetime", "2021-…"], …],            versions of all of them, where a function gives snapshots
        "metrics": {"rows_in": 10, "dropped": 1, "expectations": [{"name": …, "failed_records": 1, …}]}}}}

Empty parts are left out. A newer format is refused, and so are lakes of versions 0.1 (format 1, in commits'
userMetadata) and 0.2 (flows without a folder).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from local_runtime.delta.actions import LogAction, TableSnapshot, TableVersion
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.lake import Lake
from local_runtime.errors import CorruptTableError, LakehouseError
from local_runtime.state.file_ledger import Segment
from local_runtime.state.last_run import run_command

PROPERTY = "lakehouse.progress"
FORMAT = 2

SnapshotVersion = int | str | float | bytes | date | Decimal
"""What AUTO CDC takes as a snapshot's version; a datetime is a date too."""


@dataclass(frozen=True)
class ExpectationResult:
    """What became of one rule; the names are those of Databricks' event log."""

    name: str
    dataset: str
    action: str
    passed_records: int
    failed_records: int


@dataclass(frozen=True)
class Metrics:
    """Rows that a flow produced (None: as many as it wrote), rows that its rules dropped, and what each rule did."""

    rows_in: int | None = None
    dropped: int = 0
    expectations: tuple[ExpectationResult, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What a flow has taken in by its last commit: how far it has come in each of its sources.

    `tables` are its source tables, `streams` those of them that it reads as streams. `files` are the segments of its
    file ledger, `columns` the inferred columns of these files, `folder` the names of their folder (empty: it reads no
    files). `snapshot_version` is the version of the last snapshot that was applied, `applied` are those of all that a
    function gave (empty: not known, as in progress that an older version of this program wrote).
    """

    tables: Mapping[str, TableVersion] = field(default_factory=dict)
    streams: frozenset[str] = frozenset()
    files: tuple[Segment, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    snapshot_version: SnapshotVersion | None = None
    applied: tuple[SnapshotVersion, ...] = ()
    folder: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FlowProgress:
    """How far one flow has come, and how its last commit was made: `code` is the hash of the code that defines it.

    `way` says how rows of files reached the table: as they were staged, or through the engine, and why.
    """

    kind: str
    code: str
    intake: Intake = Intake()
    metrics: Metrics = Metrics()
    history: str = ""
    refresh: str = ""
    way: str = ""


@dataclass(frozen=True)
class Previous:
    """The runtime's commit before the one that carries this, and the table's rows after it."""

    version: int
    rows: int


@dataclass(frozen=True)
class TableProgress:
    """How far all flows of a table have come, at the commit of `version`, after which it had `rows` rows.

    `unchanged_since` is the version whose rows these still are, where that commit changed none.
    """

    update: str
    version: int
    rows: int
    flows: Mapping[str, FlowProgress]
    previous: Previous | None = None
    unchanged_since: int | None = None

    @property
    def changed(self) -> int:
        """The version that changed the table's rows last."""
        return self.version if self.unchanged_since is None else self.unchanged_since

    def with_flow(self, name: str, flow: FlowProgress) -> "TableProgress":
        """The same with another progress of one flow."""
        return replace(self, flows={**self.flows, name: flow})

    def to_json(self) -> str:
        """The property's text."""
        flows = {name: _flow_to_json(flow) for name, flow in self.flows.items()}
        document = {"format": FORMAT, "update": self.update, "version": self.version, "rows": self.rows, "flows": flows}
        if self.previous:
            document["previous"] = [self.previous.version, self.previous.rows]
        if self.unchanged_since is not None:
            document["changed"] = self.unchanged_since
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    @lru_cache(500)  # an update asks for that of each table several times; nobody changes it
    def from_json(cls, text: str) -> "TableProgress":
        """The progress that `to_json` wrote.

        Raises OutdatedError for progress of version 0.1 or 0.2, LakehouseError for a newer format, and ValueError,
        KeyError or TypeError for what isn't progress.
        """
        document = json.loads(text)
        if any("folder" not in flow for flow in document["flows"].values()):
            raise OutdatedError
        if document["format"] > FORMAT:
            raise LakehouseError(f"it was written by a newer version of this program (format {document['format']})")
        flows = {name: _flow_from_json(flow) for name, flow in document["flows"].items()}
        previous = Previous(*document["previous"]) if "previous" in document else None
        return cls(document["update"], document["version"], document["rows"], flows, previous, document.get("changed"))


class OutdatedError(Exception):
    """Progress as version 0.1 or 0.2 wrote it."""


def outdated(table: Path) -> CorruptTableError:
    """The error for a table of a lake that version 0.1 or 0.2 wrote."""
    lake = Lake(table.parent.parent)
    command = run_command(lake, lake_folder="NEW_FOLDER")
    return CorruptTableError(
        f"The lake {lake.root} was written by version 0.1 or 0.2 of this program, which this version can't continue: "
        f"build it again from its landing folder, in a new folder: `{command}`."
    )


def progress_of(log: DeltaLog, details: TableSnapshot | None = None) -> TableProgress | None:
    """The progress that the table carries; None without progress or without a table.

    `details` spares a second look where the caller has it. Raises CorruptTableError where it can't be read.
    """
    details = log.details() if details is None else details
    return None if details is None else progress_in(log.path, details.metadata)


def progress_in(table: Path, metadata: LogAction) -> TableProgress | None:
    """The progress in a metaData action of the table; None where it has none. Raises as `progress_of`."""
    text = (metadata.get("configuration") or {}).get(PROPERTY)
    if text is None:
        return None
    try:
        return TableProgress.from_json(text)
    except OutdatedError:
        raise outdated(table) from None
    except (ValueError, KeyError, TypeError, IndexError, LakehouseError) as error:
        raise CorruptTableError(
            f"Table {table}: its property {PROPERTY} can't be read ({error}), so what it has taken in is unknown. "
            "Restore the table to a version before it was changed, use the version of this program that wrote it, or "
            "refresh the table in full."
        ) from None


def _flow_to_json(flow: FlowProgress) -> dict[str, Any]:
    intake, version = flow.intake, flow.intake.snapshot_version
    metrics = {"rows_in": flow.metrics.rows_in, "dropped": flow.metrics.dropped}
    parts: dict[str, Any] = {
        "kind": flow.kind,
        "code": flow.code,
        "tables": {name: [at.table_id, at.version] for name, at in intake.tables.items()},
        "streams": sorted(intake.streams),
        "files": [[segment.name, segment.records] for segment in intake.files],
        "columns": dict(intake.columns),
        "snapshot": None if version is None else encode_version(version),
        "applied": [encode_version(applied) for applied in intake.applied],
        "metrics": {**metrics, "expectations": [vars(result) for result in flow.metrics.expectations]},
        "history": flow.history or None,
        "refresh": flow.refresh or None,
        "way": flow.way or None,
    }
    present = {key: value for key, value in parts.items() if value not in (None, {}, [])}
    return {**present, "folder": list(intake.folder)}


def _flow_from_json(flow: Mapping[str, Any]) -> FlowProgress:
    metrics = flow.get("metrics", {})
    results = tuple(ExpectationResult(**result) for result in metrics.get("expectations", []))
    intake = Intake(
        tables={name: TableVersion(*at) for name, at in flow.get("tables", {}).items()},
        streams=frozenset(flow.get("streams", [])),
        files=tuple(Segment(name, records) for name, records in flow.get("files", [])),
        columns=flow.get("columns", {}),
        snapshot_version=None if "snapshot" not in flow else decode_version(flow["snapshot"]),
        applied=tuple(map(decode_version, flow.get("applied", []))),
        folder=tuple(flow["folder"]),
    )
    return FlowProgress(
        kind=flow["kind"],
        code=flow["code"],
        intake=intake,
        metrics=Metrics(metrics.get("rows_in"), metrics.get("dropped", 0), results),
        history=flow.get("history", ""),
        refresh=flow.get("refresh", ""),
        way=flow.get("way", ""),
    )


def plain_version(version: Any) -> SnapshotVersion:
    """A snapshot's version as a plain type: a pandas.Timestamp as a datetime, a numpy.float64 as a float.

    Raises LakehouseError for a type that AUTO CDC doesn't take, and for a value that the plain type doesn't hold
    (nanoseconds; NaN and NaT, which nothing is equal to).
    """
    plain: SnapshotVersion | None = None
    if isinstance(version, datetime):
        parts = (version.year, version.month, version.day, version.hour, version.minute, version.second)
        is_a_time = version == version  # pandas.NaT is a datetime too
        plain = datetime(*parts, version.microsecond, version.tzinfo) if is_a_time else None
    elif isinstance(version, date):
        plain = date(version.year, version.month, version.day)
    elif not isinstance(version, bool):
        kinds = [kind for kind in (int, float, str, bytes, Decimal) if isinstance(version, kind)]
        plain = kinds[0](version) if kinds else None
    if plain is None or plain != version:
        raise LakehouseError(
            f"A snapshot's version is {version!r} ({type(version).__name__}): AUTO CDC takes numbers, texts, bytes, "
            "dates, and timestamps to the microsecond."
        )
    return plain


def encode_version(version: SnapshotVersion) -> list[Any]:
    """A snapshot's version (a plain one) as JSON: its type's name, and its text or number."""
    match version:
        case date():
            return [type(version).__name__, version.isoformat()]
        case bytes():
            return ["bytes", version.hex()]
        case Decimal():
            return ["Decimal", str(version)]
        case _:
            return [type(version).__name__, version]


def decode_version(encoded: Sequence[Any]) -> SnapshotVersion:
    """The version that `encode_version` made of it."""
    kind, value = encoded
    decoders: Mapping[str, Any] = {
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "bytes": bytes.fromhex,
        "Decimal": Decimal,
    }
    decoded: SnapshotVersion = decoders.get(kind, lambda plain: plain)(value)
    return decoded
