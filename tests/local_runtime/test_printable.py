"""Texts from data as a terminal can show them."""

import subprocess

import pytest

from local_runtime.printable import on_one_line, printable, shell_word


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mFILM\x1b]0;PWNED\x07", r"\x1b[31mFILM\x1b]0;PWNED\x07"),
        ("a\0b\rc\x0bd\x7f\x85\x9b", r"a\x00b\x0dc\x0bd\x7f\x85\x9b"),
        ("caf\udce9.csv", r"caf\xe9.csv"),
        ("Élan, 東京 🎬\tz\n", "Élan, 東京 🎬\tz\n"),
    ],
)
def test_control_characters_are_shown_as_escapes_and_other_characters_stay(text, shown):
    assert printable(text) == shown


def test_a_name_in_a_sentence_has_no_line_break():
    assert on_one_line("a\nHealthy. \x1b[32m") == r"a\nHealthy. \x1b[32m"


@pytest.mark.parametrize("name", ["a.csv", "a b.csv", "it's\n\\n \x1b[32m\x85é.csv"])
def test_a_word_of_a_command_is_on_one_line_and_means_the_name(name):
    word = shell_word(name)
    assert on_one_line(word) == word
    done = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, env={"LC_ALL": "C.UTF-8"})
    assert done.stdout.decode() == name
