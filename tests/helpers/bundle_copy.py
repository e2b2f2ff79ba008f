"""A copy of the shipped bundle whose text tests edit, with a job that has every kind of control flow."""

import shutil

import pytest

from deployment.checks import find
from deployment.targets import targets_of
from local_runtime.pipelines.bundle_config import read_bundle
from tests.conftest import ROOT

JOB = "resources/medallion.job.yml"
# In place of the task gold: checks of each feed, a verdict, and a gate.
GATE = """\
        - task_key: checks
          depends_on:
            - task_key: silver
          for_each_task:
            inputs: '{{job.parameters.feeds}}'
            concurrency: 2
            task:
              task_key: check
              environment_key: default
              spark_python_task:
                python_file: ../src/tasks/publish_state.py
                parameters: ['{{input}}', '{{job.run_id}}', '{{job.start_time.iso_date}}']
              timeout_seconds: ${var.task_timeout_seconds}
              max_retries: ${var.task_retries}
              min_retry_interval_millis: ${var.task_retry_delay_millis}
              retry_on_timeout: false
          timeout_seconds: ${var.task_timeout_seconds}
        - task_key: verdict
          depends_on:
            - task_key: checks
          sql_task:
            warehouse_id: ${resources.sql_warehouses.serving_warehouse.id}
            file:
              path: ../queries/verdict.sql
            parameters:
              run: '{{job.run_id}}'
          timeout_seconds: ${var.task_timeout_seconds}
        - task_key: gate
          depends_on:
            - task_key: verdict
          condition_task:
            left: '{{tasks.verdict.output.first_row.held}}'
            op: EQUAL_TO
            right: '0'
          timeout_seconds: ${var.task_timeout_seconds}
        - task_key: held
          depends_on:
            - task_key: gate
              outcome: 'false'
          environment_key: default
          spark_python_task:
            python_file: ../src/tasks/publish_state.py
            parameters: ['{{tasks.verdict.output.first_row.reasons}}', '{{tasks.checks.result_state}}']
          timeout_seconds: ${var.task_timeout_seconds}
          max_retries: ${var.task_retries}
          min_retry_interval_millis: ${var.task_retry_delay_millis}
          retry_on_timeout: false
"""
ALERT = """\
resources:
  alerts:
    freshness:
      display_name: ${bundle.name} freshness
      query_text: SELECT feed, max(hours) AS hours, 48 AS limit FROM ${var.catalog}.checks GROUP BY feed
      warehouse_id: ${resources.sql_warehouses.serving_warehouse.id}
      evaluation:
        source:
          name: hours
          aggregation: MAX
        comparison_operator: GREATER_THAN
        threshold:
          column:
            name: limit
      schedule:
        quartz_cron_schedule: 0 0 * * * ?
        timezone_id: UTC
"""
VERDICT = "SELECT count_if(verdict = 'held') AS held, array_join(collect_set(check), ', ') AS reasons FROM checks\n"


def mistake(file, old, new, marker, sentence):
    """An edit of a file, a text in the line that is wrong then, and what is said of it."""
    return pytest.param(file, old, new, marker, sentence, id=sentence[:60])


class BundleCopy:
    """The bundle's files in a folder, with what its jobs execute."""

    def __init__(self, root):
        self.root = root
        for path in [ROOT / "databricks.yml", *ROOT.glob("bundle/**/*.yml"), *ROOT.glob("resources/**/*.yml")]:
            copy = root / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        (root / "src").symlink_to(ROOT / "src")

    def with_gate(self):
        """Adds the gate to the job, and an alert to the bundle."""
        self.edit(JOB, "        - task_key: gold\n          depends_on:\n            - task_key: silver\n", "@@")
        behind = "        - task_key: gold\n          depends_on:\n            - task_key: gate\n"
        self.edit(JOB, "@@", f"{GATE}{behind}              outcome: 'true'\n")
        self.edit(JOB, "      environments:\n", "      parameters:\n@@      environments:\n")
        self.edit(JOB, "@@", '        - name: feeds\n          default: \'["titles", "playback"]\'\n')
        (self.root / "queries").mkdir()
        (self.root / "queries" / "verdict.sql").write_text(VERDICT)
        (self.root / "resources" / "freshness.alert.yml").write_text(ALERT)
        return self

    def edit(self, file, old, new):
        """Replaces a text that is there once."""
        path = self.root / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new))

    def line(self, file, marker):
        """The line that has a text, which is there once; it may begin with the end of the line before."""
        text = (self.root / file).read_text()
        assert text.count(marker) == 1, f"{file} has {marker!r} {text.count(marker)} times"
        return text[: text.index(marker)].count("\n") + (2 if marker.startswith("\n") else 1)

    def findings(self):
        """What all checks find, in all targets."""
        config = read_bundle(self.root).config
        return find(config, targets_of(config))
