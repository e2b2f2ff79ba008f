"""Runs pip and uv, and shows how far they are."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local_runtime.progress_line import ProgressLine

# What uv says of each larger package, when it begins and when it is there.
BEGINS = re.compile(r"Downloading (?P<name>\S+) \((?P<size>[\d.]+)(?P<unit>[KMG])iB\)")
ENDS = re.compile(r"Downloaded (?P<name>\S+)")
MB = {"K": 2**10 / 1e6, "M": 2**20 / 1e6, "G": 2**30 / 1e6}


class Downloads:
    """The packages that uv has begun to fetch, and those that are there."""

    def __init__(self) -> None:
        self._sizes: dict[str, float] = {}
        self._fetched: set[str] = set()

    def feed(self, line: str) -> bool:
        """Takes in a line of uv's; returns whether it is about the download of a package."""
        begins, ends = BEGINS.search(line), ENDS.search(line)
        if begins is not None:
            self._sizes[begins["name"]] = float(begins["size"]) * MB[begins["unit"]]
        if ends is not None:
            self._fetched.add(ends["name"])
        return bool(begins or ends)

    def __str__(self) -> str:
        if not self._sizes:
            return ""
        missing = [name for name in self._sizes if name not in self._fetched]
        total = sum(self._sizes.values())
        fetched = total - sum(self._sizes[name] for name in missing)
        others = f", {len(missing) - 1} more" if len(missing) > 1 else ""
        now = f"now {max(missing, key=lambda name: self._sizes[name])}{others}" if missing else "unpacking"
        return f": {fetched:.0f} of {total:.0f} MB, {now}"


def run_step(doing: str, command: list[str], variables: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """Runs a command in a folder; returns its exit code and what it printed, except on downloads."""
    lines, downloads = [], Downloads()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    with process, ProgressLine(doing, sys.stderr) as progress:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if downloads.feed(line):
                    progress.say(f"{doing}{downloads}")
                else:
                    lines.append(line)
        except BaseException:  # SystemExit of a signal, too
            process.kill()
            raise
    return process.returncode, "".join(lines)
