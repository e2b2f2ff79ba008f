"""The house rules: data flows one way, declarations only wire, transforms only transform."""

import ast
import re

import pytest

from local_runtime.pipelines.datasets import Kind
from tests.conftest import ROOT

SOURCES = sorted((ROOT / "src").rglob("*.py"))
PIPELINES = [path for path in SOURCES if path.name == "pipeline.py"]
TASKS = sorted((ROOT / "src" / "tasks").rglob("*.py"))
ORDER = ["bronze", "silver", "gold"]


def name(path):
    return str(path.relative_to(ROOT))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_layer_imports_nothing_from_a_later_one_and_src_nothing_from_the_runtime(path):
    layer = path.relative_to(ROOT / "src").parts[0]
    order = [*ORDER, "tasks"]
    # What the layers share, such as src/common, imports none of them.
    later = order[order.index(layer) + 1 :] if layer in order else order
    assert not set(imports(path)) & {*later, "local_runtime", "sample", "databricks", "pysail", "delta"}


RUNTIME = sorted((ROOT / "local_runtime").rglob("*.py"))
# The runtime's rooms: each may import from itself and from those before it.
ROOMS = ["set_up", "engines", "lake", "auto_loader", "pipelines", "graph", "update", "inspection", "cli"]


@pytest.mark.parametrize("path", RUNTIME, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_of_the_runtime_imports_only_from_rooms_before_it_and_nothing_from_src(path):
    room, *below = path.relative_to(ROOT / "local_runtime").parts
    later = ROOMS[ROOMS.index(room) + 1 :] if below else ROOMS
    if path.name == "__main__.py":
        later = []
    tree = ast.parse(path.read_text())
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [module for module in modules for name in later if module.startswith(f"local_runtime.{name}.")]
    allowed = {"sample"} if room == "cli" else set()
    assert not set(imports(path)) & ({*ORDER, "common", "tables", "sample"} - allowed)


def test_every_room_of_the_runtime_is_in_the_order():
    assert {path.parent.name for path in (ROOT / "local_runtime").glob("*/__init__.py")} == set(ROOMS)


@pytest.mark.parametrize("path", [path for path in SOURCES if path not in [*PIPELINES, *TASKS]], ids=name)
def test_a_transform_touches_no_session_reads_and_writes_nothing(path):
    names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not names & {"spark", "open", "print"}
    assert not attributes & {"collect", "toPandas", "write", "writeStream", "read", "readStream", "show"}


@pytest.mark.parametrize("path", [path for path in PIPELINES if "gold" in path.parts], ids=name)
def test_a_subject_of_gold_imports_nothing_from_another_but_what_they_share(path):
    subject = path.parent.name
    for source in path.parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gold."):
                assert node.module.split(".")[1] in {subject, "conformed"}, (source, node.module)


@pytest.mark.parametrize("path", PIPELINES, ids=name)
def test_a_declaration_only_wires(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            assert node.end_lineno - node.body[0].lineno < 8, node.name


def test_joins_say_how():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
                is_text = isinstance(node.func.value, ast.Constant)
                assert is_text or any(keyword.arg == "how" for keyword in node.keywords), (path, node.lineno)


def test_data_flows_one_way(graph):
    for name, reads in graph.reads.items():
        for read in reads:
            assert ORDER.index(read.name.split(".")[0]) <= ORDER.index(name.split(".")[0]), (name, read.name)


def test_every_gold_table_drops_what_breaks_its_rules(graph):
    for name, dataset in graph.datasets.items():
        if name.startswith("gold.") and dataset.is_stored:
            assert dataset.kind is Kind.MATERIALIZED_VIEW
            assert {expectation.action for expectation in dataset.expectations} == {"DROP"}, name


def test_every_dataset_says_what_a_row_is_or_what_it_answers(graph):
    for name, dataset in graph.datasets.items():
        assert re.match(r"One row per|W|For whom|How", dataset.comment or ""), name


def test_every_cleansed_table_has_a_quarantine(graph):
    cleansed = [n for n, d in graph.datasets.items() if n.startswith("silver.") and d.kind is Kind.STREAMING_TABLE]
    assert cleansed
    # title_ids is made of titles' rows, whose quarantine is theirs.
    judged = [name for name in cleansed if name != "silver.title_ids" and not name.endswith("_quarantine")]
    assert {f"{name}_quarantine" for name in judged} <= set(graph.datasets)


def test_comments_of_columns_have_no_quotes(graph):
    """Versions of Spark differ in how a quote is written inside a text."""
    declared = [dataset.declared for dataset in graph.datasets.values() if dataset.declared]
    comments = [column.comment for table in declared for column in table.columns if column.comment]
    assert len(comments) > 100
    assert [comment for comment in comments if set(comment) & {"'", "\\"}] == []


SAMPLE = sorted((ROOT / "sample").glob("*.py"))


@pytest.mark.parametrize("path", SAMPLE, ids=name)
def test_the_sample_and_its_truth_know_nothing_of_what_they_test(path):
    assert not set(imports(path)) & {*ORDER, "common", "tables", "local_runtime", "pyspark"}


def test_python_files_stay_small():
    for path in [*SOURCES, *RUNTIME, *SAMPLE]:
        assert len(path.read_text().splitlines()) <= 300, path
