"""`./lakehouse accept` and `reject`: decisions about releases and files, kept for every later run."""

import difflib
from argparse import Namespace
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from local_runtime.cli.run_log import tell
from local_runtime.cli.upkeep import check_lake_exists
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.releases import LATE_AT
from local_runtime.printable import on_one_line
from local_runtime.state.last_run import run_command
from local_runtime.state.release_decisions import Decision, decide, decisions_of
from local_runtime.state.roles import Role, tables_of

if TYPE_CHECKING:
    from local_runtime.inspection.verdicts import Verdict

NEAREST = 3


def accept(arguments: Namespace) -> int:
    """Accepts releases: later runs apply them, whatever they would close."""
    return _decide(arguments, Decision.ACCEPT)


def reject(arguments: Namespace) -> int:
    """Rejects releases: later runs pass them over. Nothing is deleted."""
    return _decide(arguments, Decision.REJECT)


def named_release(path: str, releases: Sequence[str]) -> str:
    """The release that a path names: as messages show it, by a file, by one of its part files, or by its folder.

    Raises LakehouseError, with the nearest releases, where it names none or several.
    """
    if path in releases:
        return path
    place = Path(path).absolute()
    is_part = place.name.startswith("part-")
    folder = place.parent if is_part else place
    named = [release for release in releases if _ends_in(place, release)]
    named = named or [release for release in releases if _ends_in(folder, release)]
    in_folder = [release for release in releases if _ends_in(folder, str(Path(release).parent))]
    # The longest: titles/titles/x.csv is not titles/x.csv.
    found = sorted(named, key=len)[-1:] or [it for it in in_folder if not is_part or _job(it) in place.name]
    # Of part files that came later, only the whole name of their release says that they are meant.
    found += [release for release in releases if any(release.startswith(f"{it}{LATE_AT}") for it in found)]
    found = sorted({*found})
    if len(found) == 1:
        return found[0]
    if found:
        several = on_one_line(", ".join(found))
        raise LakehouseError(f"{on_one_line(path)} holds several releases: {several}. Name one of them.")
    nearest = on_one_line(", ".join(difflib.get_close_matches(path, releases, NEAREST, cutoff=0) or ["none yet"]))
    raise LakehouseError(f"{on_one_line(path)} is not a release that was loaded. The nearest: {nearest}.")


def _job(release: str) -> str:
    """The id of the job that wrote the part files of a release in its folder."""
    return Path(release).name.split(LATE_AT)[0]


def _ends_in(place: Path, release: str) -> bool:
    return f"{place}".endswith(f"/{release}")


def _decide(arguments: Namespace, decision: Decision) -> int:
    from local_runtime.inspection.flawed_files import accepted_files, reported_files
    from local_runtime.inspection.verdicts import Verdict, joined_parts, verdicts_in

    lake = Lake(arguments.lake.absolute())
    check_lake_exists(lake)
    with lake.locked():
        decided, known = decisions_of(lake), dict[str, tuple[str, Verdict]]()
        for table in tables_of(lake, Role.VERDICTS):
            verdicts = verdicts_in(lake, table)
            known |= {one.release: (table, one) for one in (*verdicts, *joined_parts(decided, verdicts))}
        reported, accepted_before = {*reported_files(lake)}, accepted_files(lake)
        names = {*known, *reported, *accepted_before}
        paths = [_as_known(lake, path, names) for path in arguments.paths]
        accepted = _accept_files(lake, paths, reported, accepted_before) if decision is Decision.ACCEPT else set()
        releases = [named_release(path, [*known]) for path in paths if path not in accepted]
        chosen = {release: known[release] for release in releases}
        if not chosen:
            return 0
        for _, verdict in chosen.values():
            _check_decidable(verdict)
        before = decide(lake, chosen, decision)
        for release in chosen:
            tell(f"{on_one_line(release)} is {decision.done}{_instead(before.get(release), decision)}.")
        _print_consequences(lake, chosen, known, decision)
    return 0


def _accept_files(lake: Lake, paths: Sequence[str], reported: set[str], before: set[str]) -> set[str]:
    """Accepts those of the paths that are of reported files; returns them with those that were accepted before."""
    accepted = [path for path in paths if path in reported]
    if accepted:
        decide(lake, accepted, Decision.ACCEPT)
    for path in accepted:
        tell(f"{on_one_line(path)} is accepted as it is, and no longer reported.")
    again = [path for path in paths if path in before]
    for path in again:
        tell(f"{on_one_line(path)} is accepted as it is, as before, and not reported.")
    return {*accepted, *again}


def _as_known(lake: Lake, path: str, known: Collection[str]) -> str:
    """The path, or what is shown of it, if only that is known: names of personal files are hidden."""
    from local_runtime.inspection.file_names import as_shown, known_by_real_name

    return path if path in known else known_by_real_name(as_shown(lake, path), known) or path


def _check_decidable(release: "Verdict") -> None:
    """Raises LakehouseError for a release without a valid row."""
    if release.verdict == "unreadable":
        raise LakehouseError(
            f"{on_one_line(release.release)} has no valid row, so there is nothing to decide: land a corrected file, "
            "by a new name."
        )


def _instead(before: Decision | None, decision: Decision) -> str:
    if before is None:
        return ""
    return ", as before" if before is decision else f"; before, it was {before.done}"


def _print_consequences(
    lake: Lake,
    chosen: Mapping[str, tuple[str, "Verdict"]],
    known: Mapping[str, tuple[str, "Verdict"]],
    decision: Decision,
) -> None:
    """Says what applies the decisions: the full refresh of the histories that are past a release, or the next run."""
    from local_runtime.inspection.verdicts import histories_to_refresh, is_already

    verdicts = [verdict for _, verdict in known.values()]
    settled, to_refresh = [], dict[str, None]()
    for name, (table, release) in chosen.items():
        stale = histories_to_refresh(lake, table, release, verdicts, decision, lake.tables())
        to_refresh |= dict.fromkeys(stale)
        if not stale and is_already(release, decision):
            settled.append(name)
    for name in settled:
        tell(f"{on_one_line(name)} is {chosen[name][1].verdict} already: that changes nothing, and needs no run.")
    if to_refresh:
        tell(f"History is past that. To make it again: {run_command(lake, to_refresh)}")
    elif len(settled) < len(chosen):
        tell(f"The next run takes it into account: {run_command(lake)}")
