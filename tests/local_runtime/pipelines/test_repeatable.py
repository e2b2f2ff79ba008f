"""Code that may say something else when it is called again is told from code that can't."""

import pytest

from tests.helpers.project import Project

HISTORY = """
dp.create_streaming_table("history")
dp.create_auto_cdc_from_snapshot_flow("history", next_rows, keys=["id"])
"""
AT = "(spark.range(1).withColumn('at', {}), 1)"
PLAIN = f"def next_rows(latest):\n    return {AT}\n"
MAY_DIFFER = {
    "function": PLAIN.format("F.current_date()"),
    "column_of_the_module": "TODAY = F.current_date()\n" + PLAIN.format("TODAY"),
    "sql_of_the_module": "TODAY: str = 'now ()'\n" + PLAIN.format("F.expr(TODAY)"),
    "sql_without_parentheses": PLAIN.format("F.expr('current_date')"),
    "import_under_another_name": "from pyspark.sql.functions import rand as some\n" + PLAIN.format("some()"),
    "lambda": f"next_rows = lambda latest: {AT}\n".format("F.now()"),
    "partial": "from functools import partial\n"
    + PLAIN.replace("next_rows(", "base(one, ").format("F.now()")
    + "next_rows = partial(base, 1)\n",
    "decorated": "from functools import wraps\ndef logged(function):\n    @wraps(function)\n    def call(latest):\n"
    "        return function(latest)\n    return call\n@logged\n" + PLAIN.format("F.now()"),
    "object": "class Next:\n    def __call__(self, latest):\n        return "
    + AT.format("F.now()")
    + "\nnext_rows = Next()\n",
    "file_that_may_be_there": "from pathlib import Path\nIS_THERE = Path('/a').exists()\n" + PLAIN.format("F.lit(1)"),
    "hash_of_a_process": "SIDE = hash('a') % 2\n" + PLAIN.format("F.lit(SIDE)"),
}
SAY_THE_SAME = {
    "function": PLAIN.format("F.lit(1)"),
    "time_elsewhere": PLAIN.format("F.lit(1)") + "def other():\n    return F.current_date()\n",
    "engine's_exists": PLAIN.format("F.exists(F.array(F.lit(1)), lambda x: x > 0)"),
}


def is_repeatable(folder, code):
    project = Project(folder, None)
    project.pipeline("gold", code + HISTORY)
    return project.graph().is_repeatable


@pytest.mark.parametrize("code", MAY_DIFFER.values(), ids=MAY_DIFFER)
def test_code_that_may_say_something_else(tmp_path, code):
    assert not is_repeatable(tmp_path, code)


@pytest.mark.parametrize("code", SAY_THE_SAME.values(), ids=SAY_THE_SAME)
def test_code_that_says_the_same(tmp_path, code):
    assert is_repeatable(tmp_path, code)
