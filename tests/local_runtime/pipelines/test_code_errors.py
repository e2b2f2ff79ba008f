"""Whatever pipeline code raises ends in one sentence that names its file and line."""

import importlib.util
import re
import sys

import pytest

from local_runtime.errors import LakehouseError, register_secret
from tests.helpers.project import HEAD, READ_CSV, Project

FIRST_LINE = (HEAD + READ_CSV).count("\n") + 1
"""The line of a pipeline file that a test's code begins in."""


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path, session=None)


def refusal(project, code):
    """What the pipeline `gold` with this code is refused with."""
    project.pipeline("gold", code)
    with pytest.raises(LakehouseError) as refused:
        project.graph()
    message = str(refused.value)
    assert "\n" not in message
    return message


def line(project, number):
    """The place of a line of a test's code, as a message names it."""
    return f"{project.root}/src/pipelines_gold/pipeline.py, line {FIRST_LINE + number - 1},"


ERRORS = [
    ("raise ValueError('no such release')", "ValueError: no such release"),
    ("{}['key']", "KeyError: 'key'"),
    ("1 / 0", "ZeroDivisionError: division by zero"),
    ("F.no_such_function", "AttributeError: module 'pyspark.sql.functions' has no attribute 'no_such_function'"),
    ("raise RuntimeError", "RuntimeError"),
    ("open('/no/such/file')", "FileNotFoundError: [Errno 2] No such file or directory: '/no/such/file'"),
    ("assert False, 'two\\nlines'", "AssertionError: two lines"),
    ("no_such_name", "NameError: name 'no_such_name' is not defined"),
    (
        "F.when(1, 2)",
        "PySparkTypeError: [NOT_EXPECTED_TYPE] Argument `condition` should be Column, got int.",
    ),
    ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
]


@pytest.mark.parametrize(("code", "expected"), ERRORS, ids=[expected.partition(":")[0] for _, expected in ERRORS])
def test_an_error_of_a_pipeline_file_is_one_sentence_with_its_line(project, code, expected):
    assert refusal(project, f"\n{code}") == f"Pipeline gold: {line(project, 2)} raises {expected}"


FUNCTION = """
@dp.{kind}
def one():
    {code}
    return spark.range(1)
"""
STATES = """
def states(latest):
    {code}
    return None

dp.create_streaming_table("one")
dp.create_auto_cdc_from_snapshot_flow(target="one", source=states, keys=["id"])
"""


@pytest.mark.parametrize(("code", "expected"), ERRORS, ids=[expected.partition(":")[0] for _, expected in ERRORS])
@pytest.mark.parametrize("kind", ["materialized_view", "temporary_view", "table"])
def test_an_error_of_a_definitions_function_is_one_sentence_with_its_line(project, code, expected, kind):
    assert refusal(project, FUNCTION.format(kind=kind, code=code)) == f"gold.one: {line(project, 4)} raises {expected}"


@pytest.mark.parametrize(("code", "expected"), ERRORS, ids=[expected.partition(":")[0] for _, expected in ERRORS])
def test_an_error_of_a_snapshot_function_is_one_sentence_with_its_line(project, code, expected):
    assert refusal(project, STATES.format(code=code)) == f"gold.one: {line(project, 3)} raises {expected}"


def test_an_error_of_a_module_is_said_to_be_in_that_module(project):
    module = project.root / "src" / "broken_helper.py"
    module.parent.mkdir()
    module.write_text("def broken():\n    return [][0]\n")
    code = "\nimport broken_helper\nbroken_helper.broken()"
    assert refusal(project, code) == f"Pipeline gold: {module}, line 2, raises IndexError: list index out of range"


def test_an_error_in_a_package_is_said_to_be_in_the_code_that_calls_it(project):
    expected = f"Pipeline gold: {line(project, 2)} raises JSONDecodeError: Expecting value: line 1 column 1 (char 0)"
    assert refusal(project, "import json\njson.loads('')") == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("\ndef one(:\n    pass", "raises SyntaxError: invalid syntax"), ("if 1:\nx = 1", "raises IndentationError: ")],
)
def test_a_file_that_is_no_python_is_named_with_the_line(project, code, expected):
    assert refusal(project, code).startswith(f"Pipeline gold: {line(project, 2)} {expected}")


def test_a_file_that_cannot_be_read_as_text_is_named(project):
    project.pipeline("gold", "")
    path = project.root / "src" / "pipelines_gold" / "pipeline.py"
    path.write_bytes(b"x = 1\0")
    with pytest.raises(LakehouseError, match=f"^Pipeline gold: {path},? .*null bytes"):
        project.graph()


def test_an_error_that_only_the_engine_brings_out_is_a_sentence_too(tmp_path, sail):
    """A function is called once more to be analyzed: with columns that are known then."""
    project = Project(tmp_path, sail)
    project.pipeline("gold", """
        calls = []

        @dp.materialized_view
        def one():
            calls.append(1)
            return [spark.range(1)][len(calls) - 1]
        """)  # fmt: skip
    with pytest.raises(LakehouseError) as refused:
        project.update()
    assert str(refused.value) == f"gold.one: {line(project, 7)} raises IndexError: list index out of range"


