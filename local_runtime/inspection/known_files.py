"""Which file or release of a lake a person means, and what the lake knows of it."""

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.file_names import as_shown, known_by_real_name, names_of_files
from local_runtime.inspection.releases import LATE_AT, Release, releases_in, shown_name
from local_runtime.pipelines.bundle_config import LANDING
from local_runtime.printable import on_one_line
from local_runtime.state.file_ledger import FileLedger, FileRecord
from local_runtime.state.last_run import run_command
from local_runtime.state.progress import progress_of
from local_runtime.state.roles import Role, tables_of

IN_LANDING = f"${{{LANDING}}}/"
URL = re.compile("([A-Za-z][A-Za-z0-9+.-]*:)?/")
NEAREST = 3  # names to suggest
NAMED = 10  # names that a message lists


@dataclass(frozen=True)
class KnownFile:
    """A file that a table has seen: its path below the landing folder, as it is shown."""

    path: str
    table: str
    record: FileRecord


def known_files(lake: Lake) -> dict[str, KnownFile]:
    """Every file that a table of the lake has seen, by its path."""
    known: dict[str, KnownFile] = {}
    for table in lake.tables():
        progress = progress_of(lake.log(table))
        flows = [flow for flow in progress.flows.values() if flow.intake.files] if progress else []
        names = names_of_files(lake, table) if flows else None
        for flow in flows:
            for name, record in FileLedger(lake.path(table), flow.intake.files).newest().items():
                path = f"{folder_below_landing(flow.intake.folder)}{name}"
                path = names.shown(path) if names else path
                known.setdefault(path, KnownFile(path, table, record))
    return known


def folder_below_landing(names: Iterable[str]) -> str:
    """The folder below the landing folder that a flow's files come from, with a slash; empty where that isn't known."""
    below = [name.removeprefix(IN_LANDING) for name in names if name.startswith(IN_LANDING)]
    return f"{below[0]}/" if below else ""


def folders_of(lake: Lake, table: str) -> set[str]:
    """The folders below the landing folder that a table's files come from, each with a slash."""
    progress = progress_of(lake.log(table))
    return {folder_below_landing(flow.intake.folder) for flow in progress.flows.values()} if progress else set()


def path_below_landing(lake: Lake, table: str, name: str) -> str:
    """The path below the landing folder of a file, from its path below its source's, both as they are shown."""
    progress = progress_of(lake.log(table))
    for flow in progress.flows.values() if progress else ():
        names = names_of_files(lake, table)
        if name in map(names.shown, FileLedger(lake.path(table), flow.intake.files).identities()):
            return f"{folder_below_landing(flow.intake.folder)}{name}"
    return name


def releases_of(lake: Lake) -> dict[str, Release]:
    """The releases that the tables of the lake list, by the names that messages call them."""
    return {shown_name(one): one for table in tables_of(lake, Role.RELEASES) for one in releases_in(lake, table)}


def files_of(release: str, paths: Iterable[str]) -> list[str]:
    """The files of a release: the one of its name, or the part files of its folder, of its writing job if it names it.

    Part files that came later are not told from the first ones.
    """
    whole = Path(release.split(LATE_AT)[0])
    return [path for path in paths if path == release or _is_part_of(Path(path), whole)]


def _is_part_of(path: Path, release: Path) -> bool:
    is_of_job = path.parent == release.parent and release.name in path.name
    return path.name.startswith("part-") and (path.parent == release or is_of_job)


def path_of(source_file: str, known: Collection[str]) -> str:
    """The path below the landing folder of a row's `_source_file`: a URL (percent-encoded), or that path as it is."""
    parts = (unquote(source_file) if URL.match(source_file) else source_file).split("/")
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((end for end in ends if end in known), source_file)


def named(lake: Lake, text: str, known: Collection[str]) -> str:
    """The known name that a text means: itself, a file on this machine, or the end of one.

    Raises LakehouseError where it means none, with the nearest, or several.
    """
    if text in known:
        return text
    all_shown = as_shown(lake, text)
    if (shown := known_by_real_name(all_shown, known)) is not None:
        return shown
    place = Path(text).absolute()
    whole = [name for name in known if f"{place}".endswith(f"/{name}")]
    found = sorted(whole, key=len)[-1:] or sorted(
        name for name in known for end in (text, *all_shown) if name.endswith(f"/{end}")
    )
    if len(found) == 1:
        return found[0]
    if found:
        more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
        names = on_one_line(", ".join(found[:NAMED]))
        raise LakehouseError(f"{on_one_line(text)} may be {names}{more}. Name one of them.")
    if place.is_file():
        raise LakehouseError(
            f"No run has looked at {text} yet. The next one does, if it is in the landing folder: {run_command(lake)}"
        )
    nearest = on_one_line(", ".join(difflib.get_close_matches(text, known, NEAREST, cutoff=0) or ["none yet"]))
    raise LakehouseError(
        f"{on_one_line(text)} is no file or release that this lake has looked at. The nearest: {nearest}."
    )
