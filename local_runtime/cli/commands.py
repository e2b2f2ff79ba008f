"""What each command does."""

import difflib
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.cli.checks import test
from local_runtime.cli.decisions import accept, reject
from local_runtime.cli.deployment import check_bundle
from local_runtime.cli.differing import diff
from local_runtime.cli.exporting import export
from local_runtime.cli.files import file
from local_runtime.cli.generating import generate
from local_runtime.cli.importing import import_file
from local_runtime.cli.publishing import publish
from local_runtime.cli.run_log import tell, tell_error, tell_note
from local_runtime.cli.serving import serve
from local_runtime.cli.tokens import token
from local_runtime.cli.upkeep import digest, vacuum
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, UsageError
from local_runtime.interrupts import end_at_signals
from local_runtime.progress_line import ProgressLine
from local_runtime.root import CACHE, ROOT, STARTED, folder_argument
from local_runtime.state.last_run import recording_refusal, recording_run

NEAREST = 3  # names to suggest for one that isn't known

if TYPE_CHECKING:
    from local_runtime.cli.landing import Landing
    from local_runtime.cli.screen import Screen
    from local_runtime.graph.dataset_graph import Graph
    from local_runtime.pipelines.bundle import Pipeline


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
    from local_runtime.cli import report, settling
    from local_runtime.cli.landing import landing_of
    from local_runtime.cli.sampling import is_for_a_sample, is_invented, prepare, sample_note
    from local_runtime.engines.session import open_session, set_process, settings_left_out
    from local_runtime.graph.dataset_graph import load_graph
    from local_runtime.graph.kept_schemas import KeptSchemas
    from local_runtime.pipelines.secrets import notes_on_made
    from local_runtime.update.orchestration import run_update
    from local_runtime.update.settled import forget

    set_process()
    with recording_refusal(lake):
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
        forget(lake)
        lake.check_logs()
        before = (*prepare(landing, lake, needs_sample), *settings_left_out(arguments.engine))
        for message in (*before, *notes_on_made(graph.made_secrets)):
            screen.tell(message)
        screen.say(f"Starting {arguments.engine} …")
        beginning = settling.beginning_of(asked, landing.root, graph, lake)
        with open_session(arguments.engine, CACHE) as engine:
            screen.expect([name for pipeline in pipelines for name in graph.stored(pipeline)])
            kept = KeptSchemas(CACHE, arguments.engine)
            outcome = run_update(engine, graph, lake, pipelines, to_refresh, screen.on_table, kept)
        notes = landing.stray_messages() + ([sample_note(landing)] if is_invented(lake) else [])
        problems = settling.keep(beginning, outcome, graph, pipelines, lake, landing.root, notes)

    def tell() -> int:
        seconds = time.monotonic() - STARTED
        return 0 if report.print_outcome(outcome, graph, lake, landing.root, seconds, notes, problems) else 1

    return tell


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
    from local_runtime.cli.sampling import prepare
    from local_runtime.cli.watch import watch
    from local_runtime.engines.session import open_session, settings_left_out
    from local_runtime.pipelines.secrets import notes_on_made
    from local_runtime.update.settled import forget

    with lake.locked():
        forget(lake)
        lake.check_logs()
        before = (*prepare(landing, lake, needs_sample), *settings_left_out(arguments.engine))
        for message in (*before, *notes_on_made(graph.made_secrets)):
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


def sql(arguments: Namespace) -> int:
    """Answers a query; without one, whatever is asked at a prompt."""
    from local_runtime.cli.output import exact
    from local_runtime.inspection import query
    from local_runtime.inspection.formats import Room
    from local_runtime.inspection.read_only import LATEST, NEWEST, Reading

    gold = LATEST if arguments.latest else arguments.publication or NEWEST
    if arguments.query is None and arguments.file is None and sys.stdin.isatty() and sys.stdout.isatty():
        from local_runtime.cli.prompt import Prompt

        return Prompt(Lake(arguments.lake.absolute()), arguments.format, arguments.files, gold).talk()
    end_at_signals("stopped.")
    room = Room()
    if sys.stdout.isatty():
        width, height = shutil.get_terminal_size()
        room = Room(width, max(10, height - 12))
    lake, reading = Lake(arguments.lake.absolute()), Reading(arguments.files, gold=gold, tell=tell_note)
    text = query.answer(lake, _query_text(arguments), arguments.format, room, reading)
    sys.stdout.write(text if arguments.format == "table" else exact(text, arguments.format == "json"))
    return 0


