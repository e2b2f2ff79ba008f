"""A job of a target as a graph of tasks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from deployment.findings import Finding
from deployment.targets import VARIABLE, Resource, Target
from local_runtime.pipelines.bundle_config import Config, Value, as_list, as_mapping, as_text, at, earlier_tasks
from local_runtime.pipelines.placed_yaml import Place, place_of

# Every kind of task that a job may have (the fields of the vendor's class Task).
KINDS = (
    *("ai_runtime_task", "alert_task", "clean_rooms_notebook_task", "condition_task", "dashboard_task"),
    *("dbt_platform_task", "dbt_task", "for_each_task", "gen_ai_compute_task", "notebook_task", "pipeline_task"),
    *("power_bi_task", "python_operator_task", "python_wheel_task", "run_job_task", "spark_jar_task"),
    *("spark_python_task", "spark_submit_task", "sql_task"),
)


@dataclass(frozen=True)
class Dependency:
    """An item of a task's depends_on."""

    key: str
    outcome: str
    """Empty where none is given."""
    place: Place | None
    outcome_place: Place | None


@dataclass(frozen=True)
class JobTask:
    """A task of a job; `outer` is the for-each task that repeats it, if one does."""

    job: Resource
    spec: Config
    outer: "JobTask | None" = None

    @property
    def key(self) -> str:
        """Its name in the job; empty where it has none."""
        return as_text(self.spec.get("task_key"))

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of work that it is given: one, if it is right."""
        return [field for field in self.spec if field in KINDS and self.spec[field] is not None]

    @property
    def kind(self) -> str:
        """The kind of its work; empty where it has none or several."""
        return self.kinds[0] if len(self.kinds) == 1 else ""

    @property
    def work(self) -> Config:
        """What it does: the settings of its kind."""
        return as_mapping(self.spec.get(self.kind))

    def finding(self, problem: str, remedy: str, place: Place | None = None, *, may_be_new: bool = False) -> Finding:
        """Something wrong with it, at a place in it, else where it begins."""
        return Finding(
            f"the task {self.key or '(without a task_key)'} of the job {self.job.key}",
            problem,
            remedy,
            line=str(place or place_of(self.spec) or ""),
            may_be_new=may_be_new,
        )


@dataclass(frozen=True)
class JobGraph:
    """The tasks of a job, as a target has them."""

    target: Target
    job: Resource

    @cached_property
    def tasks(self) -> list[JobTask]:
        """The tasks of the job, without those that for-each tasks repeat."""
        return [JobTask(self.job, spec) for spec in self.job.items("tasks")]

    @cached_property
    def all_tasks(self) -> list[JobTask]:
        """The tasks, each for-each task followed by the one that it repeats."""
        return [each for task in self.tasks for each in (task, *_repeated(task))]

    @cached_property
    def by_key(self) -> dict[str, JobTask]:
        """The tasks that may be waited for and referred to."""
        found: dict[str, JobTask] = {}
        for task in self.tasks:
            if task.key:
                found.setdefault(task.key, task)
        return found

    @cached_property
    def _upstream(self) -> dict[str, set[str]]:
        specs = {key: task.spec for key, task in self.by_key.items()}
        return {key: set(earlier_tasks(spec, specs)) for key, spec in specs.items()}

    def upstream(self, task: JobTask) -> set[str]:
        """The keys of all tasks that have ended when the task starts."""
        return self._upstream.get((task.outer or task).key, set())

    def dependencies(self, task: JobTask) -> list[Dependency]:
        """What a task waits for, in the order of its depends_on."""
        items = [as_mapping(item) for item in as_list(task.spec.get("depends_on"))]
        return [
            Dependency(
                as_text(item.get("task_key")),
                self.target.resolved(item.get("outcome")),
                place_of(item, "task_key"),
                self.place(item, "outcome"),
            )
            for item in items
        ]

    def place(self, holder: Value, key: str) -> Place | None:
        """Where a value was written: that of a variable where the variable has it."""
        match = VARIABLE.fullmatch(as_text(at(holder, key)))
        variables = self.target.config["variables"]
        return (self.place(variables, match[1]) if match else None) or place_of(holder, key)

    def texts(self, value: Value, place: Place | None = None) -> Iterator[tuple[str, Place | None]]:
        """Every text in a part of the configuration, in variables' values too, and where it was written."""
        if isinstance(value, dict):
            for key, item in value.items():
                yield from self.texts(item, place_of(value, key) or place)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.texts(item, place_of(value, index) or place)
        elif isinstance(value, str):
            match = VARIABLE.fullmatch(value)
            variables = self.target.config["variables"]
            given = at(variables, match[1]) if match else None
            if match and given is not None and given != value:
                yield from self.texts(given, place_of(variables, match[1]) or place)
            else:
                yield value, place

    def texts_of(self, task: JobTask) -> Iterator[tuple[str, Place | None]]:
        """The texts of a task without those of a task that it repeats."""
        loop = as_mapping(task.spec.get("for_each_task"))
        skipped = loop.get("task")
        for key, item in task.spec.items():
            if key == "for_each_task" and skipped is not None:
                for field in loop.keys() - {"task"}:
                    yield from self.texts(loop[field], place_of(loop, field))
            elif key not in ("description", "depends_on"):
                yield from self.texts(item, place_of(task.spec, key))


def _repeated(task: JobTask) -> Iterator[JobTask]:
    nested = at(task.spec, "for_each_task", "task")
    if isinstance(nested, dict):
        yield JobTask(task.job, nested, task)
