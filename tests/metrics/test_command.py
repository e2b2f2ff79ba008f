"""`./lakehouse metrics`, in the environment that the launcher chooses."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from deltalake import write_deltalake

from local_runtime.delta.lake import Lake
from local_runtime.state.publications import publish
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def lake(tmp_path_factory, gold):
    """A lake of the small gold, published; after that, one more play was committed."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    names = [name for (name,) in gold.execute("SELECT table_name FROM information_schema.tables").fetchall()]
    for name in names:
        write_deltalake(str(lake.path(f"gold.{name}")), gold.sql(f"FROM gold.{name}").to_arrow_table())
    publish(lake, "0123456789abcdef", [f"gold.{name}" for name in names])
    more = gold.sql("SELECT * REPLACE (99 AS session_key) FROM gold.fact_playback LIMIT 1").to_arrow_table()
    write_deltalake(str(lake.path("gold.fact_playback")), more, mode="append")
    return lake


@pytest.fixture(scope="module")
def metrics(lake):
    """Runs the command on the lake."""

    def run(*arguments, root=lake.root):
        # As the launcher starts it; PySpark and the engines can't be imported, as in .venv-serve.
        code = (
            "import sys; sys.modules.update(dict.fromkeys(('pyspark', 'deltalake', 'pysail', 'pandas')));"
            "from local_runtime.cli.arguments import main; sys.exit(main(sys.argv[1:]))"
        )
        words = ["metrics", *arguments, "--lake", str(root)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "LAKEHOUSE_ROOT": str(ROOT)}
        return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment)

    return run


def test_metrics_are_listed_by_subject_and_one_is_defined(metrics):
    listed = metrics().stdout
    assert listed.index("The catalogue") < listed.index("titles ") < listed.index("Viewing") < listed.index("plays ")
    defined = metrics("hours_viewed").stdout
    for text in (
        "computed as: sum of watched_seconds / 3600",
        "viewing_country (country)",
        "by time: day, week, month",
    ):
        assert text in defined
    unknown = metrics("hours_view")
    assert (unknown.returncode, "The nearest: hours_viewed" in unknown.stderr) == (1, True)


def test_gold_is_read_as_it_was_published_and_latest_reads_it_as_it_is(metrics):
    asked = ("query", "--metric", "plays,viewers", "--json")
    published, latest = metrics(*asked), metrics(*asked, "--latest")
    assert json.loads(published.stdout) == [{"plays": 4, "viewers": 2}]
    assert "newer commits wait" in published.stderr
    assert json.loads(latest.stdout) == [{"plays": 5, "viewers": 2}]


def test_a_query_is_answered_as_a_table_and_as_csv(metrics):
    words = ("--by", "genre,month", "--where", "country = 'Norway'", "--last", "2m", "--compare", "previous")
    shown = metrics("query", "--metric", "hours_viewed", *words)
    assert "Hours viewed, the period before" in shown.stdout
    asked = metrics("query", "--metric", "hours_viewed,plays", "--by", "genre", "--order", "plays:desc", "--csv")
    rows = list(csv.DictReader(io.StringIO(asked.stdout)))
    assert rows[0] == {"genre": "Dramas", "hours_viewed": "0.766667", "plays": "3"}


def test_the_sql_is_shown_for_another_database(metrics):
    shown = metrics("query", "--metric", "plays", "--where", "country = 'Norway'", "--sql", "bigquery").stdout
    assert "`gold`.`fact_playback`" in shown
    assert "-- p1 = Norway" in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("query",), "A query needs a metric"),
        (("--by", "genre"), "--by belongs to a query"),
        (
            ("query", "--metric", "plays", "--where", "contry = 'x'"),
            "plays has no dimension 'contry'. The nearest: country",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(metrics, words, message):
    done = metrics(*words)
    assert done.returncode == 1
    assert message in done.stderr


def test_who_asks_by_grain_is_told_how_time_is_asked_for(metrics):
    done = metrics("query", "--metric", "titles", "--grain", "month")
    assert done.returncode == 2
    assert "--by month" in done.stderr
    assert "lakehouse metrics" in done.stderr


def test_without_a_lake_a_query_says_what_makes_one(metrics, tmp_path):
    done = metrics("query", "--metric", "plays", root=tmp_path / "none")
    assert done.returncode == 1
    assert "There is no lake" in done.stderr
    assert "./lakehouse run" in done.stderr
