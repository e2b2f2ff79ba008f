"""`python -m local_runtime`: the launcher's entry."""

import os
import shutil
import sys
from pathlib import Path

from local_runtime.interrupts import end_at_signals
from local_runtime.root import ROOT
from local_runtime.set_up.environment import forget, lacking

LAST_WORDS = {
    "run": "stopped. What was committed stays; run again to go on.",
    "export": "stopped. What was exported before is unchanged.",
    "publish": "stopped. What was published before is unchanged.",
}


def _repair_environment() -> None:
    """Starts again from the launcher, which repeats the set-up, where packages of this environment were deleted."""
    environment = Path(sys.prefix)
    if "LAKEHOUSE_AS_IT_IS" in os.environ or not (lost := lacking(environment)):
        return
    print(
        f"lakehouse: {environment.name} has lost {', '.join(lost[:3])}: it is set up again.",
        file=sys.stderr,
        flush=True,
    )
    try:
        forget(environment)
    except OSError as error:
        sys.exit(f"lakehouse: {error.filename} can't be removed ({error.strerror}).")
    os.execve(ROOT / "lakehouse", ["lakehouse", *sys.argv[1:]], {**os.environ, "LAKEHOUSE_AS_IT_IS": "1"})


def _command() -> int:
    from local_runtime.cli.arguments import main
    from local_runtime.cli.output import guard
    from local_runtime.engines.paths import remove_aliases
    from local_runtime.errors import LakehouseError
    from local_runtime.folding import to_fit

    try:
        guard()
        return main()
    except LakehouseError as error:
        print(to_fit(f"lakehouse: {error}", sys.stderr), file=sys.stderr)
        return 1
    finally:
        remove_aliases()


def _finish(code: int) -> int:
    from local_runtime.cli.output import finish

    return finish(code)


_repair_environment()
command = next(iter(sys.argv[1:]), "")
if command not in ("test", "sql", "serve"):  # these leave signals to their children, the prompt, the server
    end_at_signals(LAST_WORDS.get(command, "stopped."))
try:
    code = _command()
except SystemExit as usage:
    code = int(usage.code or 0)
except KeyboardInterrupt:
    print("lakehouse: stopped.", file=sys.stderr)
    code = 130
except (EOFError, ValueError, TypeError) as error:
    # A full disk truncates compiled modules, which Python doesn't notice when it writes them: they are recompiled,
    # once.
    if "marshal" not in str(error) or not sys.pycache_prefix or "LAKEHOUSE_COMPILED_ANEW" in os.environ:
        raise
    shutil.rmtree(sys.pycache_prefix, ignore_errors=True)
    os.execve(sys.executable, sys.orig_argv, {**os.environ, "LAKEHOUSE_COMPILED_ANEW": "1"})
# Not sys.exit: native threads of the engines and of Arrow sometimes abort an interpreter that is shutting down.
os._exit(_finish(code))
