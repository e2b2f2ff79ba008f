"""Samples: made for a new user, and never mixed with the user's own data."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from local_runtime.auto_loader.discovery import list_files
from local_runtime.cli.landing import Landing, some_paths
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError, UsageError
from local_runtime.printable import on_one_line, shell_word
from sample.catalogue import Sample
from sample.making import make, make_next_day, without_events
from sample.mark import MARK_FILE, Mark, mark_of, set_mark, take_mark_away

RUN_OWN_DATA = "./lakehouse run --landing mine/landing --lake mine/lake"


def is_for_a_sample(landing: Landing, lake: Lake, folders_are_given: bool) -> bool:
    """Whether a run begins with a sample: neither folder was given, there is no lake, and no file has landed.

    Raises LakehouseError where there is nothing to load otherwise, and no lake to work on either.
    """
    if not landing.tables or next(landing.files(), None) is not None:
        return False
    if not (folders_are_given or landing.strays() or lake.tables()):
        return True
    has_folders = landing.root.is_dir() and (not landing.strays() or any(map(Path.is_dir, landing.tables)))
    if not (lake.tables() and has_folders):
        raise LakehouseError("\n".join([_nothing_landed(landing), *landing.stray_messages()]))
    return False


def prepare(landing: Landing, lake: Lake, needs_sample: bool) -> list[str]:
    """Makes the sample where it is needed, and marks a new lake by its source; returns messages for the user.

    The caller holds the lake's lock. Raises LakehouseError, before any data is touched, where a sample's titles and
    others would meet.
    """
    if lake.root.is_relative_to(landing.root):
        raise UsageError(
            f"The lake {on_one_line(lake.root)} lies in the landing folder {on_one_line(landing.root)}, where files "
            "are looked for. Name another by --lake."
        )
    if needs_sample:
        make_marked(landing.root, Sample())
    if landing.tables:
        _keep_apart(landing, lake)
    made = f"{on_one_line(landing.root)} was empty: made a sample there. Its titles and events are invented."
    return [made] if needs_sample else []


def sample_note(landing: Landing) -> str:
    """What to tell of a lake that was filled from a sample."""
    return (
        "The data in this lake are invented: it is a sample. Your own data go into a lake of their own: put files into "
        f"{_own_folder(landing)}/, then {RUN_OWN_DATA}"
    )


def _own_data_commands(landing: Landing) -> str:
    """What to type for a lake of one's own data."""
    folder = _own_folder(landing)
    commands = (f"mkdir -p {folder}", f"cp … {folder}/", RUN_OWN_DATA, "./lakehouse status --lake mine/lake")
    return "\n".join(f"  {command}" for command in commands)


def _own_folder(landing: Landing) -> str:
    """A folder for one's own files: the first feed's, in a landing folder of their own."""
    names = [folder.relative_to(landing.root) for folder in landing.tables if folder.is_relative_to(landing.root)]
    return "/".join(["mine/landing", *map(str, names[:1])])


def _nothing_landed(landing: Landing) -> str:
    problem = "is not there"
    if landing.root.is_dir():
        problem = "has no files in its feeds' folders" if landing.strays() else "is empty"
    return (
        f"There is nothing to load: the landing folder {on_one_line(landing.root)} {problem}. Put files into "
        f"{landing.folders} and run again; nothing was made."
    )


def refuse_sample(landing: Path, lake: Lake) -> None:
    """Raises UsageError where a person's own data would land among a sample's files, or be looked up in its lake."""
    holders = [folder for folder in (landing, lake.root) if _mark_of(folder)]
    if holders:
        raise UsageError(
            f"{on_one_line(holders[0])} holds a sample, whose titles are invented. Nothing was written: your own data "
            f"would mix with it. Name folders of your own by --landing and --lake, as in: {RUN_OWN_DATA}"
        )


def is_invented(lake: Lake) -> bool:
    """Whether the lake was filled from a sample."""
    return _mark_of(lake.root) is not None


