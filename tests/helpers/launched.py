"""`./lakehouse run` in a process of its own, which tells what it imported."""

import os
import subprocess
import sys

from tests.conftest import ROOT

HEAVY = ("duckdb", "pandas", "pysail", "pyspark", "sqlglot")
COMMAND = f"""
import os, sys
{{meanwhile}}
from local_runtime.cli.arguments import main
code = main(sys.argv[1:])
print("imported:", *[name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)  # native threads of the engine may abort an interpreter that shuts down
"""
STARTS = "Starting sail …\n"


MEANWHILE = """
from local_runtime.graph import dataset_graph
load_graph = dataset_graph.load_graph
def load_before(*arguments):
    graph = load_graph(*arguments)
    {}
    return graph
dataset_graph.load_graph = load_before
"""


def run(project, *options, meanwhile="", **variables):
    """A run's exit code, what it prints, and what it imported; `meanwhile` is code that runs once it has a graph."""
    code = COMMAND.format(meanwhile=meanwhile and MEANWHILE.format(meanwhile))
    command = [sys.executable, "-P", "-c", code, "run", *of(project), *options]
    of_project = {"LAKEHOUSE_ROOT": str(project.root), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env={**os.environ, **of_project, **variables}, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def of(project):
    return "--landing", str(project.landing), "--lake", str(project.lake.root)


def ran_short(done):
    return done[0] == 0 and STARTS not in done[1] and done[2].endswith("imported:\n")
