"""One increment of a source: finds its new files, fixes its columns, stages its rows."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path

from local_runtime.auto_loader.discovery import FoundFile, Listed, list_files
from local_runtime.auto_loader.final_columns import FinalColumns
from local_runtime.auto_loader.formats.text import Rejected, Unread
from local_runtime.auto_loader.header import columns_in_header
from local_runtime.auto_loader.layout import Layout
from local_runtime.auto_loader.options import Options, parse
from local_runtime.auto_loader.reasons import CHANGED_AFTER_LOAD, CHANGED_AFTER_REJECTION
from local_runtime.auto_loader.source import FileSource
from local_runtime.auto_loader.staged_file import StagedFile
from local_runtime.auto_loader.staging import stage_file
from local_runtime.delta.ddl import parse_ddl
from local_runtime.state.file_ledger import UNKNOWN_FILE, FileLedger, FileRecord

PARALLEL_FILES = 2  # files that DuckDB reads at once; it uses one thread for a small one
GZIP_RATIO = 8  # about the bytes of a text to those of its .gz


@dataclass
class Increment:
    """What a source gained: its rows' schema, the staged Parquet files, and what became of each file that was found.

    `columns` are the source's columns, where they are inferred. `is_last`: nothing new is left for another micro-batch.
    `final`: the columns of the table, where the rows are staged with those; then `files` says of which file each is.
    """

    ddl: str
    staged: list[Path] = field(default_factory=list)
    records: list[FileRecord] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)
    is_last: bool = True
    final: FinalColumns | None = None
    files: dict[Path, FoundFile] = field(default_factory=dict)


Fitting = Callable[[Layout, Sequence[FoundFile]], Layout]
"""Fits the layout of a micro-batch of files to what becomes of their rows."""


def as_they_are(layout: Layout, files: Sequence[FoundFile]) -> Layout:
    """Rows are staged as the source has them."""
    return layout


def load_increment(
    source: FileSource,
    columns: Mapping[str, str],
    ledger: FileLedger,
    staging: Path,
    fit: Fitting = as_they_are,
) -> Increment | None:
    """The next micro-batch of `source` since `ledger`; None where nothing became of any file.

    `columns` are those inferred before (empty: none were). Raises LakehouseError where the entire source
    can't be read, e.g. by `failOnNewColumns`.
    """
    options = parse(source)
    files = _find_new_files(source, options, ledger)
    if not files.new and not files.passed_over:
        return None
    batch = _batch(files.new, options)
    layout, rejected = _layout(options, columns, batch)
    layout = fit(layout, batch) if batch else layout
    increment = Increment(layout.ddl, records=list(files.passed_over), columns=layout.inferred, final=layout.final)
    increment.is_last = len(batch) == len(files.new)

    def staged(place: int, file: FoundFile) -> StagedFile | FileRecord:
        try:
            if file.name in rejected:
                raise rejected[file.name]
            return stage_file(file, layout, staging / f"{place:06}.parquet")
        except Rejected as why:
            return _rejection(file, why)

    with ThreadPoolExecutor(PARALLEL_FILES) as pool:
        for outcome in pool.map(staged, range(len(batch)), batch):
            increment.records.append(_loaded(outcome) if isinstance(outcome, StagedFile) else outcome)
            if isinstance(outcome, StagedFile):
                increment.staged += outcome.paths
                increment.files |= dict.fromkeys(outcome.paths, outcome.file)
    return increment


def _batch(files: list[FoundFile], options: Options) -> list[FoundFile]:
    """The files of the next micro-batch: at least one, and as many as its limits allow."""
    total = 0
    for place, file in enumerate(files[: options.max_files]):
        total += file.size * (GZIP_RATIO if file.path.suffix.lower() == ".gz" else 1)
        if place and total > options.max_bytes:
            return files[:place]
    return files[: options.max_files]


def columns_now(source: FileSource, columns: Mapping[str, str], ledger: FileLedger) -> str:
    """The schema that `load` would give now, in DDL; headers are read where no schema is given. Raises as `load`."""
    options = parse(source)
    new = [] if options.schema else _find_new_files(source, options, ledger).new
    return _layout(options, columns, new)[0].ddl


@dataclass
class _NewFiles:
    """New files in the order of their names, and records of known ones that have changed or gone."""

    new: list[FoundFile] = field(default_factory=list)
    passed_over: list[FileRecord] = field(default_factory=list)


def _find_new_files(source: FileSource, options: Options, ledger: FileLedger) -> _NewFiles:
    """What is new in the source's folder. As on Databricks, a name is loaded once, whatever becomes of the file."""
    known, rejected, folder = ledger.identities(), ledger.rejected(), Path(source.path).absolute()
    present: set[str] = set()
    unseen: list[Listed] = []
    for listed in list_files(folder, options.glob):
        if known.get(listed.name) != (listed.size, listed.modified_ns):
            unseen.append(listed)
        if listed.name in rejected:
            present.add(listed.name)
        if listed.name.endswith("/"):  # what is in it can't be seen
            present.update(name for name in rejected if name.startswith(listed.name))
    files = [
        FoundFile(e.name, folder / e.name, e.size, e.modified_ns, e.problem) for e in sorted(unseen, key=itemgetter(0))
    ]
    new_files = _NewFiles([file for file in files if file.name not in known])
    _add_known_files([file for file in files if file.name in known], ledger, new_files)
    gone = [record for name, record in rejected.items() if name not in present]
    new_files.passed_over += [FileRecord(r.name, "gone", r.size, r.modified_ns, r.sha256) for r in gone]
    return new_files


