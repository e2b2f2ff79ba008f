"""Writes nasty rows as files into a landing folder, alone or beside a sample."""

import csv
import gzip
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.end_to_end.nasty import FEEDS, NastyFile


def land(landing: Path) -> None:
    """Writes every feed's files to its landing folder. No title has an id that the sample uses."""
    for folder, files in FEEDS.items():
        for file in files:
            _land(landing / folder, file)


def land_beside(landing: Path, sample: Path) -> None:
    """Writes the files of every feed for a place that has a sample; `sample` is a landing folder with usual headers.

    The first file of a feed of snapshots becomes its last one, and begins with the rows of the sample's newest:
    otherwise the nasty snapshots, which are newer, would end all that the sample has. Of the others, those are left
    out that name good rows only, for the same reason. A feed that the sample lacks has its own files alone.
    """
    for folder, (first, *others) in FEEDS.items():
        for file in others:
            if file.odd:
                _land(landing / folder, file)
        if first.name.endswith(".json") or not (sample / folder).is_dir():
            _land(landing / folder, first)
            continue
        header, *rows = first.rows()
        newest = max(path for path in (sample / folder).iterdir() if path.is_file())
        path = landing / folder / f"beside_2021-11{Path(first.name).suffix}"
        _write(path, [header, *_rows(newest, len(header)), *rows])


def _land(folder: Path, file: NastyFile) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file.name
    if path.suffix == ".json":
        header, *rows = file.rows()
        lines = (json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows)
        path.write_text("".join(lines), encoding="utf-8")
    else:
        _write(path, file.rows())
    os.utime(path, (file.modified, file.modified))


def _rows(snapshot: Path, width: int) -> list[list[str]]:
    """A file's rows. Its columns are in the order of `FEEDS`, whatever their names."""
    opened = gzip.open if snapshot.suffix == ".gz" else open
    with opened(snapshot, "rt", encoding="utf-8-sig", newline="") as text:
        unquoted = {"delimiter": "\t", "quoting": csv.QUOTE_NONE} if ".tsv" in snapshot.suffixes else {}
        _, *rows = csv.reader(text, **unquoted)
    if {len(row) for row in rows} != {width}:
        raise ValueError(f"{snapshot} has rows that are not {width} columns wide")
    return rows


def _write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Writes a file of comma-separated values or, as IMDb's are, of tab-separated ones without quotes."""
    with path.open("w", encoding="utf-8", newline="") as text:
        if path.suffix == ".tsv":
            text.writelines("\t".join(row) + "\n" for row in rows)
        else:
            csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
