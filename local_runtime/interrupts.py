"""Ctrl-C and SIGTERM end a command at once, whatever its threads are doing.

A commit is one atomic step, so a command may end between any two of them. Waiting for its threads would be wrong:
native code doesn't hear of signals, and Sail's server stops at a SIGINT of its own accord, which its clients take for a
server that will come back, for ten minutes. So no thread but one ever gets these signals.
"""

import os
import signal
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet

HANDLED_SIGNALS = (signal.SIGINT, signal.SIGTERM)
BEFORE_EXIT: list[Callable[[str, int], None]] = []
"""Called with the last words and the exit code, where a signal ends a command."""
MESSAGE_TIMEOUT = 1.0
"""Seconds for the last words; the process ends then, though its terminal doesn't take them."""


def end_at_signals(last_words: str) -> None:
    """Makes a SIGINT or SIGTERM print `last_words` and end the process with 130 or 143; a second one ends it at once.

    Called before any other thread exists: threads take over which signals are blocked, native ones too. Child processes
    do so as well, and have to end with this one by other means. A signal that the caller ignores stays ignored.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED_SIGNALS)
    handled = {number for number in HANDLED_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN}
    if handled:
        threading.Thread(target=_wait, args=(handled, last_words), name="signals", daemon=True).start()


def _wait(handled: AbstractSet[signal.Signals], last_words: str) -> None:
    code = 128 + signal.sigwait(handled)
    try:
        threading.Timer(MESSAGE_TIMEOUT, os._exit, (code,)).start()
        threading.Thread(target=_exit, args=(code, last_words), daemon=True).start()
        signal.sigwait(handled)
    finally:  # also where there is no memory for another thread
        os._exit(code)


def _exit(code: int, last_words: str) -> None:
    """Staged files and links are left for the next run to delete: other threads may still read them, and an
    engine reads a file that is missing as an empty one."""
    try:
        if os.isatty(1) and os.environ.get("TERM") != "dumb":
            os.write(1, b"\r\x1b[2K\x1b[?25h")  # the line of live progress, which has hidden the cursor
        os.write(2, f"lakehouse: {last_words}\n".encode())
        for call in BEFORE_EXIT:
            call(last_words, code)
    finally:
        os._exit(code)
