"""One increment of a source: finds its new files, fixes its columns, stages its rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_runtime.auto_loader.discovery import FoundFile, list_files
from local_runtime.auto_loader.formats.text import Rejected
from local_runtime.auto_loader.options import Options, parse
from local_runtime.auto_loader.source import FileSource
from local_runtime.auto_loader.staging import Layout, header_of, stage
from local_runtime.errors import LakehouseError
from local_runtime.lake.ddl import parse_ddl
from local_runtime.lake.file_ledger import FileLedger, FileRecord

CHANGED = "changed_after_load"
MENDED = "changed_after_rejection"


@dataclass
class Increment:
    """What a source gained: its rows' schema, the staged Parquet files, and what became of each file that was found.

    `columns` are the source's columns, where they are inferred.
    """

    ddl: str
    staged: list[Path] = field(default_factory=list)
    records: list[FileRecord] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)


def load(source: FileSource, columns: Mapping[str, str], ledger: FileLedger, staging: Path) -> Increment | None:
    """The increment of `source` since `ledger`; None where nothing became of any file.

    `columns` are those that were inferred before (empty: none were). Raises LakehouseError where the source as a whole
    can't be read, e.g. by `failOnNewColumns`.
    """
    options = parse(source)
    found = _found(source, options, ledger)
    if not found.new and not found.passed_over:
        return None
    layout, rejected = _layout(options, columns, found.new)
    increment = Increment(layout.ddl, records=list(found.passed_over), columns=layout.inferred)
    for place, file in enumerate(found.new):
        target = staging / f"{place:06}.parquet"
        reason = rejected.get(file.name)
        try:
            if reason is not None:
                raise reason
            rows = stage(file, layout, target)
        except Rejected as why:
            increment.records.append(_record(file, why))
        else:
            increment.records.append(_record(file, rows=rows))
            increment.staged += [target] if rows else []
    return increment


def columns_now(source: FileSource, columns: Mapping[str, str], ledger: FileLedger) -> str:
    """The schema that `load` would give now, in DDL; headers are read where no schema is given. Raises as `load`."""
    options = parse(source)
    new = [] if options.schema else _found(source, options, ledger).new
    return _layout(options, columns, new)[0].ddl


@dataclass
class _Found:
    """New files in the order of their names, and records of known ones that have changed or gone."""

    new: list[FoundFile] = field(default_factory=list)
    passed_over: list[FileRecord] = field(default_factory=list)


def _found(source: FileSource, options: Options, ledger: FileLedger) -> _Found:
    """What is new in the source's folder. As on Databricks, a name is loaded once, whatever becomes of the file."""
    known, folder = ledger.identities(), Path(source.path).absolute()
    listed = list_files(folder, options.glob)
    news = sorted((name, size, modified) for name, size, modified in listed if known.get(name) != (size, modified))
    files = [FoundFile(name, folder / name, size, modified) for name, size, modified in news]
    found = _Found([file for file in files if file.name not in known])
    found.passed_over += _changed([file for file in files if file.name in known], ledger)
    found.passed_over += _gone(folder, ledger)
    return found


def _changed(files: list[FoundFile], ledger: FileLedger) -> Iterator[FileRecord]:
    """Records of known files that have other content now; one that was only touched, or put back, is no news."""
    if not files:
        return
    records = list(ledger.records())
    newest = {record.name: record for record in records}
    loaded = {record.name: record for record in records if record.state == "loaded"}
    rejected = {record.name: record for record in records if record.state == "rejected"}
    for file in files:
        before, content = newest[file.name], file.sha256()
        if content == before.sha256 and before.state == "gone":
            yield _record(file, Rejected(rejected[file.name].reason, rejected[file.name].message))
        if content == before.sha256:
            continue
        if file.name in loaded and content == loaded[file.name].sha256:
            yield _record(file, rows=loaded[file.name].rows)
        elif file.name in loaded:
            message = "it was loaded before and has other content now: landed files are immutable"
            yield _record(file, Rejected(CHANGED, f"{message}; land the new content under a new name"))
        else:
            message = "it was rejected before, and a file is looked at once, as Auto Loader does"
            yield _record(file, Rejected(MENDED, f"{message}; land the mended file under a new name"))


def _gone(folder: Path, ledger: FileLedger) -> Iterator[FileRecord]:
    """Records of rejected files that were taken away."""
    for name, record in ledger.rejected().items():
        if not (folder / name).exists():
            yield FileRecord(name, "gone", record.size, record.modified_ns, record.sha256)


def _record(file: FoundFile, why: Rejected | None = None, rows: int = 0) -> FileRecord:
    identity = (file.size, file.modified_ns, file.sha256())
    if why is None:
        return FileRecord(file.name, "loaded", *identity, rows=rows)
    return FileRecord(file.name, "rejected", *identity, reason=why.reason, message=str(why))


def _layout(options: Options, known: Mapping[str, str], files: list[FoundFile]) -> tuple[Layout, dict[str, Rejected]]:
    """The columns to stage, by Auto Loader's rules of inference and evolution; and files with headers it can't read."""
    if options.schema:
        return Layout(parse_ddl(options.schema).types, options), {}
    found: dict[str, str] = {}
    rejected: dict[str, Rejected] = {}
    for file in files:
        try:
            found |= {name: "string" for name in header_of(file, options)}
        except Rejected as reason:
            rejected[file.name] = reason
    columns = dict(known) or {**found, **(parse_ddl(options.hints).types if options.hints else {})}
    new = {name: data_type for name, data_type in found.items() if name not in columns}
    if new and options.evolution == "failOnNewColumns":
        raise LakehouseError(
            f"New columns {', '.join(new)}, and cloudFiles.schemaEvolutionMode is failOnNewColumns: "
            "add them to the schema hints, or remove the file that has them."
        )
    return Layout({**columns, **new} if options.evolution == "addNewColumns" else columns, options), rejected
