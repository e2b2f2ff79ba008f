"""One increment of a source: finds its new files, fixes its columns, stages its rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_runtime.auto_loader.discovery import CHANGED, Ledger, SourceFile, find_new
from local_runtime.auto_loader.options import Options, parse
from local_runtime.auto_loader.staging import Layout, header_of, stage
from local_runtime.auto_loader.text import Rejected
from local_runtime.errors import LakehouseError
from local_runtime.session import FileSource


@dataclass
class Increment:
    """What a source gained: its rows' schema, the staged Parquet files, and what became of each new file."""

    ddl: str
    staged: list[Path] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    rejected: dict[str, dict[str, Any]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def progress(self) -> dict[str, Any]:
        """What the commit that writes the increment must carry."""
        return {"files": self.files, "rejected": self.rejected, "columns": self.columns}

    @property
    def is_empty(self) -> bool:
        """Whether no file is new."""
        return not self.files and not self.rejected


def load(source: FileSource, commits: Iterable[Mapping[str, Any]], staging: Path) -> Increment:
    """The increment of `source` after a flow's `commits` (its progress entries, newest first).

    Raises LakehouseError where the source as a whole can't be read, e.g. by `failOnNewColumns`.
    """
    increment, layout, files = _found(source, list(commits))
    for place, file in enumerate(files):
        target = staging / f"{place:06}.parquet"
        try:
            rows = stage(file, layout, target)
        except Rejected as reason:
            increment.rejected[file.name] = _rejection(file, reason)
        else:
            increment.files[file.name] = {**file.identity, "rows": rows}
            increment.staged += [target] if rows else []
    return increment


def columns_now(source: FileSource, commits: Iterable[Mapping[str, Any]]) -> str:
    """The schema that `load` would give now, in DDL; headers are read where no schema is given. Raises as `load`."""
    options = parse(source)
    if options.columns is not None:
        return Layout(options.columns, options).ddl
    return _found(source, list(commits))[0].ddl


def _found(source: FileSource, commits: list[Mapping[str, Any]]) -> tuple[Increment, Layout, list[SourceFile]]:
    """The increment before any row is read, its layout, and the files whose rows it will have."""
    options = parse(source)
    ledger = Ledger.of(commits)
    known = next((progress["columns"] for progress in commits if progress.get("columns")), None)
    rejected: dict[str, dict[str, Any]] = {}
    files, duplicates = _without_duplicates(find_new(Path(source.path), options.glob, ledger), ledger, rejected)
    layout = Layout(_columns(options, known, files, rejected), options)
    increment = Increment(layout.ddl, files=duplicates, rejected=rejected, columns=dict(layout.columns))
    return increment, layout, [file for file in files if file.name not in rejected]


def _rejection(file: SourceFile, reason: Rejected) -> dict[str, Any]:
    return {**file.identity, "reason": reason.reason, "message": str(reason)}


def _without_duplicates(
    found: Iterable[SourceFile], ledger: Ledger, rejected: dict[str, dict[str, Any]]
) -> tuple[list[SourceFile], dict[str, dict[str, Any]]]:
    """The files to load, and those whose content is loaded already under another name; changed ones are rejected."""
    content = {state["sha256"]: name for name, state in ledger.loaded.items() if "duplicate_of" not in state}
    files: list[SourceFile] = []
    duplicates: dict[str, dict[str, Any]] = {}
    for file in found:
        if file.name in ledger.loaded:
            message = (
                "it was loaded before and has other content now; landed files are immutable: land it under a new name"
            )
            rejected[file.name] = _rejection(file, Rejected(CHANGED, message))
        elif file.sha256 in content:
            duplicates[file.name] = {**file.identity, "rows": 0, "duplicate_of": content[file.sha256]}
        else:
            content[file.sha256] = file.name
            files.append(file)
    return files, duplicates


def _columns(
    options: Options,
    known: Mapping[str, str] | None,
    files: list[SourceFile],
    rejected: dict[str, dict[str, Any]],
) -> dict[str, str]:
    """The columns to stage, after Auto Loader's rules of inference and evolution; unreadable files are rejected."""
    if options.columns is not None:
        return dict(options.columns)
    found: dict[str, str] = {}
    for file in files:
        try:
            found |= {name: "string" for name in header_of(file, options)}
        except Rejected as reason:
            rejected[file.name] = _rejection(file, reason)
    first = known is None
    columns = {**found, **options.hints} if known is None else dict(known)
    new = {name: data_type for name, data_type in found.items() if name not in columns}
    if new and not first and options.evolution == "failOnNewColumns":
        raise LakehouseError(
            f"New columns {', '.join(new)}, and cloudFiles.schemaEvolutionMode is failOnNewColumns: "
            "add them to the schema hints, or remove the file that has them."
        )
    return {**columns, **new} if options.evolution == "addNewColumns" else columns
