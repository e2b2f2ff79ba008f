"""Child processes that end with this one."""

import subprocess
from collections.abc import Mapping, Sequence
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
