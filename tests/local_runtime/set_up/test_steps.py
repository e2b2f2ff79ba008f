"""Steps of set-up show how far they are."""

import io
import sys

import pytest

from local_runtime import progress_line
from local_runtime.set_up.steps import Downloads, run_step

PRINTS = """
import time
print("Downloading pyarrow (50.0MiB)", "Downloading duckdb (25.0MiB)", " Downloaded duckdb", sep="\\n", flush=True)
print("error: what is wrong", flush=True)
time.sleep(0.3)
raise SystemExit(3)
"""


class Stream(io.StringIO):
    """A terminal, or another stream."""

    def __init__(self, is_terminal):
        super().__init__()
        self.isatty = lambda: is_terminal


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ([], ""),
        (["Downloading pyarrow (50.0MiB)", "Downloading tiny (512.0KiB)"], ": 0 of 53 MB, now pyarrow, 1 more"),
        (["Downloading a (1.0GiB)", "Downloading b (1.0MiB)", " Downloaded a"], ": 1074 of 1075 MB, now b"),
        (["Downloading a (50.0MiB)", " Downloaded a"], ": 52 of 52 MB, unpacking"),
        (["Using CPython 3.11.7", " Downloaded unknown", "Prepared 25 packages in 19.05s"], ""),
    ],
)
def test_progress_says_how_much_of_what_is_there(lines, shown):
    downloads = Downloads()
    for line in lines:
        downloads.feed(line)
    assert str(downloads) == shown


@pytest.mark.parametrize(("is_terminal", "begin", "end"), [(True, "\r  0 s: ", "\r\033[K"), (False, "  0 s: ", "\n")])
def test_a_step_shows_progress_and_returns_what_else_it_says(monkeypatch, tmp_path, is_terminal, begin, end):
    stream = Stream(is_terminal)
    monkeypatch.setattr(progress_line, "ON_TERMINAL", 0.02)
    monkeypatch.setattr(progress_line, "ELSEWHERE", 0.02)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "60")
    assert run_step("installing", [sys.executable, "-c", PRINTS], {}, tmp_path) == (3, "error: what is wrong\n")
    shown = stream.getvalue()
    assert shown.startswith(begin) and shown.endswith(end)
    assert "installing: 26 of 79 MB, now pyarrow" in shown
    assert ("\n" in shown) is not is_terminal
