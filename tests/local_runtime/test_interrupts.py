"""Ctrl-C and SIGTERM, whatever the threads are doing."""

import signal
import subprocess
import sys
import textwrap

import pytest

from tests.conftest import ROOT


def child(code, **named):
    """A Python process that has begun with `end_at_signals`, once it says that it is ready."""
    begin = "from local_runtime import interrupts\ninterrupts.end_at_signals('stopped.' + PADDING)\n"
    program = f"PADDING = ''\n{begin}{textwrap.dedent(code)}" if "PADDING" not in code else textwrap.dedent(code)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        **named,
    )
    assert process.stdout.readline() == "ready\n"
    return process


BUSY = {
    "a main thread that sleeps": "import time; print('ready', flush=True); time.sleep(600)",
    "workers that nobody stops": """
        import concurrent.futures, time
        with concurrent.futures.ThreadPoolExecutor() as pool:
            pool.submit(time.sleep, 600)
            print('ready', flush=True)
        """,
    "a query": """
        import duckdb
        print('ready', flush=True)
        duckdb.sql("SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b").fetchall()
        """,
    "an exit that waits for a thread": """
        import threading, time
        threading.Thread(target=time.sleep, args=(600,)).start()
        print('ready', flush=True)
        """,
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("code", BUSY.values(), ids=BUSY)
def test_115_a_signal_ends_a_command_whatever_its_threads_are_doing(code, number):
    process = child(code)
    process.send_signal(number)
    _, said = process.communicate(timeout=300)
    assert (process.returncode, said) == (128 + number, "lakehouse: stopped.\n")


def test_115_an_engines_own_handler_never_hears_of_it():
    """Sail's server would stop, and its clients would try to reach it for ten minutes."""
    process = child("""
        from pysail.spark import SparkConnectServer
        server = SparkConnectServer("127.0.0.1", 0)
        server.start(background=True)
        import threading
        print('ready', flush=True)
        threading.Event().wait()
        """)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=300)
    assert process.returncode == 130


# Nobody reads the last words, and the pipe can't hold them.
UNREAD = """
    PADDING = "x" * 10_000_000
    from local_runtime import interrupts
    interrupts.PATIENCE = {patience}
    interrupts.end_at_signals(PADDING)
    import threading
    print("ready", flush=True)
    threading.Event().wait()
    """


def test_115_a_terminal_that_takes_no_words_holds_nothing_up():
    process = child(UNREAD.format(patience=0.5))
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=300) == 143


def test_115_a_second_signal_ends_at_once():
    process = child(UNREAD.format(patience=3600))
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=300) == 130


def test_a_signal_that_the_caller_ignores_stays_ignored():
    process = child(
        """
        PADDING = ""
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from local_runtime import interrupts
        interrupts.end_at_signals("stopped.")
        print("ready", flush=True)
        print(input(), flush=True)
        """,
        stdin=subprocess.PIPE,
    )
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate("still here\n", timeout=300)
    assert (process.returncode, said) == (0, "still here\n")
