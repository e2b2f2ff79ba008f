"""`./lakehouse run` refuses a job that is wrong, by the sentences of `check`, before anything runs."""

import pytest

from local_runtime.cli.arguments import main
from local_runtime.errors import LakehouseError
from tests.helpers.bundle_copy import JOB, BundleCopy


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    copy = BundleCopy(tmp_path / "bundle")
    for command in ("running", "deployment"):
        monkeypatch.setattr(f"local_runtime.cli.{command}.ROOT", copy.root)
    return copy


@pytest.fixture
def run(tmp_path, capsys):
    def run_target(*options):
        folders = ("--landing", str(tmp_path / "landing"), "--lake", str(tmp_path / "lake"))
        return main(["run", *folders, *options]), capsys.readouterr().err

    return run_target


def test_run_refuses_by_the_sentences_of_check_and_makes_no_lake(bundle, run, tmp_path, capsys):
    bundle.edit(JOB, "            - task_key: cleanse\n", "            - task_key: clense\n")
    bundle.edit(JOB, "'{{job.repair_count}}'", "'{{job.parameters.repairs}}'")
    code, said = run()
    assert code == 1
    assert main(["check", "--target", "dev"]) == 1
    *found, _ = capsys.readouterr().out.splitlines()
    assert said.splitlines() == [f"lakehouse: {found[0]}", *found[1:], "Nothing was run."]
    assert len(found) == 2
    assert not (tmp_path / "lake").exists()


OVERRIDE = """\
    mode: development
    resources:
      jobs:
        medallion:
          tasks:
            - task_key: gold
              environment_key: other
"""


def test_the_target_that_runs_is_the_one_that_is_judged(bundle, run, monkeypatch):
    def loaded(*_):
        raise LakehouseError("loaded")

    monkeypatch.setattr("local_runtime.graph.dataset_graph.load_graph", loaded)
    bundle.edit("bundle/targets.yml", "    mode: development\n", OVERRIDE)
    line = bundle.line("bundle/targets.yml", "environment_key: other")
    assert f"bundle/targets.yml:{line}: the task gold of the job medallion has environment_key: other," in run()[1]
    assert run("--target", "prod") == (1, "lakehouse: loaded\n")


def test_what_only_some_targets_have_is_said_with_them(bundle):
    bundle.edit(JOB, "${resources.pipelines.gold_pipeline.id}", "${var.gold}")
    bundle.edit(
        "bundle/variables.yml", "\nvariables:\n", "\nvariables:\n  gold: {default: '${resources.pipelines.g.id}'}\n"
    )
    bundle.edit("bundle/targets.yml", "      catalog: staging\n", "      catalog: staging\n      gold: 0a1b-2c3d\n")
    (found,) = [str(it) for it in bundle.findings() if it.line]
    line = bundle.line("bundle/variables.yml", "pipelines.g.id")
    assert found == (
        f"bundle/variables.yml:{line}: the task gold of the job medallion (in prod, dev) refers to "
        "${resources.pipelines.g.id}, and there is no such resource; add it to resources.pipelines."
    )


@pytest.mark.parametrize(
    ("written", "may_be_new"),
    [
        ("'{{job.repair_count}}'", "'{{job.priority}}'"),
        ("        - task_key: metric_views\n", "        - task_key: metric_views\n          run_if: MOST_FAILED\n"),
        (
            "        - task_key: metric_views\n",
            "        - task_key: quantum\n          quantum_task: {circuit: a}\n        - task_key: metric_views\n",
        ),
    ],
    ids=["reference", "run_if", "kind"],
)
def test_what_the_vendor_may_have_added_is_not_refused(bundle, run, monkeypatch, written, may_be_new):
    def loaded(*_):
        raise LakehouseError("loaded")

    monkeypatch.setattr("local_runtime.graph.dataset_graph.load_graph", loaded)
    bundle.edit(JOB, written, may_be_new)
    assert run() == (1, "lakehouse: loaded\n")
    assert main(["check", "--target", "dev"]) == 1
