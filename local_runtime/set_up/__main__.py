"""`python -m local_runtime.set_up FOLDER GROUPS COMMAND…`: sets an environment up and runs the command in it.

Only the standard library is needed, and it is imported when signals are seen to.
"""

import os
import signal
import sys
from typing import NoReturn


def main(folder: str, groups: str, *command: str) -> NoReturn:
    """Becomes the command, in the environment. Raises SystemExit with a sentence where it can't be set up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    from pathlib import Path

    from local_runtime.folding import to_fit
    from local_runtime.set_up.build import ensure
    from local_runtime.set_up.failures import SetUpError

    try:
        ensure(Path(folder), groups)
    except SetUpError as error:
        sys.exit(to_fit(f"lakehouse: {error}", sys.stderr))
    python = f"{folder}/bin/python"
    os.execv(python, [python, "-P", "-m", "local_runtime", *command])


def _stop(number: int, _frame: object) -> NoReturn:
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_DFL)
    print("lakehouse: stopped while setting up. Run again to set up from the start.", file=sys.stderr, flush=True)
    sys.exit(128 + number)


if __name__ == "__main__":
    main(*sys.argv[1:])
