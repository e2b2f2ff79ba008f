"""Child processes that end with this one."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

# Runs a command, and kills it with all its children once the standard input closes. In its own session no Ctrl-C
# reaches this shell.
ENDS_WITH_INPUT = (
    'exec 3<&0; "$@" 3<&- & command=$!; (read -r _ <&3; kill -9 0) 2>/dev/null & watch=$!; '
    "wait $command; status=$?; kill -9 $watch; exit $status"
)


def start(
    command: Sequence[str], environment: Mapping[str, str], output: IO[str] | int, errors: IO[str] | int
) -> "subprocess.Popen[str]":
    """Starts a command that ends with this process, however that ends, or once its `stdin` is closed."""
    return subprocess.Popen(
        ["sh", "-c", ENDS_WITH_INPUT, "sh", *command],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=errors,
        text=True,
        errors="replace",
        env=environment,
        start_new_session=True,
    )


def memory_of_children() -> int:
    """The bytes of memory that all processes below this one hold; 0 where the system doesn't say."""
    parents: dict[int, int] = {}
    held: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            held[int(path.name)] = int((path / "statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):  # it has just ended
            continue
    return sum(pages for pid, pages in held.items() if _is_below(pid, parents)) * os.sysconf("SC_PAGE_SIZE")


def _is_below(pid: int, parents: Mapping[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == os.getpid():
            return True
    return False
