"""`python -m local_runtime`: the launcher's entry."""

import os
import shutil
import sys

from local_runtime.interrupts import end_at_signals

LAST_WORDS = {"run": "stopped. What was committed stays; run again to go on."}


def _command() -> int:
    from local_runtime.cli.arguments import main
    from local_runtime.cli.output import guard
    from local_runtime.errors import LakehouseError
    from local_runtime.lake.paths import forget_aliases

    try:
        guard()
        return main()
    except LakehouseError as error:
        print(f"lakehouse: {error}", file=sys.stderr)
        return 1
    finally:
        forget_aliases()


def _finish(code: int) -> int:
    from local_runtime.cli.output import finish

    return finish(code)


command = next(iter(sys.argv[1:]), "")
if command != "test":  # its children are to have the signals
    end_at_signals(LAST_WORDS.get(command, "stopped."))
try:
    code = _command()
except SystemExit as usage:
    code = int(usage.code or 0)
except (EOFError, ValueError, TypeError) as error:
    # A full disk cuts compiled modules short, and Python doesn't notice when it writes them: they are made anew, once.
    if "marshal" not in str(error) or not sys.pycache_prefix or "LAKEHOUSE_COMPILED_ANEW" in os.environ:
        raise
    shutil.rmtree(sys.pycache_prefix, ignore_errors=True)
    os.execve(sys.executable, sys.orig_argv, {**os.environ, "LAKEHOUSE_COMPILED_ANEW": "1"})
# Not sys.exit: native threads of the engines and of Arrow now and then abort an interpreter that is being torn down.
os._exit(_finish(code))
