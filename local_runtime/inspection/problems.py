"""What is wrong with a lake, in sentences for a person."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from local_runtime.state.last_run import LastRun

if TYPE_CHECKING:
    from local_runtime.inspection.status import LakeState


def run_problems(run: LastRun, state: "LakeState") -> list[str]:
    """What is wrong with the last run, and with how far it has brought the tables: a line for each schema."""
    if state.running:
        return []
    problems = []
    if not run.ended:
        problems.append(
            f"The last run, of {run.began[:19].replace('T', ' ')} UTC, did not end: it was stopped. Every table is at "
            "its last commit. `./lakehouse run` goes on."
        )
    if run.error:
        problems.append(f"The last run was refused, or failed entirely: {run.error}")
    for schema, tables in _by_schema(state.missing if state.tables else ()).items():
        problems.append(f"Missing in {schema}: {', '.join(tables)}. `./lakehouse run` makes them.")
    for schema, tables in _by_schema(state.behind).items():
        listed = [f"{table} ({_versions_ahead(state.behind[f'{schema}.{table}'])})" for table in tables]
        problems.append(
            f"Behind in {schema}: {', '.join(listed)}. A run brings them up to date, unless it says what is in its way."
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


def file_problems(state: "LakeState") -> list[str]:
    """What is wrong with files: those that were rejected, and those that were loaded and are flawed."""
    problems = [problem for files in state.flawed_files.values() for problem in files.values()]
    for table, files in state.rejected.items():
        reasons = Counter(record.reason for record in files.values())
        counted = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        problems.append(f"{table}: {len(files)} files rejected ({counted}): docs/runbook.md says what to do.")
    return problems


def row_problems(state: "LakeState") -> list[str]:
    """Rows that were dropped by rules of tables that are expected to drop none."""
    return [
        f"{rule.dataset} dropped {rule.failed_records:,} rows that fail its rule {rule.name}, and is expected to drop "
        "none: its sources let through what they should have quarantined, or the code is wrong."
        for table in state.tables
        if table.drops_never
        for rule in table.expectations
        if rule.action == "DROP" and rule.failed_records
    ]
