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


FAULT_LINES = [line for line in FAULTS.splitlines() if re.match(r"\| \d+ \|", line)]


def test_faults_are_numbered_from_1_and_from_101_in_order():
    numbers = [int(line.split("|")[1]) for line in FAULT_LINES]
    of_data = [number for number in numbers if number < 100]
    of_surroundings = [number for number in numbers if number > 100]
    assert of_data == list(range(1, len(of_data) + 1))
    assert of_surroundings == list(range(101, 101 + len(of_surroundings)))
    assert numbers == of_data + of_surroundings


@pytest.mark.parametrize("line", FAULT_LINES, ids=lambda line: line[:40])
def test_every_fault_names_the_tests_that_hold_it_and_numbered_tests_are_its_own(line):
    named = set(re.findall(r"`(test_\w+)`", line))
    number = line.split("|")[1].strip()
    assert named
    assert named <= TESTS
    assert {name for name in TESTS if name.startswith(f"test_{number}_")} <= named
