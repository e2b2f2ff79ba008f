"""Conventions of Python files: short enough to read in one go; failing tests show the values that differ."""

import ast

from tests.conftest import ROOT

FOLDERS = (
    "src",
    "local_runtime",
    "deployment",
    "sample",
    "imports",
    "metrics",
    "serving",
    "exports",
    "publishing",
    "benchmarks",
    "tests",
)
LONGEST = 300  # lines
FILES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def test_python_files_stay_small():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_only_tests_and_their_helpers_assert():
    """pytest shows the values of a failed `assert` in test files, conftest.py and `tests.helpers`, and nowhere else."""
    helpers = ROOT / "tests" / "helpers"
    plain = [path for path in (ROOT / "tests").rglob("*.py") if helpers not in path.parents]
    asserting = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in plain
        if not path.name.startswith("test_") and path.name != "conftest.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assert)
    }
    assert asserting == set()
