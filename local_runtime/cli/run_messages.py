"""Messages on files, releases and rows: one list for `run` and for each update of a watch."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from local_runtime.cli import run_table
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.flawed_files import flawed_files_in
from local_runtime.inspection.releases import Release, problem_of, releases_in, shown_name
from local_runtime.inspection.verdicts import APPLIED, problems_with_decisions, problems_with_histories
from local_runtime.state.roles import Role, role_of

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.update.results import Outcome, Result

NAMED_FROM = 100
"""A release is named where at least one of so many of its rows is left out, or has an unreadable cell."""


def messages(done: "Outcome", graph: "Graph", lake: Lake, where: str) -> list[str]:
    """Messages to show after an update; `where` are the options that name the folders in suggested commands."""
    # Several flows of a table may read one file.
    files = dict.fromkeys(message for result in done.results for message in file_messages(result))
    return [
        *files,
        *_of_releases(done, graph, lake, where),
        *_of_histories(done, graph, lake),
        *_of_rows(done, graph, lake, where),
        *_of_flawed_files(done, graph, lake),
    ]


def without_valid_rows(done: "Outcome", graph: "Graph", lake: Lake) -> list[str]:
    """Of the tables of releases that the update wrote, those that list releases, and none that is applied.

    Rejected ones are settled, and don't count.
    """
    tables = {result.dataset: releases_in(lake, result.dataset) for result in _of_role(done, graph, Role.RELEASES)}
    open_ones = {name: [one for one in of if one["verdict"] != "rejected"] for name, of in tables.items()}
    return [name for name, releases in open_ones.items() if releases and not any(it["is_applied"] for it in releases)]


def file_messages(result: "Result") -> Iterator[str]:
    """Messages on the files that a flow found: rejected, empty, or loaded with a warning."""
    for name, record in result.files.items():
        if record.state == "rejected":
            yield f"Rejected: {name} ({record.reason}): {record.message}."
        elif record.state == "loaded" and not record.rows:
            yield f"No rows: {name} was loaded into {result.dataset}, and holds none."
        elif record.state == "loaded" and record.message:
            yield f"Loaded, but check it: {name}: {record.message}."


def _of_role(done: "Outcome", graph: "Graph", role: Role) -> "list[Result]":
    """The results of tables of a role that were written."""
    return [it for it in done.results if it.commits and role_of(graph.datasets[it.dataset].properties) is role]


def _of_releases(done: "Outcome", graph: "Graph", lake: Lake, where: str) -> Iterator[str]:
    """Messages on releases that are new, and on older ones that no later release has settled."""
    for result in _of_role(done, graph, Role.RELEASES):
        before = _names_before(lake, result.dataset)
        releases = releases_in(lake, result.dataset)
        for release in releases:
            if shown_name(release) not in before or not release["is_superseded"]:
                yield from release_messages(release, where)
        by = {release["ordered_by"] for release in releases}
        if len(by) > 1 and {*map(shown_name, releases)} - before:
            yield (
                f"{result.dataset}: some releases are ordered by the date in their name, and others by {_other(by)}. "
                "Give each name its date (2021-09-25)."
            )


def _of_flawed_files(done: "Outcome", graph: "Graph", lake: Lake) -> Iterator[str]:
    """What is wrong with files that were loaded, where an update found new ones."""
    for result in _of_role(done, graph, Role.FLAWED_FILES):
        yield from flawed_files_in(lake, result.dataset).values()


def _other(ordered_by: set[str]) -> str:
    return " or ".join(sorted(by for by in ordered_by if "name" not in by))


def _names_before(lake: Lake, table: str) -> set[str]:
    """The releases that the table listed before its last commit; none where that version can't be read."""
    versions = lake.log(table).versions()
    try:
        return {shown_name(release) for release in releases_in(lake, table, versions[-2])} if versions[1:] else set()
    except LakehouseError:
        return set()


def release_messages(release: Release, where: str) -> Iterator[str]:
    """What is wrong with a release, or missing from it, and which rules its rows and cells fail."""
    name, rows = shown_name(release), release["rows"]
    if release["problem"]:
        yield problem_of(release, where)
    elif release["missing_columns"] and release["verdict"] == APPLIED:
        lacks, left = ", ".join(release["missing_columns"]), ", ".join(release["leftover_headers"])
        others = f" Headers that are known for no column: {left}." if left else ""
        yield f"{name} was applied without {lacks}: no column was found.{others}"
    if release["ordered_by"] == "ingestion":
        yield (
            f"{name}: its file can't have been modified when it says, so the release is ordered by when it was "
            "ingested. Give its name a date (2021-09-25)."
        )
    if release["undecided_date"]:
        yield (
            f"{name}: {release['undecided_date']} in its name may be a date, and was not read as one. The release is "
            f"ordered by its {release['ordered_by']}."
        )
    if release["verdict"] == "rejected":
        return
    if release["quarantined_rows"] and release["quarantined_rows"] * NAMED_FROM >= rows:
        failures = "; ".join(_counted(failure) for failure in release["failures"])
        yield f"{name}: {release['quarantined_rows']:,} of its {rows:,} rows are left out. {failures}."
    if unreadable := [cell for cell in release["unreadable"] if cell["rows"] * NAMED_FROM >= rows]:
        cells = "; ".join(_counted(cell) + _of_most(cell, rows) for cell in unreadable)
        yield f"{name}: cells that could not be read are unknown. {cells}."


def _counted(rule: Mapping[str, Any]) -> str:
    """A rule, how many rows fail it, and one value."""
    example = f', e.g. "{rule["example"]}"' if rule["example"] is not None else ""
    return f"{rule['rule']}: {rule['rows']:,} row{'' if rule['rows'] == 1 else 's'}{example}"


def _of_most(cell: Mapping[str, Any], rows: int) -> str:
    return ", which is more than half of them" if cell["rows"] * 2 > rows else ""


def _of_histories(done: "Outcome", graph: "Graph", lake: Lake) -> Iterator[str]:
    """Decisions that name no release, and the full refreshes for verdicts that have changed since history was made."""
    for result in _of_role(done, graph, Role.VERDICTS):
        yield from problems_with_decisions(lake, result.dataset)
        yield from problems_with_histories(lake, result.dataset, lake.tables())


def _of_rows(done: "Outcome", graph: "Graph", lake: Lake, where: str) -> Iterator[str]:
    """How many rows were left out, by quarantine, and the query that shows why."""
    for name, rows in run_table.left_out(done, graph, lake).items():
        query = f"SELECT failed_rules, count(*) AS rows FROM {name} GROUP BY ALL ORDER BY rows DESC"
        yield f'{name} has {rows:,} new row{"" if rows == 1 else "s"}. Why: ./lakehouse sql "{query}"{where}'


def unapplied_message(tables: Sequence[str]) -> str:
    """The failure of feeds none of whose releases could be applied."""
    return f"Failed: no release in {', '.join(tables)} was applied, so there is nothing to see of it yet."
