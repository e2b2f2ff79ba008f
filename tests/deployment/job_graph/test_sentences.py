"""What is found in a job, as sentences; where they are found is in test_yaml.py."""

import pytest

from deployment.job_graph.checks import job_graphs
from deployment.job_graph.columns import selected_columns
from deployment.job_graph.references import parts_of
from deployment.targets import Target

ENVIRONMENTS = [{"environment_key": "default"}]
NOTEBOOK = {"task_key": "notebook", "notebook_task": {"notebook_path": "/a"}}
PYTHON = {"task_key": "python", "spark_python_task": {"python_file": "/a.py"}, "environment_key": "default"}
SQL = {"task_key": "sql", "sql_task": {"warehouse_id": "1", "query": {"query_id": "1"}}}
LATER = {"task_key": "later", "depends_on": [{"task_key": key} for key in ("notebook", "python", "sql")]}
BEFORE = (NOTEBOOK, PYTHON, SQL)


def found(*tasks, **job):
    spec = {"tasks": list(tasks), "environments": ENVIRONMENTS, **job}
    return [str(it) for it in job_graphs(Target("prod", {"targets": {"prod": {}}, "resources": {"jobs": {"a": spec}}}))]


def reading(text, **job):
    """What is found where a task reads a text, after one task of each kind."""
    return found(*BEFORE, {**LATER, "notebook_task": {"notebook_path": "/b", "base_parameters": {"a": text}}}, **job)


@pytest.mark.parametrize(
    "text",
    [
        "{{tasks.notebook.values.rows}}",
        "{{ tasks.notebook.values.rows }}",
        "{{tasks.`notebook`.values.`a.b`}}",
        "{{tasks.sql.output.first_row.a}} and {{tasks.python.result_state}}",
        "{{secrets/scope/key}}",
        "{{job_id}}",
        "{{task.notebook_path}}",
        """{"run": {{job.run_id}}, "of": {"job": {{job.id}}}}""",
        "nothing",
        "",
    ],
)
def test_what_the_vendor_replaces_is_fine(text):
    assert reading(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "{{tasks.later.run_id}}",
            "reads {{tasks.later.run_id}}, and later doesn't end before it starts; read another",
        ),
        ("{{tasks.python.values.a}}", "and python is a spark_python_task: only notebooks set task values"),
        ("{{tasks.python.output.rows}}", "and python is no sql_task that selects rows"),
        ("{{tasks.python.notebook_path}}", "and python is a spark_python_task, which has no notebook"),
        ("{{tasks.sql.output.alert_state}}", "and sql evaluates no alert"),
        ("{{tasks.sql.output.first_rows.a}}", "which nothing replaces; write tasks.sql.output.first_row.a"),
        ("{{tasks.sql.values}}", "which nothing replaces"),
        ("{{tasks.Sql.run_id}}", "and the job has no task Sql; write sql"),
        ("{{job.start_time.week}}", "which nothing replaces; write one of iso_weekday, is_weekday"),
        ("{{job.parameters.day}}", "and the job declares no parameter day; add it to the job's parameters"),
        ("{{tasks..run_id}}", "which nothing replaces"),
        ("{{feeds}}", "which nothing replaces; write one of the vendor's dynamic value references"),
        ("{{}}", "which nothing replaces"),
        ("a {{job.id} b", "which isn't closed and so isn't replaced"),
        ("{{input.a}}", "reads {{input.a}} outside a for_each_task"),
    ],
)
def test_what_nothing_replaces_is_found(text, problem):
    (sentence,) = reading(text)
    assert sentence.startswith("the task later of the job a reads ")
    assert problem in sentence


def test_a_jobs_parameter_knows_of_no_task():
    (sentence,) = found(NOTEBOOK, parameters=[{"name": "day", "default": "{{tasks.notebook.values.day}}"}])
    assert sentence.startswith("the parameter day of the job a reads {{tasks.notebook.values.day}}, and a job's ")


def test_the_key_of_a_repeated_task_is_nobodys():
    loop = {"task_key": "loop", "for_each_task": {"inputs": "[1]", "task": NOTEBOOK}}
    assert found(loop) == []
    reads = {"notebook_path": "/b", "base_parameters": {"a": "{{tasks.notebook.run_id}}"}}
    (sentence,) = found(loop, {"task_key": "b", "depends_on": [{"task_key": "loop"}], "notebook_task": reads})
    assert "and the job has no task notebook" in sentence


