"""Messages fit a terminal."""

from types import SimpleNamespace

import pytest

from local_runtime.folding import fold, to_fit

PATH = "/a/folder/whose/path/is/longer/than/a/line"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("fits in one line", ["fits in one line"]),
        ("a line that ends between its words", ["a line that ends", "between its words"]),
        (f"The lake is in {PATH}; so", ["The lake is in", f"{PATH};", "so"]),
        ("To do it: ./lakehouse run --lake x/y", ["To do it:", "./lakehouse run --lake x/y"]),
        ("Do ./lakehouse run", ["Do ./lakehouse run"]),
        ("None: `./lakehouse run` makes one.", ["None:", "`./lakehouse run` makes one."]),
        ("  ./lakehouse run", ["  ./lakehouse run"]),
        ("\nafter an empty one", ["", "after an empty one"]),
    ],
)
def test_lines_end_between_words_and_paths_and_commands_stay_whole(text, lines):
    assert fold(text, 20) == "\n".join(lines)


@pytest.mark.parametrize(("is_terminal", "lines"), [(True, 2), (False, 1)])
def test_lines_are_folded_on_a_terminal_only(monkeypatch, is_terminal, lines):
    monkeypatch.setenv("COLUMNS", "20")
    stream = SimpleNamespace(isatty=lambda: is_terminal)
    assert len(to_fit("a line that ends between its words", stream).splitlines()) == lines
