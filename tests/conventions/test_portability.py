import pytest

from tests.conftest import ROOT
from tests.conventions.portability import findings


def test_the_sources_hold_nothing_that_the_engines_answer_differently():
    assert [finding for path in sorted((ROOT / "src").rglob("*.py")) for finding in findings(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        "F.weekday('d')",
        "F.round('x', 2)",
        "titles.crossJoin(total)",
        "titles.join(total, how='cross')",
        "F.regexp_replace('x', r'\\s+', ' ')",
        "RULE = 'NOT (a > 1 AND b > 1)'",
        "RULE = 'cast(a AS INT) > 1'",
        "F.expr('to_date(x)')",
        "QUERY = 'SELECT 1 QUALIFY 2'",
    ],
)
def test_the_lint_bites(tmp_path, line):
    path = tmp_path / "x.py"
    path.write_text(line)
    assert len(list(findings(path))) == 1


def test_the_lint_lets_portable_code_pass(tmp_path):
    path = tmp_path / "x.py"
    path.write_text('"""NOT (a AND b) in a docstring."""\nF.coalesce(F.expr("try_cast(x AS INT) > 1"), F.lit(False))')
    assert list(findings(path)) == []