def make_marked(root: Path, wanted: Sample, on_step: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Makes a sample in the landing folder `root` and marks that; returns its files. `on_step` is told each step.

    Raises LakehouseError where other files lie there, or another sample: landed files never change.
    """
    mark = _mark_of(root)
    existing = {root / name for name, *_ in list_files(root, "*")}
    if existing - _files(root, mark):
        raise LakehouseError(
            f"{on_one_line(root)} holds files that are not a sample's, and invented titles would mix with them. "
            "Choose another folder: ./lakehouse sample --landing DIR"
        )
    if existing and mark is not None and mark.sample not in (wanted, without_events(wanted)):
        raise LakehouseError(
            f"{on_one_line(root)} holds another sample, and landed files never change. Choose another folder by "
            "--landing, or delete this one, with the lake that was filled from it."
        )
    try:
        # The mark first: even after a kill, a sample's files are known as such.
        set_mark(root, wanted)
        return make(root, wanted, on_step)
    except OSError as error:
        raise LakehouseError(
            f"The landing folder {root} can't be written: {error.strerror}. Choose another by --landing."
        ) from None


def make_more(root: Path, wanted: Sample) -> list[Path]:
    """Makes the next day of events of the sample in the landing folder `root`; returns its files.

    Raises LakehouseError where there is no sample with events, or another than is `wanted` (the default: any).
    """
    mark = _mark_of(root)
    if mark is None or not mark.sample.sessions:
        raise LakehouseError(
            f"{on_one_line(root)} holds no sample with events that could go on: ./lakehouse sample makes one."
        )
    if wanted != Sample() and _differ(wanted, mark.sample):
        raise LakehouseError(
            f"{on_one_line(root)} holds another sample. --continue goes on with one as it was made: leave the other "
            "options out, or give those that it was made with."
        )
    set_mark(root, replace(mark.sample, days=mark.sample.days + 1))
    return make_next_day(root, mark.sample)


def _files(root: Path, mark: Mark | None) -> set[Path]:
    return {root / name for name in mark.files} if mark else set()


def _mark_of(folder: Path) -> Mark | None:
    try:
        return mark_of(folder)
    except ValueError:
        raise LakehouseError(
            f"{on_one_line(folder / MARK_FILE)}, which says which files are a sample's, was changed. Delete "
            f"{on_one_line(folder)} if it holds nothing but a sample; else delete that file and every file of the "
            "sample."
        ) from None


def _keep_apart(landing: Landing, lake: Lake) -> None:
    """Marks a new lake by what will fill it; raises UsageError where a sample's titles and others would meet."""
    mark, lake_mark = _mark_of(landing.root), _mark_of(lake.root)
    # Without any of its files, the mark means nothing.
    sample = mark if mark and any(path.exists() for path in _files(landing.root, mark)) else None
    strays = sorted({*landing.files(), *landing.strays()} - _files(landing.root, sample)) if sample else []
    where, into = on_one_line(landing.root), on_one_line(lake.root)
    if strays:
        raise UsageError(
            f"{where} holds a sample, whose titles are invented, and {some_paths(strays)}. Nothing was loaded: they "
            "would mix. Take your files out of there, and give them a landing folder and a lake of their "
            f"own:\n{_own_data_commands(landing)}"
        )
    if not lake.tables():
        _mark_lake(lake, sample)
    elif sample and not lake_mark:
        raise UsageError(
            f"{where} holds a sample, whose titles are invented, and the lake {into} wasn't filled from one. Nothing "
            "was loaded: they would mix. Name another lake by --lake, or another landing folder by --landing."
        )
    elif sample and lake_mark and _differ(sample.sample, lake_mark.sample):
        raise UsageError(
            f"{where} holds another sample than the one that the lake {into} was filled from. Nothing was loaded: they "
            "would mix. Name the lake of this one by --lake, or the landing folder of that one by --landing."
        )
    elif lake_mark and not sample and next(landing.files(), None):
        raise UsageError(
            f"The titles in the lake {into} are invented: they are a sample. Nothing was loaded from {where}: they "
            f"would mix. Name a lake of your own (./lakehouse run --landing {shell_word(where)} --lake mine/lake, "
            f"later ./lakehouse status --lake mine/lake), or delete {into} to start it again."
        )


def _differ(one: Sample, other: Sample) -> bool:
    """Whether they are two samples; one may have more days than the other, or events that the other lacked."""
    if not (one.sessions and other.sessions):
        one, other = without_events(one), without_events(other)
    return replace(one, days=0) != replace(other, days=0)


def _mark_lake(lake: Lake, mark: Mark | None) -> None:
    try:
        if mark:
            set_mark(lake.root, mark.sample)
        else:
            take_mark_away(lake.root)
    except OSError as error:
        raise LakehouseError(
            f"The lake {lake.root} can't be written: {error.strerror}. Choose another by --lake."
        ) from None
