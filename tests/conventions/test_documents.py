"""The documents' claims name the tests that prove them."""

import re

import pytest

from tests.conftest import ROOT

SEMANTICS = (ROOT / "docs" / "semantics.md").read_text()
FAULTS = (ROOT / "docs" / "faults.md").read_text()
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)
}
SAME = SEMANTICS.partition("## The same")[2].partition("## Different")[0]
LINES = [
    *re.split(r"^- ", SAME, flags=re.M)[1:],
    *[line for line in SEMANTICS.splitlines() if line.startswith("|") and not re.match(r"\| here|\|-", line)],
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:50])
def test_every_line_of_the_semantics_names_the_tests_that_pin_it(line):
    named = re.findall(r"`(test_\w+)`", line)
    assert named
    assert set(named) <= TESTS


def test_every_test_that_the_semantics_name_is_there():
    assert set(re.findall(r"`(test_\w+)`", SEMANTICS)) <= TESTS


FAULT_NUMBERS = [int(number) for number in re.findall(r"^\| (\d+) \|", FAULTS, re.M)]
# The tests of faults that don't have the fault's number in their names.
NAMED = {
    int(item[1]): set(re.findall(r"`(test_\w+)`", item[2]))
    for item in re.finditer(r"^- (\d+): (.*(?:\n  .*)*)", FAULTS, re.M)
}


def test_faults_are_numbered_from_1_and_from_101_in_order():
    numbers = list(dict.fromkeys(FAULT_NUMBERS))
    of_data = [number for number in numbers if number < 100]
    of_surroundings = [number for number in numbers if number > 100]
    assert sorted(FAULT_NUMBERS) == FAULT_NUMBERS
    assert of_data == list(range(1, len(of_data) + 1))
    assert of_surroundings == list(range(101, 101 + len(of_surroundings)))


def test_every_fault_has_a_test_and_every_numbered_test_a_fault():
    numbered = {int(name.split("_")[1]) for name in TESTS if re.match(r"test_\d{1,3}_", name)}
    assert numbered | set(NAMED) == set(FAULT_NUMBERS)


@pytest.mark.parametrize("number", NAMED)
def test_the_tests_that_faults_name_are_there(number):
    assert NAMED[number] <= TESTS
    assert NAMED[number]


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
FOLDER_ROWS = re.findall(r"^\| `(\w+)/` \| (.*) \|$", ARCHITECTURE, re.M)


def test_the_architecture_has_a_row_for_each_folder_of_the_runtime():
    folders = {path.parent.name for path in ROOT.glob("local_runtime/*/__init__.py")}
    assert {folder for folder, _ in FOLDER_ROWS} == folders


@pytest.mark.parametrize(("folder", "row"), FOLDER_ROWS, ids=[folder for folder, _ in FOLDER_ROWS])
def test_the_modules_that_a_row_of_the_architecture_names_are_in_its_folder(folder, row):
    there = {path.stem for path in (ROOT / "local_runtime" / folder).rglob("*") if path.suffix in ("", ".py")}
    assert set(re.findall(r"`(\w+)/?`", row)) <= there


DECISIONS = ROOT / "docs" / "decisions"


def test_the_index_of_decisions_has_each_with_its_title():
    paths = sorted(DECISIONS.glob("0*.md"))
    titles = {path.name: path.read_text().splitlines()[0].partition(". ")[2] for path in paths}
    listed = [f"- [{name[:4]}]({name}) {title}" for name, title in titles.items()]
    assert re.findall(r"^- .*", (DECISIONS / "README.md").read_text(), re.M) == listed


# A decision begins with what was decided.
ANSWERS = sorted(path for path in ROOT.glob("docs/**/*.md") if not re.match(r"\d{4}-", path.name))


@pytest.mark.parametrize("document", ANSWERS, ids=lambda path: path.name)
def test_a_document_begins_with_its_question_and_with_whom_it_is_for(document):
    title, blank, purpose = document.read_text().splitlines()[:3]
    assert title.startswith("# ") and title.endswith("?")
    assert blank == ""
    assert purpose.startswith("For ")
