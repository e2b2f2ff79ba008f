"""A run with nothing new, by what the run before it has kept: no engine is started, and no pipeline's code is read."""

import hashlib
import json
import os
import sys
import time
import uuid
from argparse import Namespace
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.cli import run_table
from local_runtime.cli.screen import console, say
from local_runtime.delta.lake import EVENT_LOG, Lake
from local_runtime.errors import LakehouseError
from local_runtime.root import CACHE, ROOT, STARTED, folder_argument
from local_runtime.state.last_run import recording_run
from local_runtime.state.release_decisions import decisions_of
from local_runtime.update.event_log import updating
from local_runtime.update.settled import (
    Settled,
    SettledFlow,
    SettledPipeline,
    Untold,
    kept_in,
    state_of,
    states_of_tables,
)

if TYPE_CHECKING:
    from local_runtime.cli.screen import Screen
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.pipelines.bundle import Pipeline
    from local_runtime.update.results import Outcome

ENVIRONMENT = ("LAKEHOUSE_", "SPARK_", "JAVA_", "PYTHON", "USER", "LOGNAME", "LNAME", "HOME")
"""Beginnings of the names of environment variables that a run may depend on."""
RUNTIME = Path(__file__).resolve().parents[1]
SECRETS = ".secrets"
REPEATABLE = CACHE / "repeatable-code.txt"
COARSE = 10_000_000  # ns, that the times of files may lag behind the clock


def asked_by(arguments: Namespace) -> str | None:
    """What a run was asked for, and by which program, as a text to compare; None for a run that always looks anew."""
    from_outside = any(name.startswith("SAIL_") for name in os.environ)
    if arguments.watch or arguments.full_refresh is not None or from_outside:
        return None
    folders = [folder for folder in sys.path if os.path.basename(folder) == "site-packages"]
    environment = sorted(pair for pair in os.environ.items() if pair[0].startswith(ENVIRONMENT))
    parts = (
        *(str(arguments.landing.absolute()), str(arguments.lake.absolute()), arguments.folders_are_given),
        *(arguments.target, arguments.layer, arguments.engine),
        *(sys.version, sys.executable, str(ROOT), os.getuid(), environment),
        [sorted(os.listdir(folder)) for folder in folders],
    )
    return _digest(parts)


@dataclass(frozen=True)
class Beginning:
    """What an update begins with: what was asked, the state of the code, that of all files, and each newest version."""

    asked: str
    code: str
    watched: dict[str, str]
    versions: dict[str, int]


def beginning_of(
    asked: str | None, landing: Path, graph: "Graph", lake: Lake, of_tasks: Collection[Path]
) -> Beginning | None:
    """What an update begins with, before it looks at any file; None where that doesn't tell what the next one will do.

    `of_tasks` are the files that jobs' tasks execute. The caller holds the lake's lock.
    """
    if asked is None:
        return None
    try:
        code = _states_of_code(graph, of_tasks)
        data = {str(path): state_of([str(path)]) for path in _data(landing, graph)}
        return Beginning(asked, _digest([*code.items()]), {**data, **code}, _versions(lake))
    except (Untold, OSError):
        return None


def _states_of_code(graph: "Graph", of_tasks: Collection[Path]) -> dict[str, str]:
    """The states of all code that a run is made of, and of the files that it has read so far.

    Raises Untold where some have changed since this process began.
    """
    from local_runtime.pipelines.bundle_config import folders_included

    began = time.time_ns() - int((time.monotonic() - STARTED) * 1e9) - COARSE
    code = {RUNTIME, *map(RUNTIME.with_name, ("sample", "deployment"))}
    code |= {ROOT / "databricks.yml", *folders_included(ROOT)}
    code |= {path for pipeline in graph.pipelines for path in (pipeline.root_path, *pipeline.sources)}
    read = {*of_tasks, *(Path(path) for dataset in graph.datasets.values() for path in dataset.opened)}
    if gone := {path for path in read if not path.exists()}:
        raise Untold(str(gone.pop()))
    return {str(path): state_of([str(path)], since=began) for path in _tops(code | read)}


def _data(landing: Path, graph: "Graph") -> list[Path]:
    """The other files and folders outside the lake that a run looks at. Raises Untold where these aren't known."""
    from local_runtime.pipelines.external_files import local_path

    data = {landing, ROOT / SECRETS}
    for name, dataset in graph.datasets.items():
        data |= {Path(path).absolute() for path in graph.sources[name]}
        for path in dataset.paths:
            place = local_path(path)
            if place is None or any(sign in path for sign in "*?[{"):
                raise Untold(path)
            data.add(place.absolute())
    return _tops(data)


def _tops(paths: set[Path]) -> list[Path]:
    """The paths without those that lie below others. Raises Untold where the project's folder lies in one of them."""
    paths = {path.resolve() if ".." in path.parts else path for path in paths}
    if paths & {ROOT, *ROOT.parents}:
        raise Untold(str(ROOT))
    return sorted(path for path in paths if not paths & {*path.parents})


def _versions(lake: Lake) -> dict[str, int]:
    return {name: lake.log(name).newest_version() or 0 for name in lake.tables()}


