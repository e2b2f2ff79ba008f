"""Each mistake that is edited into the YAML is one sentence with the file and line that has it."""

import pytest

from tests.helpers.bundle_copy import JOB, BundleCopy, mistake

ALERT_FILE = "resources/freshness.alert.yml"
NIGHTLY = "resources/nightly.job.yml"


@pytest.fixture
def bundle(tmp_path):
    return BundleCopy(tmp_path).with_gate()


def test_the_bundle_with_a_gate_has_no_finding(bundle):
    assert list(map(str, bundle.findings())) == []


@pytest.mark.parametrize("optional", [(), ("resources/optional",), ("bundle/lakebase", "resources/optional")])
def test_nor_has_the_shipped_one_with_and_without_what_is_optional(tmp_path, optional):
    bundle = BundleCopy(tmp_path)
    more = "".join(f"\n  - {folder}/*.yml" for folder in optional)
    bundle.edit("databricks.yml", "  - resources/*.yml", f"  - resources/*.yml{more}")
    assert list(map(str, bundle.findings())) == []


GOLD = "            pipeline_id: ${resources.pipelines.gold_pipeline.id}\n"
METRIC_VIEWS = """\
          environment_key: default
          spark_python_task:
            python_file: ../src/tasks/make_metric_views.py
"""
T = "the task {} of the job medallion "
MISTAKES = [
    mistake(
        JOB,
        "            - task_key: cleanse\n",
        "            - task_key: clense\n",
        "- task_key: clense",
        T.format("silver") + "depends on clense, which is not a task of the job; write cleanse.",
    ),
    mistake(
        JOB,
        "- task_key: landing_folders\n          environment_key: default\n",
        "- task_key: landing_folders\n          environment_key: default\n          depends_on: [{task_key: silver}]\n",
        "[{task_key: silver}]",
        T.format("landing_folders") + "waits for itself (silver → landing_folders → bronze → cleanse → silver); "
        "remove silver from its depends_on, or cut the circle elsewhere.",
    ),
    mistake(
        JOB,
        "        - task_key: metric_views\n",
        "        - task_key: publication # first\n",
        "        - task_key: publication\n",
        T.format("publication") + "is there twice, and the CLI makes one task of both; rename one of them.",
    ),
    mistake(
        JOB,
        "            - task_key: verdict\n          condition_task",
        "            - task_key: verdict\n              outcome: 'true' # of rows\n          condition_task",
        "# of rows",
        T.format("gate") + "waits for an outcome of verdict, which is a sql_task and has none; remove outcome, or wait "
        "for a condition_task.",
    ),
    mistake(
        JOB,
        "outcome: 'false'",
        "outcome: 'no'",
        "outcome: 'no'",
        T.format("held") + "waits for the outcome 'no' of gate; write 'true' or 'false'.",
    ),
    mistake(
        JOB,
        "            - task_key: gate\n              outcome: 'false'\n",
        "            - task_key: verdict\n",
        "\n        - task_key: gate\n",
        T.format("gate")
        + "has no task for the outcome 'false', so a run that leaves out the rest ends in SUCCESS; let "
        "a task wait for outcome: 'false' that fails with the reason, or says that nothing is to do.",
    ),
    mistake(
        JOB,
        "              environment_key: default\n              spark_python_task",
        "              environment_key: defualt\n              spark_python_task",
        "defualt",
        T.format("check") + "has environment_key: defualt, which the job doesn't declare; write default.",
    ),
    mistake(
        JOB,
        METRIC_VIEWS,
        METRIC_VIEWS.replace("environment_key: default", "job_cluster_key: small"),
        "job_cluster_key: small",
        T.format("metric_views") + "has job_cluster_key: small, which the job doesn't declare; add it to the job's "
        "job_clusters.",
    ),
    mistake(
        JOB,
        METRIC_VIEWS,
        METRIC_VIEWS.replace("environment_key: default\n          spark_python_task:", "spark_python_task: # nowhere"),
        "# nowhere",
        T.format("metric_views") + "has no environment, without which serverless runs no Python; set environment_key.",
    ),
    mistake(
        JOB,
        "publish_state.py\n            parameters:\n",
        "publish_stat.py\n            parameters:\n",
        "publish_stat.py",
        T.format("publication") + "executes ../src/tasks/publish_stat.py, which isn't there; add "
        "src/tasks/publish_stat.py.",
    ),
    mistake(
        JOB,
        "../queries/verdict.sql",
        "../queries/verdicts.sql",
        "verdicts.sql",
        T.format("verdict") + "executes ../queries/verdicts.sql, which isn't there; add queries/verdicts.sql.",
    ),
    mistake(
        JOB,
        "${resources.pipelines.gold_pipeline.id}",
        "${resources.pipelines.gold.id}",
        "pipelines.gold.id",
        T.format("gold") + "refers to ${resources.pipelines.gold.id}, and there is no such resource; add it to "
        "resources.pipelines.",
    ),
    mistake(
        JOB,
        "${resources.pipelines.gold_pipeline.id}",
        "${resources.sql_warehouses.serving_warehouse.id} # no",
        "# no",
        T.format("gold")
        + "has the id of one of the sql_warehouses for pipeline_id; refer to one of resources.pipelines.",
    ),
    mistake(
        NIGHTLY,
        "${resources.jobs.medallion.id}",
        "${resources.jobs.medalion.id}",
        "jobs.medalion.id",
        "the task medallion of the job nightly refers to ${resources.jobs.medalion.id}, and there is no such resource; "
        "write medallion.",
    ),
    mistake(
        NIGHTLY,
        "${resources.jobs.medallion.id}",
        "${resources.jobs.nightly.id}",
        "jobs.nightly.id",
        "the task medallion of the job nightly starts the job that it is a task of (nightly → nightly), so no "
        "run ends; start another job.",
    ),
    mistake(
        JOB,
        GOLD,
        GOLD + "          notebook_task: {notebook_path: /a}\n",
        "notebook_task: {",
        T.format("gold") + "is pipeline_task and notebook_task at once; make a task of each.",
    ),
    mistake(
        JOB,
        "          pipeline_task:\n            pipeline_id: ${resources.pipelines.gold_pipeline.id}\n",
        "          pipelin_task:\n            pipeline_id: ${resources.pipelines.gold_pipeline.id}\n",
        "pipelin_task:",
        T.format("gold") + "has pipelin_task, which is no kind of task; write pipeline_task.",
    ),
    mistake(
        JOB,
        "              path: ../queries/verdict.sql\n",
        "              path: ../queries/verdict.sql\n            query: {query_id: a}\n",
        "          sql_task:\n",
        T.format("verdict") + "runs query and file; give it one of query, file, alert, dashboard.",
    ),
    mistake(
        JOB,
        GOLD,
        GOLD + "          run_if: ALL_SUCCEEDED\n",
        "run_if: ",
        T.format("gold") + "has run_if: ALL_SUCCEEDED; write ALL_SUCCESS.",
    ),
    mistake(
        JOB,
        GOLD,
        GOLD + "          max_retries: ${var.task_retries} #\n",
        "${var.task_retries} #",
        T.format("gold")
        + "has max_retries, and the update that it starts retries by itself, up to five times, and the "
        "two multiply; remove max_retries.",
    ),
    mistake(
        JOB,
        "            right: '0'\n          timeout_seconds: ${var.task_timeout_seconds}\n",
        "            right: '0'\n          retry_on_timeout: true\n          timeout_seconds: 0\n",
        "retry_on_timeout: true",
        T.format("gate") + "retries on a timeout and has none; set timeout_seconds.",
    ),
    mistake(
        JOB,
        "op: EQUAL_TO",
        "op: EQUALS",
        "op: EQUALS",
        T.format("gate") + "compares by EQUALS; write EQUAL_TO.",
    ),
    mistake(
        JOB,
        "            op: EQUAL_TO\n            right: '0'",
        "            op: LESS_THAN\n            right: none",
        "right: none",
        T.format("gate")
        + "compares 'none' by LESS_THAN, which takes numbers only and fails; write a number, or compare "
        "by EQUAL_TO or NOT_EQUAL.",
    ),
    mistake(
        ALERT_FILE,
        "name: hours",
        "name: hour",
        "name: hour\n",
        "the alert freshness looks at the column hour, and its query selects feed, hours, limit; write hours.",
    ),
    mistake(
        ALERT_FILE,
        "name: limit",
        "name: boundary",
        "name: boundary",
        "the alert freshness looks at the column boundary, and its query selects feed, hours, limit; select boundary.",
    ),
    mistake(
        JOB,
        "          retry_on_timeout: false\n        - task_key: publication\n",
        "          retry_on_timeout: false\n        - task_key: report\n          run_if: ALL_DONE\n"
        "          depends_on: [{task_key: metric_views}]\n          pipeline_task: {pipeline_id: a}\n"
        "          timeout_seconds: 60\n        - task_key: publication\n",
        "        - task_key: metric_views\n",
        T.format("metric_views") + "may fail in a run that ends in SUCCESS, as what comes last doesn't fail with it: "
        "report (ALL_DONE); let a last task without run_if wait for it, or set its email_notifications.on_failure.",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "marker", "sentence"), MISTAKES)
def test_a_mistake_is_a_sentence_with_its_file_and_line(bundle, file, old, new, marker, sentence):
    bundle.edit(file, old, new)
    found = [str(finding) for finding in bundle.findings() if finding.place.startswith("the ")]
    assert found == [f"{file}:{bundle.line(file, marker)}: {sentence}"]