def _query_text(arguments: Namespace) -> str:
    """The query that was given, or that of the file, or of standard input.

    Raises UsageError for none or two, and for an unreadable file.
    """
    if arguments.query is not None and arguments.file is not None:
        raise UsageError(
            f"There are two queries: one in {arguments.file}, and {arguments.query!r}. Leave one of them out."
        )
    if arguments.query is not None:
        return str(arguments.query)
    if arguments.file is None:
        piped = "" if sys.stdin.isatty() else sys.stdin.read()
        if not piped.strip():
            raise UsageError("Give a query, or a file with one: ./lakehouse sql --file QUESTION.sql")
        return piped
    try:
        return Path(arguments.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{arguments.file} can't be read: {getattr(error, 'strerror', error)}.") from None


def metrics(arguments: Namespace) -> int:
    """Lists metrics, defines one, answers a query, or writes the documents of the registry."""
    from local_runtime.cli import metrics as command

    return command.metrics(arguments)


def status(arguments: Namespace) -> int:
    """Prints the state of the lake; 1 where something needs attention, or a run is in progress."""
    from local_runtime.cli import status_report
    from local_runtime.cli.output import exact
    from local_runtime.cli.sampling import is_invented
    from local_runtime.inspection.status import inspect

    lake = Lake(arguments.lake.absolute())
    state = inspect(lake)
    state.invented = is_invented(lake)
    if arguments.format == "json":
        sys.stdout.write(exact(status_report.status_json(state), is_json=True))
    else:
        sys.stdout.write(status_report.status_text(state, arguments.long))
    return 0 if state.healthy else 1


def rejected(arguments: Namespace) -> int:
    """Prints what was left out of a file or a release."""
    from local_runtime.cli import rejected as show

    return show.rejected(arguments)


def graph(arguments: Namespace) -> int:
    """Prints the graph."""
    from local_runtime.graph.dataset_graph import load_graph
    from local_runtime.graph.render import graph_as_mermaid, graph_as_text

    loaded = load_graph(ROOT, arguments.landing.absolute(), Lake(arguments.lake.absolute()), arguments.target)
    for line in (graph_as_mermaid if arguments.format == "mermaid" else graph_as_text)(loaded):
        print(line)
    return 0


def dictionary(arguments: Namespace) -> int:
    """Writes the generated documents; with --check only says whether they are current, 1 where they aren't."""
    from deployment.matrix import documents as of_bundle
    from local_runtime.inspection.documents import generated_documents as of_tables

    texts = {**of_bundle(ROOT), **of_tables(ROOT)}
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if arguments.check:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not current: ./lakehouse dictionary writes it.")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    for path in texts:
        print(f"{path.relative_to(ROOT)} {'is written' if path in stale else 'is current'}")
    return 0


def sample(arguments: Namespace) -> int:
    """Makes the sample."""
    from local_runtime.cli.sampling import make_marked, make_more
    from sample.catalogue import Sample
    from sample.dirt import DIRT, EVENT_DIRT, KEPT_DIRT

    for option, kinds, known in (("--dirt", arguments.dirt, DIRT), ("--event-dirt", arguments.event_dirt, EVENT_DIRT)):
        unknown = set(kinds or ()) - set(known)
        if unknown:
            raise LakehouseError(f"{option} {' '.join(sorted(unknown))}: not known. There are: {', '.join(known)}.")
    landing = arguments.landing.absolute()
    wanted = Sample(
        arguments.seed,
        arguments.titles,
        arguments.releases,
        frozenset(KEPT_DIRT if arguments.dirt is None else arguments.dirt),
        arguments.sessions,
        arguments.days if arguments.sessions else 0,
        arguments.days if arguments.sessions else 0,
        frozenset(EVENT_DIRT if arguments.event_dirt is None else arguments.event_dirt)
        if arguments.sessions
        else frozenset(),
        arguments.subscribers,
        arguments.imdb,
    )
    with ProgressLine("Making the next day …", sys.stderr) as line:
        made = make_more(landing, wanted) if arguments.go_on else make_marked(landing, wanted, line.say)
    for path in made:
        print(path)
    return 0


COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "run": run,
    "sql": sql,
    "metrics": metrics,
    "status": status,
    "serve": serve,
    "token": token,
    "export": export,
    "generate": generate,
    "publish": publish,
    "diff": diff,
    "accept": accept,
    "reject": reject,
    "file": file,
    "rejected": rejected,
    "graph": graph,
    "dictionary": dictionary,
    "check": check_bundle,
    "sample": sample,
    "import": import_file,
    "digest": digest,
    "vacuum": vacuum,
    "test": test,
}