def keep(
    beginning: Beginning | None,
    done: "Outcome",
    graph: "Graph",
    pipelines: "Sequence[Pipeline]",
    lake: Lake,
    landing: Path,
    notes: Sequence[str],
) -> list[str] | None:
    """Keeps what the next update does if nothing is new until then. The caller holds the lake's lock.

    Returns the problems that `problems_after` would find after this one; None where it wasn't asked.
    """
    from local_runtime.cli import report, run_messages
    from local_runtime.update.results import Outcome

    tables = _tables_left(beginning, done, graph, pipelines, lake)
    if beginning is None or tables is None:
        return None
    flows = [SettledFlow(it.dataset, it.flow, it.refresh is not None) for it in done.results]
    settled = [
        SettledPipeline(one.name, one.schema, [it for it in flows if graph.datasets[it.dataset].pipeline is one])
        for one in pipelines
    ]
    nothing = Outcome(done.update_id, [it.result() for it in flows])
    problems, change_by_time = run_messages.problems_and_flaws(nothing, graph, lake)
    if not change_by_time:
        messages = [*report.messages_of(nothing, graph, lake, landing, notes, problems)]
        lines = [line.label for line in run_table.table_lines(nothing, graph, lake)]
        Settled(beginning.asked, beginning.watched, tables, settled, lines, messages).keep(lake)
    return None if any(it.rejected for it in done.results) else problems


def _tables_left(
    beginning: Beginning | None, done: "Outcome", graph: "Graph", pipelines: "Sequence[Pipeline]", lake: Lake
) -> dict[str, str] | None:
    """The states of the tables as this update has left them; None where the next one may find something to do."""
    if beginning is None or not _leaves_nothing_to_do(done, graph):
        return None
    try:
        tables = states_of_tables(lake)  # before the versions are looked at: later commits are in neither
        is_own = _are_own_commits(beginning, done, pipelines, lake) and decisions_of(lake) == graph.decisions
    except (Untold, LakehouseError):
        return None
    return tables if is_own and _is_repeatable(graph, beginning.code) else None


def _leaves_nothing_to_do(done: "Outcome", graph: "Graph") -> bool:
    """Whether the next update finds nothing to do, if nothing changes until then."""
    from local_runtime.update.results import NOTHING_CHANGED, PASSED_OVER

    if done.failures or done.skipped or done.publication_error or any(it.is_of_older_code for it in done.results):
        return False
    records = [record for result in done.results for record in result.files.values()]
    if not all(it.state == "loaded" or (it.sha256 and it.reason not in PASSED_OVER) for it in records):
        return False
    if not all(it.commits or (it.refresh in (None, NOTHING_CHANGED) and not it.files) for it in done.results):
        return False
    # A table that reads one of a later pipeline, or an event log, takes in its rows at the next update.
    places = {pipeline.key: place for place, pipeline in enumerate(graph.pipelines)}
    place_of = {f"{pipeline.schema}.{EVENT_LOG}": len(places) for pipeline in graph.pipelines}
    place_of |= {name: places[dataset.pipeline.key] for name, dataset in graph.datasets.items()}
    return all(place_of.get(read, 0) <= place_of[name] for name in graph.datasets for read in graph.tables_read(name))


def _are_own_commits(beginning: Beginning, done: "Outcome", pipelines: "Sequence[Pipeline]", lake: Lake) -> bool:
    """Whether the lake has this update's commits since it began, and none of another program."""
    expected = dict(beginning.versions)
    own = [it.dataset for it in done.results for _ in range(it.commits)]
    for name in (*own, *(f"{pipeline.schema}.{EVENT_LOG}" for pipeline in pipelines)):
        expected[name] = expected.get(name, -1) + 1
    return expected == _versions(lake)


def _is_repeatable(graph: "Graph", code: str) -> bool:
    """Whether the pipelines' code says the same each time; found out once for each state of the code."""
    code = _digest([code, *graph.datasets])  # a target may have others
    with suppress(OSError):
        if REPEATABLE.read_text(encoding="utf-8") == code:
            return True
    if not graph.is_repeatable:
        return False
    with suppress(OSError):
        REPEATABLE.parent.mkdir(parents=True, exist_ok=True)
        REPEATABLE.write_text(code, encoding="utf-8")
    return True


def run_settled(asked: str | None, lake: Lake, screen: "Screen") -> Settled | None:
    """Runs by what is kept in the lake; None, and nothing is done, where something may be new."""
    settled = kept_in(lake) if asked else None
    if settled is None or settled.asked != asked:
        return None
    with lake.locked():
        if not settled.holds(lake):
            return None
        with recording_run(lake):
            screen.expect([flow.dataset for pipeline in settled.pipelines for flow in pipeline.flows])
            update_id = str(uuid.uuid4())
            for pipeline in settled.pipelines:
                _write_events(pipeline, lake, update_id, screen)
            settled.with_events_of(lake).keep(lake)
    return settled


def _write_events(pipeline: SettledPipeline, lake: Lake, update_id: str, screen: "Screen") -> None:
    with updating(lake, pipeline, update_id) as events:
        for flow in pipeline.flows:
            events.planning_information(flow.result())
            events.flow_progress(flow.result())
    for name in dict.fromkeys(flow.dataset for flow in pipeline.flows):
        screen.on_table(name, "running")
        screen.on_table(name, "done")


def print_settled(settled: Settled, lake: Lake) -> None:
    """Prints what is kept of the report."""
    lines = [run_table.Line(label, started=0.0, ended=0.0) for label in settled.lines]
    run_table.show(console, lines, folder_argument("lake", lake.root))
    for text, style, is_folded in settled.messages:
        say(text, style, is_folded)
    if lines:
        say(run_table.total(lines, time.monotonic() - STARTED))


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
