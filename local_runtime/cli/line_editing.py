"""Editing of lines at the prompt, their history and their completion, where Python has a readline."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType

readline: ModuleType | None
try:
    import readline
except ImportError:  # Python without line editing
    readline = None

MAX_REMEMBERED = 1000


class LineEditing:
    """Lines can be edited, and are remembered in `history`, for as long as the context lasts."""

    def __init__(self, completions: Callable[[str, str], Sequence[str]], history: Path) -> None:
        self._completions, self._history = completions, history
        self._found: Sequence[str] = ()

    def __enter__(self) -> None:
        if readline is None:
            return
        readline.set_completer(self._complete)
        is_libedit = "libedit" in (readline.__doc__ or "")
        readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
        readline.set_completer_delims(" \t\n,;()=<>+-*/")
        readline.set_history_length(MAX_REMEMBERED)
        with suppress(OSError):  # without a readable history the prompt works too
            readline.read_history_file(self._history)

    def _complete(self, word: str, place: int) -> str | None:
        if place == 0 and readline is not None:
            self._found = self._completions(word, readline.get_line_buffer())
        return self._found[place] if place < len(self._found) else None

    def __exit__(self, *_: object) -> None:
        if readline is None:
            return
        readline.set_completer(None)
        with suppress(OSError):
            self._history.parent.mkdir(exist_ok=True)
            readline.write_history_file(self._history)
            self._history.chmod(0o600)  # queries may be confidential
