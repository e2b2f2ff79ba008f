"""Each mistake in a reference, or in what a for-each task is repeated over, is one sentence with file and line."""

import pytest

from tests.helpers.bundle_copy import GATE, JOB, BundleCopy, mistake


@pytest.fixture
def bundle(tmp_path):
    return BundleCopy(tmp_path).with_gate()


# What the for-each task repeats, from its environment on.
CHECK = GATE.split("task_key: check\n")[1].split("          timeout_seconds: ${var.task_timeout_seconds}\n        -")[0]
T = "the task {} of the job medallion "
MISTAKES = [
    mistake(
        JOB,
        "{{tasks.verdict.output.first_row.held}}",
        "{{tasks.verdct.output.first_row.held}}",
        "{{tasks.verdct.",
        T.format("gate")
        + "reads {{tasks.verdct.output.first_row.held}}, and the job has no task verdct; write verdict.",
    ),
    mistake(
        JOB,
        "parameters: ['{{input}}'",
        "parameters: ['{{tasks.gold.result_state}}', '{{input}}'",
        "['{{tasks.gold.",
        T.format("check") + "reads {{tasks.gold.result_state}}, and gold doesn't end before it starts; add gold to "
        "depends_on.",
    ),
    mistake(
        JOB,
        "{{tasks.verdict.output.first_row.held}}",
        "{{tasks.verdict.values.held}}",
        "values.held",
        T.format("gate") + "reads {{tasks.verdict.values.held}}, and verdict is a sql_task: only notebooks set task "
        "values; let a sql_task select it, and read {{tasks.verdict.output.first_row.COLUMN}}.",
    ),
    mistake(
        JOB,
        "first_row.held",
        "first_row.heldd",
        "first_row.heldd",
        T.format("gate") + "reads {{tasks.verdict.output.first_row.heldd}}, and verdict.sql selects held, reasons; "
        "write held.",
    ),
    mistake(
        JOB,
        "{{tasks.checks.result_state}}",
        "{{tasks.checks.output.rows}}",
        "checks.output.rows",
        T.format("held") + "reads {{tasks.checks.output.rows}}, and checks is no sql_task that selects rows; read a "
        "sql_task with a file or query.",
    ),
    mistake(
        JOB,
        "{{tasks.checks.result_state}}",
        "{{tasks.verdict.output.alert_state}}",
        "output.alert_state",
        T.format("held") + "reads {{tasks.verdict.output.alert_state}}, and verdict evaluates no alert; read an "
        "alert_task, or a sql_task with an alert.",
    ),
    mistake(
        JOB,
        "{{job.parameters.feeds}}",
        "{{job.parameters.Feeds}}",
        "parameters.Feeds",
        T.format("checks") + "reads {{job.parameters.Feeds}}, and the job declares no parameter Feeds; write feeds.",
    ),
    mistake(
        JOB,
        "'{{job.repair_count}}'",
        "'{{jobs.repair_count}}'",
        "{{jobs.repair_count}}",
        T.format("publication") + "reads {{jobs.repair_count}}, which nothing replaces; write job.repair_count.",
    ),
    mistake(
        JOB,
        "'{{job.repair_count}}'",
        "'{{task.nme}}'",
        "{{task.nme}}",
        T.format("publication") + "reads {{task.nme}}, which nothing replaces; write task.name.",
    ),
    mistake(
        JOB,
        "{{job.start_time.iso_date}}",
        "{{job.start_time.date}}",
        "start_time.date",
        T.format("check") + "reads {{job.start_time.date}}, which nothing replaces; write one of iso_weekday, "
        "is_weekday, iso_date, iso_datetime, year, month, day, hour, minute, second, timestamp_ms.",
    ),
    mistake(
        JOB,
        "'{{job.repair_count}}'",
        "'{{job.repair_count}'",
        "'{{job.repair_count}'",
        T.format("publication")
        + "reads '{{job.repair_count}', which isn't closed and so isn't replaced; end it in }}.",
    ),
    mistake(
        JOB,
        "'{{job.repair_count}}'",
        "'{{input}}' # here",
        "# here",
        T.format("publication") + "reads {{input}} outside a for_each_task; read it in the task that a for_each_task "
        "repeats.",
    ),
    mistake(
        JOB,
        """default: '["titles", "playback"]'""",
        "default: titles, playback",
        "default: titles, playback",
        T.format("checks") + "is repeated over the parameter feeds, whose default 'titles, playback' is no JSON array; "
        """write one, such as '["a", "b"]'.""",
    ),
    mistake(
        JOB,
        "inputs: '{{job.parameters.feeds}}'",
        'inputs: \'{"feed": "titles"}\'',
        "inputs: ",
        T.format("checks") + """has the inputs '{"feed": "titles"}', which are no JSON array; write one, such as """
        """'["a", "b"]'.""",
    ),
    mistake(
        JOB,
        "inputs: '{{job.parameters.feeds}}'",
        "inputs: [titles, playback]",
        "inputs: [",
        T.format("checks") + "has a list of YAML for inputs; write it as JSON, in quotes: '[\"a\"]'.",
    ),
    mistake(
        JOB,
        "inputs: '{{job.parameters.feeds}}'",
        "inputs: '{{job.run_id}}'",
        "inputs: '{{job.run_id}}'",
        T.format("checks") + "is repeated over {{job.run_id}}, which is no array; use a job parameter, a task value or "
        "the rows of a sql_task.",
    ),
    mistake(
        JOB,
        CHECK,
        "              for_each_task: {inputs: '[1]', task: {task_key: inner, pipeline_task: {pipeline_id: a}}}\n",
        "for_each_task: {",
        T.format("check") + "is a for_each_task in a for_each_task; let it start a job that has the inner one.",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "marker", "sentence"), MISTAKES)
def test_a_mistake_is_a_sentence_with_its_file_and_line(bundle, file, old, new, marker, sentence):
    bundle.edit(file, old, new)
    found = [str(finding) for finding in bundle.findings() if finding.place.startswith("the ")]
    assert found == [f"{file}:{bundle.line(file, marker)}: {sentence}"]
