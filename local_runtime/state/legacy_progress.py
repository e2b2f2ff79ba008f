"""Progress of lakes written before version 0.2 (format 1): a JSON text in each commit's userMetadata.

It is spread over the log, so it counts only where the log still goes back to the table's beginning, or to a commit that
rebuilt the table. The first commit of this version writes it anew in the format that lasts (progress.py).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from local_runtime.delta.actions import Entry, TableVersion, rows_in
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.state.file_ledger import FileLedger, FileRecord, Segment
from local_runtime.state.progress import ExpectationResult, FlowProgress, Intake, Metrics, TableProgress, decode_version

Written = Mapping[str, Any]
"""One commit's progress in format 1."""


def legacy_progress(log: DeltaLog, kinds: Mapping[str, str]) -> TableProgress | None:
    """The progress that the table's entries carry in format 1; None where they don't, or not all of it any more.

    `kinds` are the table's flows, and what kind each is, which format 1 doesn't say. Writes the file ledger of flows
    that load files.
    """
    written, whole = _written(log)
    snapshot = log.snapshot()
    # A flow that rewrites its table says all in its newest commit; one that appends says it over all of them.
    if not written or snapshot is None or (not whole and "append" in kinds.values()):
        return None
    names = dict.fromkeys(progress["flow"] for progress in written)
    flows = {name: _flow(log, kinds.get(name, ""), [w for w in written if w["flow"] == name]) for name in names}
    return TableProgress(written[0]["update"], snapshot.version, rows_in(log.path, snapshot), flows)


def _written(log: DeltaLog) -> tuple[list[Written], bool]:
    """What the commits say whose content the table has now, newest first; and whether none is missing."""
    written: list[Written] = []
    for entry in _lineage(log):
        progress = _parsed(entry)
        if progress:
            written.append(progress)
        if entry.version == 0 or progress.get("reset"):
            return written, True
    return written, False


def _parsed(entry: Entry) -> Written:
    try:
        found = json.loads(entry.info.get("userMetadata") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "flow" in found else {}


def _lineage(log: DeltaLog) -> Iterator[Entry]:
    """The entries whose content the table has now, newest first: a RESTORE leads to the version that it restored."""
    there = set(log.versions())
    version = max(there, default=-1)
    while version in there:
        entry = log.entry(version)
        if entry.info.get("operation") == "RESTORE":
            version = int(entry.info["operationParameters"]["version"])
        else:
            yield entry
            version -= 1


def _flow(log: DeltaLog, kind: str, written: list[Written]) -> FlowProgress:
    newest = written[0]
    tables = {name: TableVersion(*at) for name, at in newest.get("tables", {}).items()}
    metrics = newest.get("metrics", {})
    return FlowProgress(
        kind=kind,
        code=newest.get("code", ""),
        intake=Intake(
            tables=tables,
            streams=frozenset(tables) if kind in ("append", "changes") else frozenset(),
            files=_ledger(log, written),
            columns=next((w["columns"] for w in written if w.get("columns")), {}),
            snapshot_version=decode_version(newest["snapshot"]) if "snapshot" in newest else None,
            folder=None,
        ),
        metrics=Metrics(
            metrics.get("rows_in"),
            metrics.get("dropped", 0),
            tuple(ExpectationResult(**result) for result in metrics.get("expectations", [])),
        ),
    )


def _ledger(log: DeltaLog, written: list[Written]) -> tuple[Segment, ...]:
    records: list[FileRecord] = []
    for progress in reversed(written):
        for name, state in progress.get("files", {}).items():
            identity = (state["size"], state["modified_ns"], state["sha256"])
            records.append(FileRecord(name, "loaded", *identity, rows=state.get("rows", 0)))
        for name, state in progress.get("rejected", {}).items():
            identity = (state["size"], state["modified_ns"], state["sha256"])
            records.append(FileRecord(name, "rejected", *identity, reason=state["reason"], message=state["message"]))
    return FileLedger(log.path).add(records)