@pytest.mark.parametrize(
    ("task", "problem"),
    [
        ({"task_key": "a"}, "the task a of the job a does nothing; give it one kind of work, such as pipeline_task."),
        ({"pipeline_task": {"pipeline_id": "1"}}, "the task (without a task_key) of the job a has no name that others"),
        ({**NOTEBOOK, "depends_on": ["b"]}, "depends on nothing, which is not a task of the job"),
        ({**NOTEBOOK, "depends_on": [{"task_key": "notebook"}]}, "waits for itself (notebook → notebook); remove"),
        ({"task_key": "a", "for_each_task": {"inputs": "[1]"}}, "repeats no task; set for_each_task.task"),
        ({"task_key": "a", "for_each_task": {"task": NOTEBOOK}}, "has no inputs; set for_each_task.inputs"),
        ({"task_key": "a", "sql_task": {"warehouse_id": "1"}}, "runs nothing; give it one of query, file, alert"),
        (
            {"task_key": "a", "for_each_task": {"inputs": "[1]", "task": {"task_key": "b"}}},
            "the task b of the job a does",
        ),
        ({**PYTHON, "environment_key": ""}, "has no environment, without which serverless runs no Python"),
        (
            {**NOTEBOOK, "max_retries": 2, "retry_on_timeout": True},
            "retries on a timeout and has none; set timeout_seconds",
        ),
        (
            {"task_key": "a", "run_job_task": {"job_id": "1"}, "max_retries": 1},
            "has max_retries, and the tasks of the job that it starts have their own",
        ),
    ],
)
def test_a_task_that_is_wrong_is_found(task, problem):
    (sentence,) = found(task)
    assert problem in sentence


def test_a_condition_lacks_a_side():
    branches = [
        {**NOTEBOOK, "task_key": it, "depends_on": [{"task_key": "c", "outcome": it}]} for it in ("true", "false")
    ]
    (sentence,) = found({"task_key": "c", "condition_task": {"op": "EQUAL_TO", "left": "1"}}, *branches)
    assert sentence == "the task c of the job a compares without right; set right."


def test_two_circles_are_two_findings():
    waits = [("a", ["b"]), ("b", ["a", "d"]), ("c", ["d"]), ("d", ["c"])]
    tasks = [{**NOTEBOOK, "task_key": key, "depends_on": [{"task_key": it} for it in on]} for key, on in waits]
    assert sorted(it[: it.index(";")] for it in found(*tasks)) == [
        "the task a of the job a waits for itself (b → a → b)",
        "the task c of the job a waits for itself (d → c → d)",
    ]


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("job.id", ["job", "id"]),
        (" tasks.`a b`.values.`c.d` ", ["tasks", "a b", "values", "c.d"]),
        ("input", ["input"]),
        ("a..b", []),
        ("a.", []),
        ("", []),
    ],
)
def test_a_reference_is_names_between_dots(reference, parts):
    assert parts_of(reference) == parts


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT a, b AS c FROM t", ("a", "c")),
        ("CREATE TABLE t (a INT); WITH x AS (SELECT 1 AS a) SELECT a FROM x UNION ALL SELECT 2;", ("a",)),
        ("SELECT * FROM t", None),
        ("SELECT t.*, 1 AS a FROM t", None),
        ("SELECT count(*) FROM t", None),
        ("VACUUM t", None),
        ("SELECT FROM WHERE", None),
        ("", None),
        ("SELECT a FROM IDENTIFIER(:schema || '.t')", ("a",)),
    ],
)
def test_the_columns_of_the_last_statement_are_known_or_not(sql, columns):
    assert selected_columns(sql) in (columns, None)
    assert columns is None or "IDENTIFIER" in sql or selected_columns(sql) == columns


def test_names_of_resources_and_variables_may_have_hyphens():
    starts = {"task_key": "a", "run_job_task": {"job_id": "${resources.jobs.other-job.id}"}}
    loop = {"task_key": "b", "for_each_task": {"inputs": "${var.all-feeds}", "task": PYTHON}}
    spec = {"tasks": [starts, loop], "environments": ENVIRONMENTS}
    jobs = {"a": spec, "other-job": {"tasks": [NOTEBOOK]}}
    bundle = {"targets": {"prod": {}}, "variables": {"all-feeds": {"default": '["a"]'}}, "resources": {"jobs": jobs}}
    assert [*job_graphs(Target("prod", bundle))] == []
    jobs["other-job"]["tasks"] = [{"task_key": "a", "run_job_task": {"job_id": "${resources.jobs.a.id}"}}]
    assert "starts the job that it is a task of" in str(next(iter(job_graphs(Target("prod", bundle)))))
