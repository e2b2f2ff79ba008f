"""What each command does."""

import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from local_runtime.cli.checks import test
from local_runtime.cli.decisions import accept, reject
from local_runtime.cli.deployment import check_bundle
from local_runtime.cli.differing import diff
from local_runtime.cli.exporting import export
from local_runtime.cli.files import file
from local_runtime.cli.generating import generate
from local_runtime.cli.importing import import_file
from local_runtime.cli.publishing import publish
from local_runtime.cli.run_log import tell_note
from local_runtime.cli.running import run
from local_runtime.cli.serving import serve
from local_runtime.cli.tokens import token
from local_runtime.cli.upkeep import digest, vacuum
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, UsageError
from local_runtime.interrupts import end_at_signals
from local_runtime.progress_line import ProgressLine
from local_runtime.root import ROOT


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
