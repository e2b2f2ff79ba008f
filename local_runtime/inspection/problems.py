"""What is wrong with a lake, in sentences for a person."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from local_runtime.counts import counted
from local_runtime.inspection.deliveries import Deliveries
from local_runtime.state.file_ledger import FileRecord
from local_runtime.state.last_run import LastRun
from local_runtime.state.progress import ExpectationResult

if TYPE_CHECKING:
    from local_runtime.inspection.status import LakeState


def run_problems(run: LastRun, state: "LakeState", command: str) -> list[str]:
    """What is wrong with the last run, and with how far it has brought the tables: a line for each schema.

    `command` runs the pipelines again.
    """
    if state.running:
        return []
    problems = []
    if not run.ended:
        problems.append(
            f"The last run, of {run.began[:19].replace('T', ' ')} UTC, did not end: it was stopped. Every table is at "
            f"its last commit. `{command}` goes on."
        )
    if run.error:
        problems.append(f"The last run was refused, or failed entirely: {run.error}\nThen run again: {command}")
    for schema, tables in _by_schema(state.missing if state.tables else ()).items():
        problems.append(f"Missing in {schema}: {', '.join(tables)}. `{command}` makes them.")
    for schema, tables in _by_schema(state.behind).items():
        listed = [f"{table} ({_versions_ahead(state.behind[f'{schema}.{table}'])})" for table in tables]
        problems.append(
            f"Behind in {schema}: {', '.join(listed)}. A run brings them up to date, unless it says what is in its "
            f"way: {command}"
        )
    return problems


def _versions_ahead(sources: Mapping[str, tuple[int, int]]) -> str:
    return ", ".join(f"{source} is at v{newest}, taken in to v{seen}" for source, (seen, newest) in sources.items())


def _by_schema(names: Iterable[str]) -> dict[str, list[str]]:
    by_schema: dict[str, list[str]] = {}
    for name in names:
        schema, table = name.split(".")
        by_schema.setdefault(schema, []).append(table)
    return by_schema


def rejection_problem(table: str, rejected: Mapping[str, FileRecord], command: str) -> str:
    """The files that a table could not load, counted by reason; `command` says why one of them could not be."""
    reasons = Counter(record.reason for record in rejected.values())
    by_reason = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return (
        f"{table}: {counted(len(rejected), 'file')} rejected ({by_reason}): docs/runbook.md says what to do. Why: "
        f"{command}"
    )


def delivery_problems(table: str, deliveries: Deliveries, rules: str, refresh: str) -> Iterator[str]:
    """What is wrong with the events that were delivered: none is valid, or some were lost or doubled.

    The command `rules` shows which rules they fail, `refresh` makes again the tables that the report is made of.
    """
    if not deliveries.valid + deliveries.duplicates:
        whole = (
            "its only row is not valid" if deliveries.rows == 1 else f"none of its {deliveries.rows:,} rows is valid"
        )
        yield f"{table}: {whole}. Which rules they fail: {rules}"
    if not deliveries.adds_up:
        of_days = (
            "1 of its files and days has"
            if deliveries.wrong == 1
            else f"{deliveries.wrong:,} of its files and days have"
        )
        yield (
            f"{table}: {of_days} other rows than valid, duplicate and quarantined ones: rows were lost or doubled. "
            f"Refresh the tables that it is made of in full: {refresh}"
        )


def drop_problems(rules: Iterable[ExpectationResult], command: str) -> list[str]:
    """Rows that were dropped by rules of tables that are expected to drop none; `command` runs the pipelines again."""
    return [
        f"{rule.dataset} dropped {counted(rule.failed_records, 'row')} failing its rule {rule.name}, and is expected "
        "to drop none: its sources let through what they should have quarantined, or the code is wrong. When that is "
        f"corrected: {command}"
        for rule in rules
    ]