def _add_known_files(files: list[FoundFile], ledger: FileLedger, new_files: _NewFiles) -> None:
    """Adds known files that couldn't be read before and can be now, and records of changed ones."""
    if not files:
        return
    records = list(ledger.records())
    newest = {record.name: record for record in records}
    read = {record.name: record for record in records if record.sha256 and record.state != "gone"}
    loaded = {record.name: record for record in records if record.state == "loaded"}
    for file in files:
        last = newest[file.name]
        try:
            content = file.sha256()
        except Unread as why:
            if (last.state, last.reason) != ("rejected", why.reason):
                new_files.passed_over.append(_rejection(file, why))
            continue
        before = read.get(file.name)
        if before is None:
            new_files.new.append(file)
        elif content != before.sha256:
            new_files.passed_over.append(_changed_record(file, content, loaded.get(file.name)))
        elif last is not before:
            new_files.passed_over.append(replace(before, size=file.size, modified_ns=file.modified_ns))


def _changed_record(file: FoundFile, content: str, loaded: FileRecord | None) -> FileRecord:
    """The record of a known file that has other content than before: a rejection, unless it is what was loaded."""
    if loaded is not None and content == loaded.sha256:
        return replace(loaded, size=file.size, modified_ns=file.modified_ns)
    if loaded is not None:
        reason, what = CHANGED_AFTER_LOAD, "it was loaded before and has other content now: landed files are immutable"
        todo = "land the new content under a new name, and put the old content back or take the file away"
    else:
        reason, what = (
            CHANGED_AFTER_REJECTION,
            "it was rejected before, and each file name is loaded once, as in Auto Loader",
        )
        todo = "land the corrected file under a new name"
    message = f"{what}; {todo}"
    return FileRecord(file.name, "rejected", file.size, file.modified_ns, content, reason=reason, message=message)


def _loaded(staged: StagedFile) -> FileRecord:
    file = staged.file
    return FileRecord(
        file.name, "loaded", file.size, file.modified_ns, staged.sha256, rows=staged.rows, message=staged.remark
    )


def _rejection(file: FoundFile, why: Rejected) -> FileRecord:
    """The record of a file that isn't loaded; an unread file has no identity, so the next run tries it again."""
    size, modified_ns, content = *UNKNOWN_FILE, ""
    if not isinstance(why, Unread):
        try:
            content, size, modified_ns = file.sha256(), file.size, file.modified_ns
        except Unread as unread:
            why = unread
    return FileRecord(file.name, "rejected", size, modified_ns, content, reason=why.reason, message=str(why))


def _layout(options: Options, known: Mapping[str, str], files: list[FoundFile]) -> tuple[Layout, dict[str, Rejected]]:
    """The columns to stage, and the files whose headers can't be read. Raises as `Layout`."""
    if options.schema:
        return Layout(parse_ddl(options.schema).types, options), {}
    headers: list[list[str]] = []
    rejected: dict[str, Rejected] = {}
    for file in files:
        try:
            headers.append(columns_in_header(file, options))
        except Rejected as why:
            rejected[file.name] = why
    return Layout(known, options).evolved(headers), rejected
