"""Playback events through the pipelines, and through one DuckDB script for the same answers: prints tables.

Both read the same files and are run in turn; their answers are compared. The script is benchmarks/playback.sql.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.catalogue import ROOT, measure, measured
from local_runtime.delta.lake import Lake
from local_runtime.inspection.query import run_query

SCRIPT = Path(__file__).with_name("playback.sql")
SESSIONS_PER_GIGABYTE = 590_000
LAYERS = ("bronze", "silver", "gold")
# The columns that are compared: a KPI's key, and its measures.
ANSWERS = {
    "kpi_events_by_date": ("event_date", "events"),
    "kpi_event_type": ("event_type", "events"),
    "kpi_top_titles": ("coalesce(title_key, -1)", "plays", "subscribers", "hours"),
    "kpi_device": ("device", "plays", "subscribers", "hours"),
    "kpi_viewing_by_country": ("iso_code", "plays", "subscribers", "hours"),
}

# Ours has the country's name, the script's its code.
MORE = {"kpi_viewing_by_country": "JOIN gold.dim_country USING (country) WHERE plays > 0"}


def sample(landing: Path, *arguments: str) -> None:
    subprocess.run(
        [ROOT / "lakehouse", "sample", "--landing", landing, "--seed", "11", "--event-dirt", "repeats", *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    # More events will land than the sample has: its mark would keep them out.
    (landing / ".sample.json").unlink()


def titles_of(lake: Path, to: Path) -> None:
    """The catalogue for the script: which show_id stood for which title, from when until when."""
    ids = run_query(Lake(lake), "FROM silver.title_ids").to_arrow_table()  # noqa: F841 (DuckDB reads it by its name)
    duckdb.sql(
        f"""COPY (
            SELECT show_id, title_key,
                CASE WHEN __START_AT = (SELECT min(__START_AT) FROM ids) THEN -1e15::BIGINT
                    ELSE epoch_ms(__START_AT) END AS from_millis,
                coalesce(epoch_ms(__END_AT), 1e15::BIGINT) AS until_millis
            FROM ids
        ) TO '{to}' (FORMAT parquet)"""
    )


def script(landing: Path, lake: Path, folder: Path, memory: str, pseudonym: str) -> tuple[float, int]:
    """Seconds and peak bytes of the script in a process of its own, which leaves its answers in `folder`.

    `pseudonym` is what it makes of a user's or profile's id `it`, in SQL.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    titles_of(lake, folder / "titles.parquet")
    places: dict[str, object] = {
        "memory": memory,
        "folder": folder,
        "landing": landing,
        "titles": folder / "titles.parquet",
    }
    places["pseudonym"] = pseudonym
    text = re.sub(
        r"\{(memory|folder|landing|titles|pseudonym)\}", lambda found: str(places[found[1]]), SCRIPT.read_text()
    )
    (folder / "script.sql").write_text(text)
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(open(sys.argv[2]).read())"
    return measured([sys.executable, "-c", code, str(folder / "answers.db"), str(folder / "script.sql")])


def differences(lake: Path, folder: Path) -> list[str]:
    """The KPIs whose rows the pipelines and the script don't have alike."""
    answers = duckdb.connect(str(folder / "answers.db"), read_only=True)
    differ = []
    for name, columns in ANSWERS.items():
        ours = ", ".join("hours_viewed::DOUBLE" if column == "hours" else column for column in columns)
        theirs = ", ".join("watched_seconds / 3600" if column == "hours" else column for column in columns)
        rows = [
            sorted((str(key), *(round(float(value), 2) for value in values)) for key, *values in found.fetchall())
            for found in (
                run_query(Lake(lake), f"SELECT {ours} FROM gold.{name} {MORE.get(name, '')}"),
                answers.sql(f"SELECT {theirs} FROM {name}"),
            )
        ]
        if not _alike(*rows):
            differ.append(name)
    return differ


def _alike(ours: Sequence[tuple[object, ...]], theirs: Sequence[tuple[object, ...]]) -> bool:
    """Equal but for a hundredth of an hour, by which sums are rounded."""
    if len(ours) != len(theirs):
        return False
    pairs = [pair for one, other in zip(ours, theirs, strict=True) for pair in zip(one, other, strict=True)]
    return all(
        one == other
        if isinstance(one, str) or isinstance(other, str)
        else abs(float(str(one)) - float(str(other))) < 0.02
        for one, other in pairs
    )


