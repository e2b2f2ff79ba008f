"""A sign of life from what takes long: on a terminal a line that changes, elsewhere a line now and then."""

import shutil
import threading
import time
from typing import TextIO

ON_TERMINAL, ELSEWHERE = 0.5, 5.0
"""Seconds from one sign of life to the next."""


class ProgressLine:
    """Shows the current step and the seconds so far, for as long as the context lasts."""

    def __init__(self, step: str, stream: TextIO) -> None:
        self._step, self._stream, self._is_terminal = step, stream, stream.isatty()
        self._started, self._is_done = time.monotonic(), threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def say(self, step: str) -> None:
        """Sets what is shown from the next sign of life on."""
        self._step = step

    def __enter__(self) -> "ProgressLine":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_done.set()
        self._thread.join()
        if self._is_terminal:
            print("\r\033[K", end="", file=self._stream, flush=True)

    def _show(self) -> None:
        while not self._is_done.wait(ON_TERMINAL if self._is_terminal else ELSEWHERE):
            text = f"{time.monotonic() - self._started:3.0f} s: {self._step}"
            if self._is_terminal:
                text = text[: shutil.get_terminal_size().columns - 1]
                print(f"\r{text}\033[K", end="", file=self._stream, flush=True)
            else:
                print(text, file=self._stream, flush=True)
