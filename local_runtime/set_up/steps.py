"""Runs pip and uv, and shows how far they are: on a terminal in a line that changes, else in a line now and then."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO

ON_TERMINAL, ELSEWHERE = 0.5, 5.0
"""Seconds from one sign of life to the next."""
# What uv says of each larger package, when it begins and when it is there.
BEGINS = re.compile(r"Downloading (?P<name>\S+) \((?P<size>[\d.]+)(?P<unit>[KMG])iB\)")
ENDS = re.compile(r"Downloaded (?P<name>\S+)")
MB = {"K": 2**10 / 1e6, "M": 2**20 / 1e6, "G": 2**30 / 1e6}


class Progress(AbstractContextManager["Progress"]):
    """Shows how far a step is, from what it prints, for as long as the context lasts."""

    def __init__(self, doing: str, stream: TextIO) -> None:
        self._doing, self._stream, self._is_terminal = doing, stream, stream.isatty()
        self._sizes: dict[str, float] = {}
        self._fetched: set[str] = set()
        self._started, self._is_done = time.monotonic(), threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def feed(self, line: str) -> bool:
        """Takes in a line of pip or uv; returns whether it says how far a package is."""
        begins, ends = BEGINS.search(line), ENDS.search(line)
        if begins is not None:
            self._sizes[begins["name"]] = float(begins["size"]) * MB[begins["unit"]]
        if ends is not None:
            self._fetched.add(ends["name"])
        return bool(begins or ends)

    def __str__(self) -> str:
        sizes = dict(self._sizes)
        missing = [name for name in sizes if name not in self._fetched]
        text = f"{time.monotonic() - self._started:3.0f} s: {self._doing}"
        if not sizes:
            return text
        fetched = sum(sizes.values()) - sum(sizes[name] for name in missing)
        others = f", {len(missing) - 1} more" if len(missing) > 1 else ""
        now = f", now {max(missing, key=lambda name: sizes[name])}{others}" if missing else ", unpacking"
        return f"{text}: {fetched:.0f} of {sum(sizes.values()):.0f} MB{now}"

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_done.set()
        self._thread.join()
        if self._is_terminal:
            print("\r\033[K", end="", file=self._stream, flush=True)

    def _show(self) -> None:
        while not self._is_done.wait(ON_TERMINAL if self._is_terminal else ELSEWHERE):
            if self._is_terminal:
                text = str(self)[: shutil.get_terminal_size().columns - 1]
                print(f"\r{text}\033[K", end="", file=self._stream, flush=True)
            else:
                print(self, file=self._stream, flush=True)


def run_step(doing: str, command: list[str], variables: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """Runs a command in a folder; returns its exit code and what it printed beside its progress."""
    lines = []
    with (
        subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
        Progress(doing, sys.stderr) as progress,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if not progress.feed(line):
                    lines.append(line)
        except BaseException:  # SystemExit of a signal, too
            process.kill()
            raise
    return process.returncode, "".join(lines)
