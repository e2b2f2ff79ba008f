"""How long files that are made to hurt take to be rejected or read, and the memory that takes: prints a table."""

import argparse
import gzip
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "src")]

from rich.console import Console
from rich.table import Table

from bronze.feeds import TITLES_FEED
from local_runtime.auto_loader.loader import load_increment
from local_runtime.auto_loader.source import FileSource
from local_runtime.state.file_ledger import FileLedger

HEADER = ",".join(TITLES_FEED.column_names) + "\n"
ROW = ",".join("x" for _ in TITLES_FEED.column_names) + "\n"


def bomb(path: Path) -> None:
    with gzip.open(path.with_suffix(".csv.gz"), "wb") as out:
        out.write(HEADER.encode())
        for _ in range(200):
            out.write(ROW.encode() * 200_000)


FILES: dict[str, Callable[[Path], object]] = {
    "100,000 columns": lambda path: path.write_text(",".join(f"c{n}" for n in range(100_000)) + "\n"),
    "a field of 50 MB": lambda path: path.write_text(HEADER + "x" * 50_000_000 + ROW),
    "a quoted field of 50 MB over many lines": lambda path: path.write_text(HEADER + '"' + "x,\n" * 16_000_000 + ROW),
    "a compression bomb of 1 GB": bomb,
    "200,000 rows, every tenth with an unclosed quote": lambda path: path.write_text(
        HEADER + (ROW * 9 + 's1,"open,x\n') * 20_000
    ),
    "500,000 clean rows": lambda path: path.write_text(HEADER + ROW * 500_000),
}


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    table = Table("file", "seconds", "rows", "rejected", "peak MB so far", box=None, header_style="bold")
    for what, make in FILES.items():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "in").mkdir()
            make(Path(folder) / "in" / "file.csv")
            started = time.monotonic()
            source = FileSource(f"{folder}/in", TITLES_FEED.options, TITLES_FEED.schema)
            increment = load_increment(source, {}, FileLedger(Path(folder) / "table"), Path(folder) / "staging")
            assert increment is not None
            seconds = time.monotonic() - started
            rows = sum(record.rows for record in increment.records)
            reasons = ", ".join(record.reason for record in increment.records if record.reason)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
            table.add_row(what, f"{seconds:.2f}", f"{rows:,}", reasons, f"{peak:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
