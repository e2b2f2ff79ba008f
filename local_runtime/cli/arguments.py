"""The command line. Only the standard library is imported until a command runs, so that --help answers at once."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from traceback import format_exception
from types import TracebackType

from local_runtime.cli import run_log
from local_runtime.cli.differing import add_diff
from local_runtime.cli.examples import EXAMPLES
from local_runtime.cli.exporting import add_export
from local_runtime.cli.generating import add_generate
from local_runtime.cli.metrics_arguments import add_metrics
from local_runtime.cli.publishing import add_publish
from local_runtime.cli.sample_arguments import add_sample
from local_runtime.cli.serving import add_serve
from local_runtime.cli.sql_arguments import add_sql
from local_runtime.cli.tokens import add_token
from local_runtime.errors import TOO_LITTLE_MEMORY, LakehouseError, first_line, lacks_memory, redacted
from local_runtime.root import ROOT

FOLDER_OPTIONS = {"lake", "landing"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code: 0 done, 1 failed or unhealthy, 2 wrong usage."""
    parser = _parser()
    words = list(sys.argv[1:] if arguments is None else arguments)
    parsed = parser.parse_args([*words[1:], "--help"] if words[:1] == ["help"] else words)
    if parsed.version:
        print(f"lakehouse {_version()}")
        return 0
    if parsed.command is None:
        parser.print_help()
        return 0
    parsed.folders_are_given = bool(getattr(parsed, "lake", None) or getattr(parsed, "landing", None))
    for name in FOLDER_OPTIONS & vars(parsed).keys():
        setattr(parsed, name, getattr(parsed, name) or ROOT / name)
    return _logged(parsed, words) if getattr(parsed, "log", None) else _run(parsed)


def _logged(parsed: argparse.Namespace, words: Sequence[str]) -> int:
    """Runs a command, and logs its start, what it says, and its end."""
    code = 1
    try:
        run_log.start(parsed.log.absolute(), words, (parsed.landing.absolute(), parsed.lake.absolute()))
        code = _run(parsed)
    except LakehouseError as error:
        run_log.tell_error(error)
    except SystemExit as error:
        code = int(error.code or 0)
        raise
    except BaseException as error:
        run_log.log(f"{type(error).__name__}: {first_line(error)}")
        raise
    finally:
        run_log.end(code)
    return code


def _run(parsed: argparse.Namespace) -> int:
    """Runs a command; prints what stops it."""
    try:
        from local_runtime.cli import commands

        sys.excepthook = _print_redacted
        return commands.COMMANDS[parsed.command](parsed)
    except LakehouseError as error:
        run_log.tell_error(error)
        return 1
    except OSError as error:
        what = f"{error.strerror}: {error.filename}" if error.filename else error
        run_log.tell_error(f"{what}. Tables are at their last commit; fix that and run again.")
        return 1
    except KeyboardInterrupt:
        run_log.tell_error("stopped. What was committed stays; run again to go on.")
        return 130
    except BaseException as error:  # panics of native libraries aren't Exceptions
        if not lacks_memory(error):
            raise
        run_log.tell_error(TOO_LITTLE_MEMORY)
        return 1