@pytest.mark.parametrize(("value", "expected"), [("'rows'", "a str"), ("[1]", "a list"), ("None", "nothing")])
def test_a_function_that_returns_no_dataframe_is_named(project, value, expected):
    code = f"@dp.materialized_view\ndef one():\n    return {value}"
    assert refusal(project, code) == f"gold.one: its function returns {expected}; it must return a DataFrame."


UNKNOWN = [
    ("@dp.tabel\ndef one(): ...", "tabel", "did you mean table"),
    ("dp.create_foo('one')", "create_foo", ""),
    ("from pyspark.pipelines import temporary_veiw", "temporary_veiw", "did you mean temporary_view"),
    ("dp.expect_or_dorp('a', 'b')", "expect_or_dorp", "did you mean expect_or_drop or "),
    ("dp.zzz", "zzz", "there are: append_flow, apply_changes, "),
]


@pytest.mark.parametrize(("code", "name", "nearest"), UNKNOWN, ids=[name for _, name, _ in UNKNOWN])
def test_an_unknown_name_of_pipelines_is_named_with_the_nearest_ones(project, code, name, nearest):
    asked = f"Pipeline gold: {line(project, 2)} asks for pyspark.pipelines.{name}, which doesn't exist here; "
    assert refusal(project, f"\n{code}").startswith(asked + nearest)


def test_an_unknown_name_in_a_function_is_named_with_the_nearest_ones(project):
    message = refusal(project, FUNCTION.format(kind="materialized_view", code="dp.raed('x')"))
    asked = f"gold.one: {line(project, 4)} asks for pyspark.pipelines.raed, which doesn't exist here; "
    assert message == f"{asked}did you mean read?"


def test_an_attribute_of_something_else_is_no_name_of_pipelines(project):
    assert "raises AttributeError: 'str' object has no attribute 'tabel'" in refusal(project, "'dp'.tabel")


@pytest.mark.parametrize("code", ["import dlt", "from dlt import table"])
def test_dlt_is_refused_with_what_to_write(project, code):
    message = refusal(project, code)
    assert message == (
        f"Pipeline gold: {line(project, 1)} imports dlt, which doesn't exist here: write `from pyspark import "
        "pipelines as dp` for `import dlt`."
    )


def test_secrets_and_long_literals_stay_out(project):
    register_secret("key-of-a-test")
    code = "raise ValueError('key-of-a-test ' + '36' * 64 + ' is no key')"
    assert refusal(project, code).endswith("raises ValueError: … … is no key")


@pytest.mark.parametrize("kind", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("code", ["raise {}", FUNCTION.format(kind="materialized_view", code="raise {}")])
def test_what_is_no_error_of_the_code_passes(project, kind, code):
    project.pipeline("gold", code.format(kind.__name__))
    with pytest.raises(kind):
        project.graph()


def test_signs_of_too_little_memory_pass(project):
    project.pipeline("gold", "raise ImportError('_native.so: failed to map segment from shared object')")
    with pytest.raises(ImportError):
        project.graph()


def test_a_compiled_module_that_was_cut_passes(project):
    """The launcher deletes compiled modules and starts again (docs/decisions/0013)."""
    module = project.root / "src" / "cut_helper.py"
    project.pipeline("gold", "import cut_helper")
    module.write_text("x = [1, 2, 3]\n")
    spec = importlib.util.spec_from_file_location("cut_helper", module)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    compiled = importlib.util.cache_from_source(str(module))
    with open(compiled, "r+b") as file:
        file.truncate(20)
    sys.modules.pop("cut_helper", None)
    with pytest.raises(EOFError, match="marshal data too short"):
        project.graph()
    code = refusal(project, "raise EOFError('marshal data too short')")
    assert re.search(r"line \d+, raises EOFError: marshal data too short", code)


@pytest.mark.parametrize(("code", "message"), [("", "SystemExit None"), ("'no key'", "SystemExit no key"), ("3", "3")])
def test_a_pipeline_file_that_ends_the_program_is_an_error(project, code, message):
    project.pipeline("silver", f"import sys\nsys.exit({code})")
    with pytest.raises(LakehouseError, match=rf"pipeline\.py, line \d+, ends the program \(.*{message}\)"):
        project.graph()


@pytest.mark.parametrize(
    "code",
    [
        "dbutils.fs.ls('/')",
        "@dp.materialized_view\ndef v():\n    return spark.sql('SELECT 1')",
        "dp.create_streaming_table('t')\n"
        "dp.create_auto_cdc_flow(target='t', source='bronze.t', keys='id', sequence_by='n')",
        "@dp.materialized_view\n@dp.expect_all(['id > 0'])\ndef v():\n    return spark.range(1)",
    ],
)
def test_a_refusal_of_the_runtimes_own_has_the_line_of_the_code(project, code):
    project.pipeline("silver", code)
    with pytest.raises(LakehouseError, match=r"\(.*pipeline\.py, line \d+\)$"):
        project.graph()
