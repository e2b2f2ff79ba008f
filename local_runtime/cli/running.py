"""`./lakehouse run`: loads what has landed, once or for as long as it watches."""

import difflib
import gc
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from local_runtime.cli.run_log import tell, tell_error
from local_runtime.delta.lake import Lake
from local_runtime.errors import UsageError
from local_runtime.root import CACHE, ROOT, STARTED, folder_argument
from local_runtime.state.last_run import recording_refusal, recording_run

if TYPE_CHECKING:
    from local_runtime.cli.landing import Landing
    from local_runtime.cli.screen import Screen
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.pipelines.bundle import Pipeline

PLANS = 100_000  # objects, after which Python looks for cycles; plans have tens of thousands, and none
NEAREST = 3  # names to suggest for one that isn't known


def run(arguments: Namespace) -> int:
    """Loads what has landed."""
    from local_runtime.cli.screen import live
    from local_runtime.cli.settling import asked_by, print_settled, run_settled

    lake, asked = Lake(arguments.lake.absolute()), asked_by(arguments)
    with live() as screen:
        screen.say("Reading the pipelines …")
        if (settled := run_settled(asked, lake, screen)) is None:
            run = _loaded(arguments, asked, lake, screen)
    if settled:
        print_settled(settled, lake)
        return 0
    return run() if run else 0


def _loaded(arguments: Namespace, asked: str | None, lake: Lake, screen: "Screen") -> Callable[[], int] | None:
    """Loads what has landed, by the pipelines' code; returns what prints the report, None where a watch is over."""
    from deployment.job_graph.checks import refuse_mistakes
    from local_runtime.cli import report, settling
    from local_runtime.cli.landing import landing_of
    from local_runtime.cli.sampling import is_for_a_sample, is_invented, sample_note
    from local_runtime.engines.session import open_session, set_process
    from local_runtime.graph.dataset_graph import load_graph
    from local_runtime.graph.kept_schemas import KeptSchemas
    from local_runtime.update.orchestration import run_update

    gc.set_threshold(PLANS)
    set_process()
    with recording_refusal(lake):
        of_tasks, unknown = refuse_mistakes(ROOT, arguments.target)
        graph = load_graph(ROOT, arguments.landing.absolute(), lake, arguments.target)
    pipelines = pipelines_of(graph, arguments.layer)
    folders = folder_argument("landing", arguments.landing.absolute()) + folder_argument("lake", lake.root)
    to_refresh = _to_refresh(arguments.full_refresh, graph, pipelines, folders)
    landing = landing_of(arguments.landing.absolute(), graph, pipelines)
    # A watch waits for files.
    waits = arguments.watch and arguments.folders_are_given
    needs_sample = not waits and is_for_a_sample(landing, lake, arguments.folders_are_given)
    if arguments.watch:
        _watch(arguments, lake, graph, pipelines, to_refresh, landing, needs_sample)
        return None
    with lake.locked(), recording_run(lake):
        for message in _prepared(arguments, lake, graph, landing, needs_sample):
            screen.tell(message)
        screen.say(f"Starting {arguments.engine} …")
        beginning = settling.beginning_of(asked, landing.root, graph, lake, of_tasks)
        with open_session(arguments.engine, CACHE) as engine:
            screen.expect([name for pipeline in pipelines for name in graph.stored(pipeline)])
            kept = KeptSchemas(CACHE, arguments.engine)
            outcome = run_update(engine, graph, lake, pipelines, to_refresh, screen.on_table, kept)
        notes = [*unknown, *landing.stray_messages(), *([sample_note(landing)] if is_invented(lake) else [])]
        problems = settling.keep(beginning, outcome, graph, pipelines, lake, landing.root, notes)

    def tell() -> int:
        seconds = time.monotonic() - STARTED
        return 0 if report.print_outcome(outcome, graph, lake, landing.root, seconds, notes, problems) else 1

    return tell


def _prepared(
    arguments: Namespace, lake: Lake, graph: "Graph", landing: "Landing", needs_sample: bool
) -> tuple[str, ...]:
    """Checks the lake, and lands the sample where it is needed; what is to be known of that before anything is loaded.

    The caller holds the lake's lock.
    """
    from local_runtime.cli.sampling import prepare
    from local_runtime.engines.session import settings_left_out
    from local_runtime.pipelines.secrets import notes_on_made
    from local_runtime.update.settled import forget

    forget(lake)
    lake.check_logs()
    messages = (*prepare(landing, lake, needs_sample), *settings_left_out(arguments.engine))
    return (*messages, *notes_on_made(graph.made_secrets))


def _watch(
    arguments: Namespace,
    lake: Lake,
    graph: "Graph",
    pipelines: "Sequence[Pipeline]",
    to_refresh: frozenset[str],
    landing: "Landing",
    needs_sample: bool,
) -> int:
    """Loads what lands until a signal ends it."""
    from local_runtime.cli.watch import watch
    from local_runtime.engines.session import open_session

    with lake.locked():
        for message in _prepared(arguments, lake, graph, landing, needs_sample):
            tell(message, sys.stderr)
        engine = partial(open_session, arguments.engine, CACHE, apart=True)
        watch(engine, graph, lake, pipelines, to_refresh, folder_argument("lake", lake.root))
    return 0


def pipelines_of(graph: "Graph", layer: str | None) -> "Sequence[Pipeline]":
    """The pipelines to run: all of them, or those that publish to one schema, in the job's order.

    Exits with 2, wrong usage, for an unknown schema.
    """
    chosen = [pipeline for pipeline in graph.pipelines if layer in (None, pipeline.schema)]
    if not chosen:
        schemas = ", ".join(dict.fromkeys(pipeline.schema for pipeline in graph.pipelines))
        tell_error(f"--layer {layer}: no pipeline publishes to it. There are: {schemas}.")
        raise SystemExit(2)
    return chosen


def _to_refresh(asked: list[str] | None, graph: "Graph", pipelines: "Sequence[Pipeline]", where: str) -> frozenset[str]:
    """The tables to refresh in full. Raises UsageError, with the nearest names, for one that the run doesn't make."""
    tables = [name for pipeline in pipelines for name in graph.stored(pipeline)]
    if asked is None:
        return frozenset()
    unknown = sorted(set(asked) - set(tables))
    if unknown:
        nearest = dict.fromkeys(near for name in unknown for near in difflib.get_close_matches(name, tables, NEAREST))
        meant = f" The nearest: {', '.join(nearest)}." if nearest else ""
        raise UsageError(
            f"--full-refresh {' '.join(unknown)}: no such table in this run.{meant} All: ./lakehouse graph{where}"
        )
    return frozenset(asked or tables)
