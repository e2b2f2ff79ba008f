"""Where a table's flows continue: the progress that the table carries."""

from local_runtime.delta.actions import rows_in
from local_runtime.delta.delta_log import DeltaLog
from local_runtime.delta.lake import Lake
from local_runtime.delta.run_again import run_command
from local_runtime.errors import LakehouseError
from local_runtime.pipelines.datasets import Dataset
from local_runtime.state.progress import TableProgress, outdated, progress_of
from local_runtime.update.flows.continuity import is_carried_on


def resume(lake: Lake, dataset: Dataset) -> TableProgress | None:
    """The progress from which the table's flows continue; None for a table without rows.

    Raises LakehouseError for rows of unknown origin: they could be loaded twice.
    """
    log = lake.log(dataset.name)
    progress = progress_of(log)
    if progress is not None and is_carried_on(dataset, progress.flows):
        return progress
    snapshot = log.snapshot()
    if snapshot is not None and rows_in(log.path, snapshot):
        if progress is None and _is_of_version_0_1(log):
            raise outdated(log.path)
        defined = {flow.name for flow in dataset.flows}
        raise _unknown_rows(lake, dataset.name, sorted(progress.flows.keys() - defined) if progress else [])
    return None


def _is_of_version_0_1(log: DeltaLog) -> bool:
    """Whether a commit carries progress as version 0.1 wrote it."""
    return any('"flow"' in (log.entry(version).info.get("userMetadata") or "") for version in log.versions())


def _unknown_rows(lake: Lake, table: str, gone: list[str]) -> LakehouseError:
    """Why the table's flows can't continue: it has rows of removed flows (`gone`), or of unknown origin."""
    if gone:
        why = (
            f"has rows of the flow {', '.join(gone)}, which is gone, so what to do with them, and with its changes "
            "to come, is unknown. Bring the flow back"
        )
    else:
        why = (
            "has rows, and nothing says which sources they are from: another program wrote it. Loading could double "
            "rows, so nothing was done. Bring the table back as it was"
        )
    return LakehouseError(
        f"Table {table} {why}, or rebuild it from all that its sources have: `{run_command(lake, [table])}`."
    )
