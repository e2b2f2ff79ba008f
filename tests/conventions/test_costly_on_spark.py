"""What runs on Apache Spark with --all alone: another test, which asks the same of what it tests, runs there always."""

import ast

import pytest

from tests.conftest import ROOT

MARK = "costly_on_spark"
FILES = [path for path in sorted((ROOT / "tests").rglob("test_*.py")) if f"mark.{MARK}\n" in path.read_text()]


def marked_tests(path):
    """For each test: whether it is marked, and its arguments."""
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    return [
        (f"pytest.mark.{MARK}" in map(ast.unparse, node.decorator_list), {argument.arg for argument in node.args.args})
        for node in functions
        if node.name.startswith("test_")
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_costly_on_spark_has_a_test_there_with_its_fixtures(path):
    tests = marked_tests(path)
    always = {fixture for is_marked, fixtures in tests if not is_marked for fixture in fixtures}
    assert [fixtures for is_marked, fixtures in tests if is_marked and not fixtures & always] == []