def layers(run: Sequence[str], note: Callable[[str, tuple[float, int]], None]) -> None:
    """The layers one after the other, each as a run of its own."""
    for layer in LAYERS:
        note(f"{layer} alone", measure(*run, "--layer", layer))


def size_of(landing: Path) -> float:
    """Gigabytes of events."""
    return sum(path.stat().st_size for path in (landing / "playback").rglob("*") if path.is_file()) / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("sail", "spark"), default="sail")
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.2, 2.0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--memory", default="4GB", help="the script's limit (default: %(default)s)")
    parser.add_argument("--layers", action="store_true", help="also each layer as a run of its own")
    parser.add_argument("--folder", type=Path, default=None, help="where the files are made, and kept")
    given = parser.parse_args()
    for gigabytes in given.gigabytes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.folder or Path(temporary)
            print_table(gigabytes, folder / f"{gigabytes:g}", given)


def print_table(gigabytes: float, folder: Path, given: argparse.Namespace) -> None:
    landing, lake = folder / "landing", folder / "lake"
    sessions = str(int(gigabytes * SESSIONS_PER_GIGABYTE))
    if not landing.is_dir():
        sample(landing, "--sessions", sessions, "--days", "30")
    results: dict[str, list[tuple[float, int]]] = {}

    def note(what: str, found: tuple[float, int]) -> None:
        results.setdefault(what, []).append(found)

    run = ("run", "--engine", given.engine, "--landing", str(landing), "--lake", str(lake))
    differ: list[str] = []
    for _ in range(given.repeat):
        shutil.rmtree(lake, ignore_errors=True)
        note("pipelines, from nothing", measure(*run))
        for what, pseudonym in (("DuckDB script, with pseudonyms", "hmac(it)"), ("DuckDB script", "it")):
            note(what, script(landing, lake, folder / "script", given.memory, pseudonym))
        differ = differences(lake, folder / "script")
    note("nothing new", measure(*run))
    if given.layers:
        shutil.rmtree(lake, ignore_errors=True)
        layers(run, note)
    for what, path in (("1 % more, on one day", one_day), ("1 % more, late, over five days", five_days)):
        added = path(landing)
        note(what, measure(*run))
        for file in added:
            print(f"  {what}: {os.path.getsize(file) / 1e6:,.1f} MB")
    table = Table("what", "best s", "worst s", "peak MB", "of the script", "MB/s", box=None, header_style="bold")
    size = size_of(landing)
    base = min(seconds for seconds, _ in results["DuckDB script"])
    for what, found in results.items():
        best, worst = min(second for second, _ in found), max(second for second, _ in found)
        peak = max(memory for _, memory in found) / 1e6
        table.add_row(
            what, f"{best:.1f}", f"{worst:.1f}", f"{peak:,.0f}", f"{best / base:.2f}", f"{size * 1000 / best:,.0f}"
        )
    console = Console()
    console.print(f"\n{size:.2f} GB of events, answers {'differ: ' + ', '.join(differ) if differ else 'equal'}")
    console.print(table)


def _days(landing: Path) -> list[Path]:
    """The files of events, in the order of their days."""
    return sorted(path for path in (landing / "playback").rglob("*.json") if "more" not in path.name)


def _later(lines: Sequence[str], number: int) -> list[str]:
    """Events like these, that are others: with ids and sessions of their own."""
    return [
        re.sub(r'"(event_id|session_id)": ?"', lambda found: f'"{found[1]}":"more{number}-', line) for line in lines
    ]


def one_day(landing: Path) -> list[Path]:
    """Lands a hundredth of the events again, as others, on one day in the middle."""
    days = _days(landing)
    return [_land(days[len(days) // 2], share=len(days) / 100, number=1)]


def five_days(landing: Path) -> list[Path]:
    """Lands a hundredth of the events, as others, spread over five days."""
    days = _days(landing)
    step = max(1, len(days) // 6)
    return [_land(day, share=len(days) / 500, number=2) for day in days[step::step][:5]]


def _land(day: Path, share: float, number: int) -> Path:
    lines = day.read_text(encoding="utf-8").splitlines(keepends=True)
    new = day.with_name(f"more-{number}-{day.name}")
    new.write_text("".join(_later(lines[: int(len(lines) * min(1.0, share))], number)), encoding="utf-8")
    os.utime(new, (day.stat().st_mtime, day.stat().st_mtime))
    return new


if __name__ == "__main__":
    main()
