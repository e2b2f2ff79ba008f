"""What an update did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_runtime.auto_loader.reasons import CHANGED_AFTER_LOAD, CHANGED_AFTER_REJECTION

if TYPE_CHECKING:
    from local_runtime.state.file_ledger import FileRecord
    from local_runtime.state.progress import ExpectationResult
    from local_runtime.state.publications import Publication

# Reasons for files that were read before.
PASSED_OVER = (CHANGED_AFTER_LOAD, CHANGED_AFTER_REJECTION)


NO_OP, COMPLETE_RECOMPUTE, PARTITION_OVERWRITE, GROUP_AGGREGATE = (
    "MAINTENANCE_TYPE_NO_OP",
    "MAINTENANCE_TYPE_COMPLETE_RECOMPUTE",
    "MAINTENANCE_TYPE_PARTITION_OVERWRITE",
    "MAINTENANCE_TYPE_GROUP_AGGREGATE",
)


@dataclass(frozen=True)
class Refresh:
    """How a materialized view was refreshed, as Databricks' event log calls it, and why."""

    technique: str
    reason: str


NOTHING_CHANGED = Refresh(NO_OP, "nothing that it depends on has changed")


@dataclass
class Result:
    """What became of a flow: rows that it produced, of them dropped by rules, and rows written; `commits` made.

    `files` are records of the files that it found since its last run, by name as it is shown (state/file_names.py).
    `is_of_older_code`: it keeps history that was made by code which has changed since, as Databricks does until a full
    refresh. `started` and `ended` are seconds of `time.monotonic`.
    """

    dataset: str
    flow: str
    rows_in: int = 0
    rows_out: int = 0
    dropped: int = 0
    commits: int = 0
    started: float = 0.0
    ended: float = 0.0
    expectations: "Sequence[ExpectationResult]" = ()
    files: "Mapping[str, FileRecord]" = field(default_factory=dict)
    is_of_older_code: bool = False
    refresh: Refresh | None = None

    @property
    def rejected(self) -> "dict[str, FileRecord]":
        """The files that were rejected, by name."""
        return {name: record for name, record in self.files.items() if record.state == "rejected"}


@dataclass
class Outcome:
    """What an update did: a result per flow, what failed (table to message), and tables not run because of that.

    A flow that failed has a result where it had committed something before; the others that failed are `uncommitted`.
    `publication` is what the update published: None where it failed, was one of some pipelines, or changed nothing;
    `publication_error` says why a good update could not be published.
    """

    update_id: str
    results: list[Result] = field(default_factory=list)
    uncommitted: list[Result] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    publication: "Publication | None" = None
    publication_error: str | None = None

    @property
    def rejected_every_file(self) -> bool:
        """Whether new files were found, and none of them could be loaded."""
        records = [record for result in self.results for record in result.files.values()]
        states = {record.state for record in records if record.state != "gone" and record.reason not in PASSED_OVER}
        return states == {"rejected"}