def _print_redacted(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Prints what nobody caught, without long literals of an engine's plan."""
    print(redacted("".join(format_exception(kind, error, trace))), file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./lakehouse",
        description="The lakehouse on this machine: the pipelines that the Databricks bundle deploys, run unchanged.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    options = {
        "lake": _folder_option("--lake", "lake", "the folder of Delta tables"),
        "landing": _folder_option("--landing", "landing", "the folder that files land in"),
        "target": _target_option(),
    }
    for name, of_several, what, add in COMMANDS:
        add(commands.add_parser(name, parents=[options[one] for one in of_several], help=what))
    _add_examples({"": parser, **commands.choices})
    return parser


def _add_examples(parsers: Mapping[str, argparse.ArgumentParser]) -> None:
    for name, parser in parsers.items():
        parser.epilog = f"examples:\n{EXAMPLES[name]}"
        parser.formatter_class = argparse.RawDescriptionHelpFormatter


def _add_status(status: argparse.ArgumentParser) -> None:
    status.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    status.add_argument("--long", action="store_true", help="also what each table has taken in")


def _add_decision(decision: argparse.ArgumentParser) -> None:
    decision.add_argument(
        "paths", nargs="+", metavar="PATH", help="its path below the landing folder, as messages show it; or its file"
    )


def _add_file(file: argparse.ArgumentParser) -> None:
    file.add_argument("key", metavar="KEY", help="the sixteen digits after the …, or the name as it is shown")


def _add_graph(graph: argparse.ArgumentParser) -> None:
    graph.add_argument("--format", choices=("text", "mermaid"), default="text", help="default: text")


def _add_dictionary(dictionary: argparse.ArgumentParser) -> None:
    dictionary.add_argument("--check", action="store_true", help="only check whether it is current")


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument("--target", help="the target to be deployed (default: all)")


def _add_digest(digest: argparse.ArgumentParser) -> None:
    digest.add_argument("--schema", default="gold", help="default: %(default)s")


def _version() -> str:
    import tomllib

    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _hours(text: str) -> int:
    if not text.isdecimal() or int(text) > 1_000_000:
        raise argparse.ArgumentTypeError(
            f"{text} is not a number of hours from 0 (the newest versions, and publications) to 1,000,000"
        )
    return int(text)


def _publications(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of publications from 1 (the newest) to 1,000,000")
    return int(text)


def _target_option() -> argparse.ArgumentParser:
    target = argparse.ArgumentParser(add_help=False)
    target.add_argument("--target", help="the bundle's target whose values hold (default: the bundle's default one)")
    return target


def _folder_option(option: str, name: str, meaning: str) -> argparse.ArgumentParser:
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument(option, type=_local_folder, help=f"{meaning} (default: {ROOT / name})".replace("%", "%%"))
    return folder


def _local_path(text: str, what: str = "file") -> Path:
    """A file or folder of this machine. Raises ArgumentTypeError for no name, and for a place elsewhere."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"a {what} without a name")
    if "://" in text:
        raise argparse.ArgumentTypeError(f"{text} is not a {what} of this machine")
    return Path(text)


_local_folder = partial(_local_path, what="folder")


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("--layer", help="run only the pipelines that publish to this schema")
    run.add_argument(
        "--full-refresh",
        nargs="*",
        metavar="TABLE",
        help="rebuild these tables (schema.table) from all that their sources have; without names: all",
    )
    run.add_argument("--watch", action="store_true", help="stay up, and load files as they land, until Ctrl-C")
    run.add_argument(
        "--log",
        type=_local_path,
        metavar="FILE",
        help="append what the run says to a file, each line with the time: for cron",
    )
    run.add_argument("--engine", choices=("sail", "spark"), default="sail", help="default: sail; spark needs Java 17")


def _add_rejected(rejected: argparse.ArgumentParser) -> None:
    rejected.add_argument(
        "file", metavar="FILE", help="its path below the landing folder, its end, or the file; or a release's name"
    )
    rejected.add_argument("--all", action="store_true", help="every row (default: the first 20)")
    rejected.add_argument(
        "--format", choices=("table", "csv", "json"), default="table", help="default: table; the others give every row"
    )


def _add_import(importing: argparse.ArgumentParser) -> None:
    importing.add_argument(
        "kind",
        choices=("viewing-activity",),
        help="viewing-activity: ViewingActivity.csv, of the download of all your data at Netflix, as playback events",
    )
    importing.add_argument("file", type=Path, metavar="FILE")


def _add_vacuum(vacuum: argparse.ArgumentParser) -> None:
    vacuum.add_argument("--hours", type=_hours, default=168, help="keep files younger than this (default: %(default)s)")
    vacuum.add_argument(
        "--publications",
        type=_publications,
        default=10,
        metavar="N",
        help="keep the newest N publications, and all files that they need (default: %(default)s)",
    )


def _add_test(test: argparse.ArgumentParser) -> None:
    test.add_argument(
        "--engine",
        choices=("sail", "spark", "both"),
        default="both",
        help="which engine the transforms' tests run on (default: both); sail needs no Java",
    )
    test.add_argument("--all", action="store_true", help="also the long ones (all twenty SIGKILLs, many examples)")
    test.add_argument("pytest", nargs=argparse.REMAINDER, help="passed on to pytest, after --")


LAKE = ("lake",)
COMMANDS: tuple[tuple[str, tuple[str, ...], str, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("run", ("lake", "landing", "target"), "load what has landed: bronze → silver → gold", _add_run),
    ("sql", LAKE, "query the lake in SQL (DuckDB)", add_sql),
    ("metrics", LAKE, "what metrics mean; answers in them: --by, --where, --last", add_metrics),
    ("status", LAKE, "tables, freshness, rules, quarantine: health check", _add_status),
    ("serve", LAKE, "the API and the pages over the lake", add_serve),
    ("token", (), "who may ask `serve` from elsewhere: add, rotate, revoke, list", add_token),
    ("export", LAKE, "gold as files: Parquet, CSV, workbooks, DuckDB", add_export),
    ("publish", LAKE, "gold in PostgreSQL, in one transaction", add_publish),
    ("diff", LAKE, "what differs between two versions of a table", add_diff),
    ("accept", LAKE, "decide that a release is applied, in every later run", _add_decision),
    ("reject", LAKE, "decide that a release is passed over, in every later run", _add_decision),
    ("file", LAKE, "print the real name of a file that is shown by a key only", _add_file),
    ("rejected", LAKE, "show what was left out of a file, and why", _add_rejected),
    ("graph", ("lake", "landing", "target"), "print which table reads which", _add_graph),
    ("generate", (), "write what is made from the registry of metrics: dashboards", add_generate),
    ("dictionary", (), "write docs/reference: tables, and who may do what", _add_dictionary),
    ("check", (), "check the bundle before it is deployed: values, permissions, jobs", _add_check),
    ("sample", ("landing",), "make a seeded, dirty sample: a catalogue, and events", add_sample),
    ("import", ("landing", "lake"), "turn a file of another service into files that land", _add_import),
    ("digest", LAKE, "print row counts and SHA-256 digests of gold", _add_digest),
    ("vacuum", LAKE, "delete files that no version of a table needs", _add_vacuum),
    ("test", (), "all checks: format, types, tests", _add_test),
)
"""Each command: its name, the options that it shares with others, what it does, and what adds its own options."""
