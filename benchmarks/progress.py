"""What a run with nothing new costs on a lake of many commits and files, beside the same on a small one.

The large lake is not made by running: its log entries, landed files and ledger are written, then one run takes them in.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.measuring import Costs, measure, report
from local_runtime.delta.commits import commit_version, write_checkpoint
from local_runtime.delta.lake import Lake
from local_runtime.state.file_ledger import FileLedger, FileRecord
from local_runtime.state.progress import PROPERTY, progress_of
from sample.catalogue import HEADER, Sample, make_sample

TABLE = "bronze.titles"


def grow(lake: Lake, landing: Path, commits: int, files: int) -> None:
    """Adds files without rows to the landing folder and the ledger, and commits without rows to the table."""
    log = lake.log(TABLE)
    records = []
    for number in range(files):
        path = landing / "titles" / f"{number % 100:02}" / f"{number:06}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(",".join(HEADER) + "\n")
        stat = path.stat()
        name = path.relative_to(landing / "titles").as_posix()
        records.append(FileRecord(name, "loaded", stat.st_size, stat.st_mtime_ns, "0" * 64))
    progress = progress_of(log)
    assert progress is not None
    (name, flow), *_ = progress.flows.items()
    for number in range(commits):
        if number % max(1, commits // 50) == 0:
            share = records[: files * max(1, commits // 50) // commits]
            del records[: len(share)]
            segments = FileLedger(log.path, flow.intake.files).add(share)
            flow = replace(flow, intake=replace(flow.intake, files=segments))
        before = log.details()
        assert before is not None
        carried = replace(progress.with_flow(name, flow), version=before.version + 1)
        properties = {PROPERTY: carried.to_json()}
        schema = json.loads(before.metadata["schemaString"])
        partitions = before.metadata["partitionColumns"]
        commit_version(log, before, mode="Append", schema=schema, properties=properties, partition_by=partitions)
    write_checkpoint(log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    costs = Costs()
    for commits, files in ((10, 10), (given.commits, given.files)):
        with tempfile.TemporaryDirectory() as folder:
            landing, lake = Path(folder) / "landing", Path(folder) / "lake"
            run = ("run", "--landing", str(landing), "--lake", str(lake))
            make_sample(landing, Sample())
            measure(*run)
            grow(Lake(lake), landing, commits, files)
            measure(*run)
            for _ in range(given.repeat):
                costs.note(f"{commits:,} commits, {files:,} files", measure(*run))
    report("nothing new, by what the lake has", costs)


if __name__ == "__main__":
    main()
