"""The job's task that makes the metric views runs every statement, and says which views failed."""

import subprocess
import sys

import pytest
from pyspark.errors import AnalysisException

from tasks.make_metric_views import FOLDER, PLACEHOLDER, make_views, raise_for, statements_in
from tasks.publish_state import METRIC_VIEWS, quoted
from tests.conftest import ROOT
from tests.gold.conftest import TABLES

FILES = ROOT / "src" / FOLDER


class FakeSpark:
    """Takes statements; those that have a given text in them fail."""

    def __init__(self, refused="nothing is refused"):
        self.refused, self.taken = refused, []

    def sql(self, statement):
        self.taken.append(statement)
        if self.refused in statement:
            raise AnalysisException("[NO_SUCH] no such column.\nLook again.\n\nJVM stacktrace:\nat A.b(C.scala)")


@pytest.fixture
def folder(tmp_path):
    """Two files of statements, as the registry makes them."""
    for name in ("metrics_b", "metrics_a"):
        (tmp_path / f"{name}.sql").write_text(
            f"-- A file\nCREATE OR REPLACE VIEW {{gold}}.{name}\nAS $$\nsource: {{gold}}.`t`\n$$;\n"
        )
    (tmp_path / "README.md").write_text("{gold}")
    return tmp_path


def test_statements_are_those_of_the_files_over_the_quoted_schema(folder):
    assert statements_in(folder, quoted("my-cat.lakehouse_gold")) == {
        name: f"-- A file\nCREATE OR REPLACE VIEW `my-cat`.`lakehouse_gold`.{name}\n"
        "AS $$\nsource: `my-cat`.`lakehouse_gold`.`t`\n$$"
        for name in ("metrics_a", "metrics_b")
    }


def test_a_folder_without_statements_was_not_uploaded(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no statements of metric views.* Deploy again"):
        statements_in(tmp_path, "gold")


def test_a_view_that_fails_keeps_no_other_from_being_made_and_is_named(folder):
    spark, statements = FakeSpark(".metrics_a\n"), statements_in(folder, "`c`.`gold`")
    failed = make_views(spark, statements)
    assert spark.taken == [*statements.values()]
    assert [*failed] == ["metrics_a"]
    with pytest.raises(RuntimeError) as raised:
        raise_for(failed, len(statements))
    assert str(raised.value).startswith("1 of 2 metric views were not made")
    assert str(raised.value).endswith("\nmetrics_a: [NO_SUCH] no such column.\nLook again.")


def test_nothing_is_raised_where_all_views_are_made(folder):
    raise_for(make_views(FakeSpark(), statements_in(folder, "`c`.`gold`")), 2)


def test_the_files_of_the_project_name_gold_only_by_its_schema():
    statements = statements_in(FILES, "`c`.`g`")
    assert len(statements) > 20
    for name, statement in statements.items():
        assert f"CREATE OR REPLACE VIEW `c`.`g`.{name}\nWITH METRICS\nLANGUAGE YAML\nAS $$\n" in statement
        assert "`gold`" not in statement
        assert PLACEHOLDER not in statement


def test_a_published_state_leaves_out_the_metric_views_and_no_table():
    assert all(path.name.startswith(METRIC_VIEWS) for path in FILES.glob("*.sql"))
    assert [name for name in TABLES if name.startswith(METRIC_VIEWS)] == []


def test_as_the_job_runs_it_the_file_needs_its_folder_by_argument_only(tmp_path):
    """Databricks executes the text of the file: there is no `__file__`, and `src` isn't on the path."""
    script = ROOT / "src" / "tasks" / "make_metric_views.py"
    run = f"""
import sys, pyspark.sql
class Builder:
    def getOrCreate(self): return self
    def sql(self, statement): print("ran", statement.splitlines()[1])
pyspark.sql.SparkSession = type("Session", (), {{"builder": Builder()}})
sys.argv = ["make_metric_views.py", {str(ROOT / "src")!r}, "c.my_gold"]
exec(compile(open({str(script)!r}).read(), "job", "exec"), {{"__name__": "__main__"}})
"""
    done = subprocess.run([sys.executable, "-c", run], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ran CREATE OR REPLACE VIEW `c`.`my_gold`.metrics_title\n" in done.stdout
    assert "made c.my_gold.metrics_title\n" in done.stdout
