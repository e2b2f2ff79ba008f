"""The launcher, as a user calls it from a shell."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def home(tmp_path_factory, launch):
    """A landing folder and a lake after the first run, and its output. It ran in another time zone."""
    root = tmp_path_factory.mktemp("home")
    paths = ["--landing", str(root / "landing"), "--lake", str(root / "lake")]
    assert launch("sample", *paths[:2]).returncode == 0
    return paths, launch("run", *paths, TZ="America/New_York")


def test_the_first_run_ends_with_a_table_and_says_that_a_samples_titles_are_invented(home):
    paths, first = home
    assert first.returncode == 0, first.stderr
    assert "The data in this lake are invented" in first.stdout
    assert "rows written" in first.stdout
    assert "gold.kpi_country_growth" in first.stdout
    assert f"The lake is in {paths[3]}" in first.stdout
    assert './lakehouse sql "' in first.stdout


def test_a_run_ends_with_its_total_in_wall_time(home, graph):
    *_, last = home[1].stdout.splitlines()
    tables = sum(len(graph.stored(pipeline)) for pipeline in graph.pipelines)
    told = re.fullmatch(rf"Total: {tables} tables, [\d,]+ rows written in ([\d.]+) s \((.*)\)\.", last)
    assert sum(map(float, re.findall(r"[\d.]+", told[2]))) == pytest.approx(float(told[1]), abs=0.3)


def test_the_readme_shows_the_answer_that_the_sample_gives(home, launch):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ((query, answer),) = re.findall(r'^\$ \./lakehouse sql "([^"\n]*)"\n(.*?)^```$', readme, re.M | re.S)
    assert launch("sql", query, *home[0][2:]).stdout == answer


def test_a_run_without_news_says_unchanged(home, launch, graph):
    again = launch("run", *home[0])
    assert again.returncode == 0
    assert again.stdout.count("unchanged") == sum(len(graph.stored(pipeline)) for pipeline in graph.pipelines)


def test_a_run_tells_the_rows_that_it_has_quarantined_itself(place, launch):
    header = "show_id,type,title,release_year\n"
    told = []
    for name, rows in {"1.csv": "s1,Movie,,2020\ns2,Movie,A,2020\n", "2.csv": "s1,Movie,A,2020\ns2,,B,2020\n"}.items():
        place.land(f"titles/{name}", header + rows)
        lines = launch("run", *place.options).stdout.splitlines()
        told.append(next(line.split()[1:4] for line in lines if line.startswith("silver.titles ")))
    assert told == [["1", "1", "1"], ["1", "1", "1"]]


def test_sql_status_digest_and_vacuum_answer(home, launch, graph):
    lake = home[0][2:]
    rows = json.loads(launch("sql", "SELECT type, titles FROM gold.kpi_content_type", "--format", "json", *lake).stdout)
    assert {row["type"] for row in rows} == {"Movie", "TV Show"}
    wrong = launch("sql", "SELECT nothing FROM gold.dim_title", *lake)
    assert (wrong.returncode, "nothing" in wrong.stderr) == (1, True)
    status = launch("status", "--format", "json", *lake)
    assert status.returncode == 0
    assert json.loads(status.stdout)["quarantined"]["silver.titles_quarantine"]["unique_title"] > 0
    before = launch("digest", *lake).stdout
    assert before.count("gold.") == len(graph.stored(graph.pipelines[-1]))
    assert launch("vacuum", "--hours", "0", *lake).returncode == 0
    assert launch("digest", *lake).stdout == before


def test_a_layer_runs_alone(home, launch):
    only = launch("run", *home[0], "--layer", "bronze", "--full-refresh", "bronze.titles")
    assert only.returncode == 0, only.stderr
    assert "bronze.titles" in only.stdout
    assert "silver" not in only.stdout
    status = launch("status", *home[0][2:])
    assert (status.returncode, "title_releases (bronze.titles is at" in status.stdout) == (1, True)


def test_full_refresh_of_a_table_that_does_not_exist_is_refused(home, launch):
    wrong = launch("run", *home[0], "--full-refresh", "gold.nothing")
    assert wrong.returncode == 1
    assert "gold.nothing: no such table" in wrong.stderr
    assert "refused" not in launch("status", *home[0][2:]).stdout


def test_the_graph_is_printed(home, launch):
    assert "bronze.titles ==> silver.titles" not in (text := launch("graph", "--format", "mermaid", *home[0]).stdout)
    assert "bronze.titles --> silver.title_cells" in text


@pytest.mark.large
def test_the_machines_time_zone_makes_no_difference(home, launch, tmp_path):
    lake = str(tmp_path / "lake")
    assert launch("run", "--landing", home[0][1], "--lake", lake, TZ="UTC").returncode == 0
    for schema in ("silver", "gold"):
        here = launch("digest", "--schema", schema, "--lake", lake, TZ="UTC").stdout
        assert here == launch("digest", "--schema", schema, *home[0][2:], TZ="America/New_York").stdout


def test_an_empty_lake_is_unhealthy(launch, tmp_path):
    status = launch("status", "--lake", str(tmp_path / "none"))
    assert status.returncode == 1
    assert "./lakehouse run" in status.stdout


def test_help_explains_itself_and_wrong_usage_is_2(launch):
    assert "examples:" in launch("--help").stdout
    assert launch("run", "--layer", "copper").returncode == 2


def test_modules_are_compiled_into_a_folder_of_the_projects(launch):
    for compiled in (ROOT / ".lakehouse" / "bytecode").rglob("local_runtime/root.*.pyc"):
        compiled.unlink(missing_ok=True)
    launch("--help", PYTHONDONTWRITEBYTECODE="")
    assert list((ROOT / ".lakehouse" / "bytecode").rglob("local_runtime/root.*.pyc"))


def test_compiled_modules_that_a_full_disk_cut_short_are_made_anew(tmp_path):
    """In its own folder, because tests that run in parallel use the launcher's default one."""
    compiled_into = tmp_path / "bytecode"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(compiled_into)}

    def status():
        command = [sys.executable, "-P", "-m", "local_runtime", "status", "--lake", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    assert status().returncode == 1
    compiled = next(compiled_into.rglob("local_runtime/inspection/status.*.pyc"))
    compiled.write_bytes(compiled.read_bytes()[:100])
    again = status()
    assert (again.returncode, again.stderr) == (1, "")
    assert "There are no tables" in again.stdout
