"""What each command does."""

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from local_runtime.cli.checks import test
from local_runtime.errors import LakehouseError
from local_runtime.lake.lake import EVENT_LOG, Lake
from local_runtime.lake.progress import progress_of
from local_runtime.root import CACHE, ROOT

if TYPE_CHECKING:
    from local_runtime.graph.graph import Graph
    from local_runtime.pipelines.bundle import Pipeline


def run(given: Namespace) -> int:
    """Loads what has landed."""
    from local_runtime.cli import report
    from local_runtime.cli.landing import landing_of
    from local_runtime.cli.sampling import INVENTED, is_for_a_sample, is_invented, prepare
    from local_runtime.engines.session import session, set_process, settings_left_out
    from local_runtime.graph.graph import load_graph
    from local_runtime.update.update import run_update

    set_process()
    lake = Lake(given.lake.absolute())
    with report.live() as screen:
        screen.say("Reading the pipelines …")
        graph = load_graph(ROOT, given.landing.absolute(), lake, given.target)
        pipelines = [p for p in graph.pipelines if given.layer in (None, p.schema)]
        to_refresh = _to_refresh(given.full_refresh, graph, pipelines)
        landing = landing_of(given.landing.absolute(), graph, pipelines)
        needs_sample = is_for_a_sample(landing, lake, given.folders_are_given)
        with lake.locked():
            lake.check()
            for message in (*prepare(landing, lake, needs_sample), *settings_left_out(given.engine)):
                screen.tell(message)
            screen.say(f"Starting {given.engine} …")
            with session(given.engine, CACHE) as engine:
                screen.expect([name for pipeline in pipelines for name in graph.stored(pipeline)])
                outcome = run_update(engine, graph, lake, pipelines, to_refresh, screen.on_table)
    notes = landing.told() + ([INVENTED] if is_invented(lake) else [])
    report.outcome(outcome, graph, lake, landing.root, notes)
    return 1 if outcome.failures or outcome.rejected_every_file else 0


def _to_refresh(asked: list[str] | None, graph: "Graph", pipelines: "Sequence[Pipeline]") -> frozenset[str]:
    tables = [name for pipeline in pipelines for name in graph.stored(pipeline)]
    if asked is None:
        return frozenset()
    unknown = set(asked) - set(tables)
    if unknown:
        raise LakehouseError(
            f"--full-refresh {' '.join(sorted(unknown))}: no such table in this run. There are: {', '.join(tables)}."
        )
    return frozenset(asked or tables)


def sql(given: Namespace) -> int:
    """Answers a query."""
    from local_runtime.inspection import query

    sys.stdout.write(query.answer(Lake(given.lake.absolute()), given.query, given.format))
    return 0


def status(given: Namespace) -> int:
    """Tells what is in the lake and how it is; 1 where something needs a hand."""
    from local_runtime.cli import report
    from local_runtime.inspection.status import inspect

    state = inspect(Lake(given.lake.absolute()))
    sys.stdout.write(report.status_json(state) if given.format == "json" else report.status_text(state))
    return 0 if state.healthy else 1


def graph(given: Namespace) -> int:
    """Prints the graph."""
    from local_runtime.graph.graph import load_graph
    from local_runtime.graph.render import as_mermaid, as_text

    found = load_graph(ROOT, given.landing.absolute(), Lake(given.lake.absolute()), given.target)
    for line in (as_mermaid if given.format == "mermaid" else as_text)(found):
        print(line)
    return 0


def sample(given: Namespace) -> int:
    """Makes the sample."""
    from local_runtime.cli.sampling import make_marked
    from sample.catalogue import DIRT, Sample

    unknown = set(given.dirt or ()) - set(DIRT)
    if unknown:
        raise LakehouseError(f"--dirt {' '.join(sorted(unknown))}: not known. There are: {', '.join(DIRT)}.")
    wanted = Sample(given.seed, given.titles, given.releases)
    if given.dirt is not None:
        wanted = Sample(given.seed, given.titles, given.releases, frozenset(given.dirt))
    for path in make_marked(given.landing.absolute(), wanted):
        print(path)
    return 0


def digest(given: Namespace) -> int:
    """Prints the digests of a schema's tables."""
    from local_runtime.inspection.digest import digests

    for table, (rows, sha256) in digests(Lake(given.lake.absolute()), given.schema).items():
        print(f"{sha256}  {rows:>9}  {table}")
    return 0


def vacuum(given: Namespace) -> int:
    """Deletes files that no version within the retention needs."""
    from local_runtime.lake.vacuum import vacuum as delete_unneeded

    lake = Lake(given.lake.absolute())
    with lake.locked():
        for name in lake.tables():
            log = lake.log(name)
            if progress_of(log) or name.endswith(f".{EVENT_LOG}"):
                print(f"{name}: {len(delete_unneeded(log, given.hours))} files deleted")
            else:
                print(f"{name}: left alone, another program wrote it")
    return 0


COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "run": run,
    "sql": sql,
    "status": status,
    "graph": graph,
    "sample": sample,
    "digest": digest,
    "vacuum": vacuum,
    "test": test,
}
