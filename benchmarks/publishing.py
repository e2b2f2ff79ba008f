"""What publishing to PostgreSQL costs: CPU seconds of the publisher, and seconds, beside the goals.

`.venv-spark/bin/python benchmarks/publishing.py --lake LAKE` publishes a copy of the lake, makes its `fact_playback` a
million rows long, changes 1 % of them, and publishes each state to a PostgreSQL of its own (Debian's package).
"""

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from deltalake import DeltaTable, write_deltalake

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from local_runtime.delta.lake import Lake
from local_runtime.state.publications import newest_publication, publish
from tests.helpers import postgres

ROWS = 1_000_000
FACT = "gold.fact_playback"
NEW_KEY = "(hash(session_key, copy) >> 1)::BIGINT AS session_key"


def publisher(lake: Lake, dsn: str, schema: str) -> tuple[float, float, str]:
    """CPU seconds and seconds of one `publish`, and what it said."""
    command = [sys.executable, "-P", "-m", "local_runtime", "publish", "postgres"]
    command += ["--lake", str(lake.root), "--dsn", dsn, "--schema", schema]
    options = {"PYTHONPATH": str(ROOT), "LAKEHOUSE_ROOT": str(ROOT), "LAKEHOUSE_AS_IT_IS": "1"}
    options["PYTHONPYCACHEPREFIX"] = str(ROOT / ".lakehouse" / "bytecode")
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env={**inherited, **options}, capture_output=True, text=True, check=False)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, took, done.stdout.strip()


def commit(lake: Lake, rows: str) -> None:
    """Replaces the fact by the rows of a query over it, and publishes."""
    known = newest_publication(lake)
    if known is None:
        raise SystemExit(f"{lake.root} has no publication: run the pipelines first.")
    fact = DeltaTable(str(lake.path(FACT))).to_pyarrow_table()
    connection = duckdb.connect()
    connection.register("fact", fact)
    write_deltalake(str(lake.path(FACT)), connection.sql(rows).to_arrow_table(), mode="overwrite")
    if publish(lake, f"benchmark {time.time_ns()}", known.versions) is None:
        raise SystemExit("The changed table wasn't published.")


def count(lake: Lake) -> int:
    return int(DeltaTable(str(lake.path(FACT))).to_pyarrow_table(columns=["session_key"]).num_rows)


def show(what: str, lake: Lake, dsn: str, goal: float, schema: str = "lakehouse") -> None:
    cpu, took, said = publisher(lake, dsn, schema)
    sent = re.sub(r".*tables?, (.*); .*", r"\1", said)
    print(f"{what:28} {cpu:6.2f} CPU s (goal {goal:g})  {took:6.2f} s  {sent}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", type=Path, default=ROOT / "lake")
    given = parser.parse_args().lake
    programs = postgres.programs()
    if programs is None:
        raise SystemExit("There is no PostgreSQL below /usr/lib/postgresql (Debian: apt-get install postgresql).")
    with tempfile.TemporaryDirectory() as folder, postgres.running(programs) as sockets:
        lake, dsn = Lake(Path(folder) / "lake"), f"host={sockets} user=postgres dbname=postgres"
        shutil.copytree(given, lake.root)
        publisher(lake, dsn, "compiles_modules")
        show("the sample", lake, dsn, 3)
        show("nothing changed", lake, dsn, 1)
        copies = f"range({ROWS} // {count(lake)} + 1) copies(copy)"
        commit(lake, f"SELECT fact.* REPLACE ({NEW_KEY}) FROM {copies}, fact LIMIT {ROWS}")
        show("a million rows at first", lake, dsn, 10, "fresh")
        show("a million for a few hundred", lake, dsn, 10)
        show("nothing changed", lake, dsn, 1)
        commit(lake, "SELECT * REPLACE (if(session_key % 100 = 0, events + 1, events) AS events) FROM fact")
        show("1 % changed", lake, dsn, 3)


if __name__ == "__main__":
    main()
