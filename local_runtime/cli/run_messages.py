"""Messages on files, releases and rows: one list for `run` and for each update of a watch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from local_runtime.cli import run_table
from local_runtime.counts import counted, is_or_are
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.data_report import data_problems, report_on
from local_runtime.inspection.known_files import folders_of, path_of
from local_runtime.inspection.left_out import sources_in
from local_runtime.inspection.next_commands import rejected_command, rules_command
from local_runtime.inspection.published import described, tables_ahead
from local_runtime.inspection.releases import (
    Release,
    note_on_mixed_order,
    notes_on_order,
    problem_of,
    releases_in,
    shown_name,
)
from local_runtime.inspection.verdicts import APPLIED
from local_runtime.printable import on_one_line
from local_runtime.state.publications import newest_publication
from local_runtime.state.roles import Role, quarantined_table, role_of

if TYPE_CHECKING:
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.update.results import Outcome, Result

NAMED_FROM = 100
"""A release is named where at least one of so many of its rows is left out, or has an unreadable cell."""


def messages(done: "Outcome", graph: "Graph", lake: Lake, where: str, problems: Iterable[str]) -> list[str]:
    """Messages to show after an update, each once.

    `where` are the options that name the folders in suggested commands, `problems` those of `problems_after`.
    """
    # Several flows of a table may read one file.
    files = [message for result in done.results for message in file_messages(result)]
    every = (*files, *_of_releases(done, graph, lake, where), *problems, *_of_rows(done, graph, lake, where))
    return [*dict.fromkeys(every)]


def problems_after(done: "Outcome", graph: "Graph", lake: Lake) -> list[str]:
    """What is wrong with files, releases and rows after an update, as `status` says it.

    Rejected files that the update names by themselves are not counted again.
    """
    return problems_and_flaws(done, graph, lake)[0]


def problems_and_flaws(done: "Outcome", graph: "Graph", lake: Lake) -> tuple[list[str], bool]:
    """The problems, and whether time alone may change them: flawed files are reported for some days."""
    try:
        report = report_on(lake, graph.datasets)
        named = {(result.dataset, file) for result in done.results for file in result.rejected}
        for table, files in [*report.rejected.items()]:
            if all((table, file) in named for file in files):
                del report.rejected[table]
        return [*data_problems(report, lake)], bool(report.flawed_files)
    except LakehouseError as error:
        return [str(error)], True


def unpublished(done: "Outcome", lake: Lake, where: str) -> str | None:
    """What readers of gold are served after an update that published nothing; None where that is all there is.

    `where` are the options that name the folders in suggested commands.
    """
    try:
        served = newest_publication(lake)
        if done.publication_error or served is None or not tables_ahead(lake, served):
            return None
    except LakehouseError as error:
        return str(error)
    if done.failures:
        return f"Gold is still served as {described(served)}. The next run that goes well publishes the new commits."
    return (
        f"Gold is still served as {described(served)}: a run of one layer publishes nothing. To publish the new "
        f"commits: ./lakehouse run{where}"
    )


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
        shown = on_one_line(name)
        if record.state == "rejected":
            yield f"Rejected: {shown} ({record.reason}): {on_one_line(record.message)}."
        elif record.state == "loaded" and not record.rows:
            yield f"No rows: {shown} was loaded into {result.dataset}, and holds none."
        elif record.state == "loaded" and record.message:
            yield f"Loaded, but check it: {shown}: {on_one_line(record.message)}."


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
        if {*map(shown_name, releases)} - before:
            yield from note_on_mixed_order(result.dataset, releases)


def _names_before(lake: Lake, table: str) -> set[str]:
    """The releases that the table listed before its last commit; none where that version can't be read."""
    versions = lake.log(table).versions()
    try:
        return {shown_name(release) for release in releases_in(lake, table, versions[-2])} if versions[1:] else set()
    except LakehouseError:
        return set()


def release_messages(release: Release, where: str) -> Iterator[str]:
    """What is wrong with a release, or missing from it, and which rules its rows and cells fail."""
    name, rows = on_one_line(shown_name(release)), release["rows"]
    if release["problem"]:
        yield problem_of(release, where)
    elif release["missing_columns"] and release["verdict"] == APPLIED:
        lacks, left = ", ".join(release["missing_columns"]), on_one_line(", ".join(release["leftover_headers"]))
        others = f" Headers that match no column: {left}." if left else ""
        yield f"{name} was applied without {lacks}: no column with a value was found.{others}"
    yield from notes_on_order(release)
    if release["verdict"] == "rejected":
        return
    if release["quarantined_rows"] and release["quarantined_rows"] * NAMED_FROM >= rows:
        failures = "; ".join(_with_value(failure) for failure in release["failures"])
        yield f"{name}: {_part(release['quarantined_rows'], rows)} left out. {failures}."
    if unreadable := [cell for cell in release["unreadable"] if cell["rows"] * NAMED_FROM >= rows]:
        cells = "; ".join(_with_value(cell, _of_most(cell, rows)) for cell in unreadable)
        yield f"{name}: cells that could not be read are unknown. {cells}."


def _with_value(rule: Mapping[str, Any], how_many: str = "") -> str:
    """A rule, how many rows fail it, and one value."""
    example = f', e.g. "{on_one_line(rule["example"])}"' if rule["example"] is not None else ""
    return f"{rule['rule']}: {how_many or counted(rule['rows'], 'row')}{example}"


def _part(part: int, rows: int) -> str:
    """So many of a release's rows, with their verb."""
    return "its only row is" if rows == 1 else f"{part:,} of its {rows:,} rows {is_or_are(part)}"


def _of_most(cell: Mapping[str, Any], rows: int) -> str:
    """How many of a release's rows have a cell that could not be read, if these are most; else an empty text."""
    return f"{cell['rows']:,} of {rows:,} rows, more than half of them" if cell["rows"] * 2 > rows > 1 else ""


def _of_rows(done: "Outcome", graph: "Graph", lake: Lake, where: str) -> Iterator[str]:
    """How many rows were left out, by table, and the command that shows why."""
    by_quarantine = run_table.left_out(done, graph, lake)
    if not by_quarantine:
        return
    held_by = {name: quarantined_table(name, graph.datasets[name].properties) for name in by_quarantine}
    tables = ", ".join(f"{held_by[name]} {rows:,}" for name, rows in by_quarantine.items())
    files = _files_left_out_of(done, lake, by_quarantine)
    if len(by_quarantine) == 1:
        ((name, tables),) = held_by.items()
    if len(files) == 1:
        why = rejected_command(files.pop(), where)
    else:
        why = rules_command(name, where) if len(by_quarantine) == 1 else f"./lakehouse status{where}"
    yield f"Left out: {counted(sum(by_quarantine.values()), 'row')} ({tables}). Why: {why}"


def _files_left_out_of(done: "Outcome", lake: Lake, quarantines: Iterable[str]) -> set[str]:
    """The files, by their paths below the landing folder, that the update loaded and of which quarantines hold rows."""
    loaded = {
        f"{folder}{name}"
        for result in done.results
        if result.files
        for folder in folders_of(lake, result.dataset)
        for name, record in result.files.items()
        if record.state == "loaded"
    }
    paths = (path_of(source, loaded) for table in quarantines for source in sources_in(lake, table))
    return {path for path in paths if path in loaded}


def unapplied_message(tables: Sequence[str]) -> str:
    """The failure of feeds none of whose releases could be applied."""
    return f"Failed: no release in {', '.join(tables)} was applied, so gold has none of it yet."
