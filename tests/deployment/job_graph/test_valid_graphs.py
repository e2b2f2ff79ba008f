"""Jobs that are right have no finding: random ones, with all that may be referred to."""

import json
import random

from deployment.job_graph.checks import job_graphs
from deployment.job_graph.references import TIMES
from deployment.targets import Target

JOBS = 500
PARAMETERS = ("feeds", "run date", "limit")
WAREHOUSE = "${resources.sql_warehouses.main.id}"
OPERATORS = ("EQUAL_TO", "NOT_EQUAL", "GREATER_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN", "LESS_THAN_OR_EQUAL")


class RandomJob:
    """A job that grows task by task, in an order in which they can run; each may refer to what is before it."""

    def __init__(self, chance):
        self.chance = chance
        self.tasks = {}
        self.before = {}
        for _ in range(chance.randint(1, 12)):
            self.add()
        self.end_conditions()

    def add(self):
        key = f"t{len(self.tasks)}"
        after = self.chance.sample(sorted(self.tasks), min(len(self.tasks), self.chance.choice([0, 1, 1, 2, 3])))
        self.before[key] = {*after}.union(*(self.before[name] for name in after))
        depends_on = [self.waiting_for(name) for name in after]
        kinds = (self.notebook, self.python, self.sql, self.pipeline, self.alert, self.condition, self.loop)
        self.tasks[key] = {
            "task_key": key,
            **({"depends_on": depends_on} if after else {}),
            **self.chance.choice(kinds)(key),
        }
        if after and self.chance.random() < 0.2:
            self.tasks[key]["run_if"] = self.chance.choice(["ALL_SUCCESS", "NONE_FAILED"])

    def waiting_for(self, name):
        outcome = {"outcome": self.chance.choice(["true", "false"])} if "condition_task" in self.tasks[name] else {}
        return {"task_key": name, **outcome}

    def end_conditions(self):
        """Each outcome of a condition gets a task that waits for it."""
        for name in [name for name, task in self.tasks.items() if "condition_task" in task]:
            for outcome in ("true", "false"):
                key = f"{name}_{outcome}"
                self.tasks[key] = {
                    "task_key": key,
                    "depends_on": [{"task_key": name, "outcome": outcome}],
                    **self.python(name),
                }

    def reference(self, key, loop=False):
        """Something that a task may read."""
        found = [
            *("job.id", "job.name", "job.run_id", "job.repair_count", "job.trigger.type", "task.name", "task.run_id"),
            *(f"job.{when}.{part}" for when in ("start_time", "trigger.time") for part in TIMES),
            *("job.trigger.file_arrival.location", "job.trigger.table_update.updated_tables", "workspace.url"),
            *("job.trigger.table_update.a.b.c.version", "job.trigger.table_update.a.b.c.commit_timestamp.iso_date"),
            *(f"job.parameters.{name}" if name.isidentifier() else f"job.parameters.`{name}`" for name in PARAMETERS),
            *(["input", "input.feed", "input.a.b"] if loop else []),
        ]
        for name in self.before.get(key, ()):
            found += [f"tasks.{name}.{value}" for value in ("run_id", "result_state", "error_code", "execution_count")]
            task = self.tasks[name]
            if "notebook_task" in task:
                found += [f"tasks.{name}.values.rows", f"tasks.{name}.values.`a b`.c", f"tasks.{name}.notebook_path"]
            if "sql_task" in task:
                of_rows = ("rows", "first_row", "first_row.held")
                outputs = of_rows if "query" in task["sql_task"] else ("alert_state",)
                found += [f"tasks.{name}.output.{output}" for output in outputs]
            if "alert_task" in task:
                found.append(f"tasks.{name}.output.alert_state")
        return "{{" + self.chance.choice(found) + "}}"

    def texts(self, key, loop=False):
        return [f"a {self.reference(key, loop)} b" for _ in range(self.chance.randint(0, 3))]

    def notebook(self, key, loop=False):
        parameters = {f"p{number}": text for number, text in enumerate(self.texts(key, loop))}
        return {"notebook_task": {"notebook_path": "/Shared/a", "base_parameters": parameters}, "max_retries": 2}

    def python(self, key, loop=False):
        work = {"python_file": "dbfs:/a.py", "parameters": ["--key", "{{secrets/scope/key}}", *self.texts(key, loop)]}
        return {"spark_python_task": work, "environment_key": "default", "timeout_seconds": 5, "retry_on_timeout": True}

    def sql(self, key, loop=False):
        work = self.chance.choice(
            [{"query": {"query_id": "1"}}, {"alert": {"alert_id": "${resources.alerts.late.id}"}}]
        )
        return {"sql_task": {"warehouse_id": WAREHOUSE, "parameters": {"a": self.reference(key, loop)}, **work}}

    def pipeline(self, key, loop=False):
        return {"pipeline_task": {"pipeline_id": "${resources.pipelines.main.id}", "full_refresh": False}}

    def alert(self, key, loop=False):
        return {"alert_task": {"alert_id": "${resources.alerts.late.id}", "warehouse_id": WAREHOUSE}}

    def condition(self, key):
        return {
            "condition_task": {
                "left": self.reference(key),
                "op": self.chance.choice(OPERATORS),
                "right": self.chance.choice(["12", "-1.5", self.reference(key)]),
            }
        }

    def loop(self, key):
        arrays = ["{{job.parameters.feeds}}", json.dumps([1, {"feed": "a"}]), '["a", "{{job.parameters.limit}}"]', "[]"]
        for name in self.before[key]:
            arrays += [f"{{{{tasks.{name}.values.feeds}}}}"] if "notebook_task" in self.tasks[name] else []
            if "query" in self.tasks[name].get("sql_task", {}):
                arrays += [f"{{{{tasks.{name}.output.rows}}}}", f"{{{{tasks.{name}.output.first_row.feeds}}}}"]
        nested = self.chance.choice((self.notebook, self.python, self.sql, self.pipeline))(key, loop=True)
        return {"for_each_task": {"inputs": self.chance.choice(arrays), "task": {"task_key": f"{key}_each", **nested}}}

    @property
    def target(self):
        tasks = [*self.tasks.values()]
        self.chance.shuffle(tasks)  # a job's tasks need no order
        defaults = ('["titles"]', "{{job.start_time.iso_date}}", "5")
        job = {
            "tasks": tasks,
            "parameters": [{"name": name, "default": it} for name, it in zip(PARAMETERS, defaults, strict=True)],
            "environments": [{"environment_key": "default"}],
        }
        resources = {
            "jobs": {"a": job},
            "pipelines": {"main": {}},
            "sql_warehouses": {"main": {}},
            "alerts": {"late": {}},
        }
        return Target("prod", {"targets": {"prod": {}}, "resources": resources})


def test_a_job_that_is_right_has_no_finding():
    chance = random.Random(23)
    kinds = set()
    for _ in range(JOBS):
        job = RandomJob(chance)
        assert list(map(str, job_graphs(job.target))) == [], job.tasks
        kinds |= {field for task in job.tasks.values() for field in task if field.endswith("_task")}
    assert len(kinds) == 7
