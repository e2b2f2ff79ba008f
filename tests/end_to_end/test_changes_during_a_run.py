"""What changes while a run is in progress is seen by the next one, which else would say that nothing is new."""

import pytest

from tests.helpers.launched import ran_short, run
from tests.helpers.project import Project


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path, None)
    made.pipeline(
        "gold",
        """
        with open(spark.conf.get("words")) as file:
            WORDS = file.read().split()

        @dp.materialized_view
        def words():
            return spark.createDataFrame([(word,) for word in WORDS], "word STRING")
        """,
        words=str(tmp_path / "words.txt"),
    )
    (tmp_path / "words.txt").write_text("one")
    return made


CHANGES = {
    "decision": "open({lake!r} + '/release_decisions.json', 'w').write('{{\"a.csv\": \"accept\"}}')",
    "opened_file": "open({root!r} + '/words.txt', 'w').write('one two')",
    "code": "open({root!r} + '/src/pipelines_gold/pipeline.py', 'a').write('# more')",
    "file_of_a_task": "os.remove({root!r} + '/check.sql')",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_during_a_run_is_seen_by_the_next_one(project, change):
    add_task(project)
    project.lake.root.mkdir()
    change = change.format(lake=str(project.lake.root), root=str(project.root))
    assert run(project, meanwhile=change)[0] == 0
    assert not ran_short(run(project))


def test_a_file_of_a_task_that_is_gone_is_said_after_a_run_with_nothing_new(project):
    add_task(project)
    run(project)
    assert ran_short(run(project))
    (project.root / "check.sql").unlink()
    code, _, said = run(project)
    assert code == 1
    assert "executes ../check.sql, which isn't there" in said


def test_a_folder_that_is_read_by_a_way_through_the_landing_folder_is_looked_at(project):
    (project.root / "beside").mkdir()
    (project.root / "beside" / "a.csv").write_text("1")
    read = "spark.read.csv(spark.conf.get('lakehouse.landing') + '/../beside')"
    project.pipeline("more", f"@dp.materialized_view\ndef beside():\n    return {read}\n")
    run(project)
    assert ran_short(run(project))
    (project.root / "beside" / "a.csv").write_text("2")
    assert not ran_short(run(project))


def add_task(project):
    (project.root / "check.sql").write_text("SELECT 1 AS one")
    (project.root / "resources" / "checks.job.yml").write_text(
        "resources: {jobs: {checks: {tasks: [{task_key: check, sql_task: "
        "{warehouse_id: a, file: {path: ../check.sql}}}]}}}\n"
    )


def test_a_word_of_a_job_that_is_not_known_is_told_in_each_run(project):
    (project.root / "resources" / "checks.job.yml").write_text(
        "resources: {jobs: {checks: {tasks: [{task_key: check, notebook_task: "
        "{notebook_path: /a, base_parameters: {a: '{{job.priority}}'}}}]}}}\n"
    )
    said = "Not known here, and perhaps a mistake: resources/checks.job.yml:1: the task check of the job checks reads"
    first, second = run(project), run(project)
    assert ran_short(second)
    assert said in " ".join(first[1].split())
    assert said in " ".join(second[1].split())
