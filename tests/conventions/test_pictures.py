"""The README's pictures: there, current, readable, and of commands that it names."""

import re
from itertools import groupby
from xml.etree import ElementTree

import pytest

from docs.pictures import draw, performance
from docs.pictures.screen import Screen
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"
# The width of a character beside its height, in a font that is wider than most (DejaVu Sans).
BROAD = 0.56


def recorded_lines():
    """What the recording shows in the end, a text per line."""
    drawing = ElementTree.parse(ROOT / "docs/pictures/run.svg").getroot()
    stays = [group for group in drawing.iter(f"{SVG}g") if group.get("visibility") != "hidden"]
    words = [text for group in stays for text in group.iter(f"{SVG}text")]
    rows = groupby(sorted(words, key=lambda text: int(text.get("y"))), key=lambda text: text.get("y"))
    return [" ".join(text.text for text in row) for _, row in rows]


@pytest.mark.parametrize(("name", "drawn"), draw.pictures().items(), ids=draw.pictures())
def test_a_drawn_picture_is_current(name, drawn):
    path = ROOT / "docs/pictures" / name
    assert path.read_text(encoding="utf-8") == drawn, ".venv/bin/python -m docs.pictures.draw draws it again."


def test_the_readme_shows_pictures_that_are_there_each_with_a_text():
    shown = re.findall(r"docs/pictures/([\w-]+\.svg)", README)
    assert {*shown} == {*draw.pictures(), "run.svg"}
    assert {path.name for path in ROOT.glob("docs/pictures/*.svg")} == {*shown, performance.PICTURE.name}
    assert all(re.search(r'alt="[^"]+"', image) for image in re.findall(r"<img[^>]*>", README))


def test_the_picture_and_tables_of_performance_are_what_was_measured():
    measured, document = performance.sizes(), performance.DOCUMENT.read_text(encoding="utf-8")
    again = ".venv/bin/python -m docs.pictures.performance makes it again."
    assert performance.PICTURE.read_text(encoding="utf-8") == performance.picture(measured[-1]), again
    assert performance.tables(measured) in document, again
    assert re.search(r"!\[[^\]]+\]\(pictures/performance[.]svg\)", document)


def test_the_diagram_has_eight_nodes_whose_texts_fit():
    nodes = draw.nodes()
    assert len(nodes) == 8
    for node in nodes:
        assert len(node.name) * 23 * BROAD < node.width, node
        assert len(node.note) * 19 * BROAD < node.width, node


def test_the_recording_is_of_the_commands_that_the_readme_says_to_type():
    (block,) = re.findall(r"## Sixty seconds\n.*?```\n(.*?)```", README, re.DOTALL)
    typed = [line for line in block.splitlines() if line.startswith("./lakehouse")]
    assert [line.removeprefix("$ ") for line in recorded_lines() if line.startswith("$ ")] == typed


def test_every_line_of_the_recording_fits_the_window():
    drawing = ElementTree.parse(ROOT / "docs/pictures/run.svg").getroot()
    ends = [int(text.get("x")) + int(text.get("textLength", 0)) for text in drawing.iter(f"{SVG}text") if text.text]
    assert max(end for end in ends if end) <= int(drawing.get("width"))


def test_the_recording_names_no_folder_of_the_machine_that_made_it():
    assert not re.search(r"/(tmp|home|root|Users)/", (ROOT / "docs/pictures/run.svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (["one\r\n", "two"], ["one", "two"]),
        (["10 %\r100 %"], ["100 %"]),
        (["gone\r\x1b[2Kstays"], ["stays"]),
        (["above\r\nbelow\x1b[1A\x1b[2K\rover"], ["over", "below"]),
        (["\x1b[1", "mbold\x1b", "[0m"], ["bold"]),
        (["abcdefghijkl"], ["abcdefghij", "kl"]),
        (["blanks  \r\n\r\n"], ["blanks"]),
    ],
)
def test_a_screen_shows_what_a_terminal_would(written, shown):
    screen = Screen(10)
    for text in written:
        screen.write(text)
    assert ["".join(character for character, _ in line) for line in screen.shown()] == shown


def test_a_screen_keeps_the_colours():
    screen = Screen(10)
    screen.write("\x1b[33mx\x1b[0my\x1b[38;5;70mz")
    assert screen.shown() == ((("x", "yellow"), ("y", ""), ("z", "green")),)
