"""The house rules: data flows one way, declarations only wire, transforms only transform."""

import ast
import re
from pathlib import Path

import pytest

from local_runtime.pipelines.datasets import Kind
from tests.conftest import ROOT
from tests.conventions.changes import libraries
from tests.gold.conftest import TABLES

SOURCES = sorted((ROOT / "src").rglob("*.py"))
PIPELINES = [path for path in SOURCES if path.name == "pipeline.py"]
TASKS = sorted((ROOT / "src" / "tasks").rglob("*.py"))
ORDER = ["bronze", "cleanse", "silver", "gold"]
# The rooms of a layer that have a pipeline, in the bundle's order: each may read tables of its own, and of those before
# it. A pipeline.py that the bundle lacks is found by test_changes.py.
SUBJECTS = {layer: [file.split("/")[1] for file in libraries(ROOT, layer)] for layer in ("silver", "gold")}
# The cleanse pipeline publishes to silver too, before silver's subjects read its tables.
SUBJECTS["silver"].insert(0, "cleanse")
# What the subjects of a layer share.
SHARED = {"cleanse": "releases", "silver": "releases", "gold": "conformed"}
# AUTO CDC asks it for one snapshot after the other, so it must look at which releases there are.
NEXT_RELEASE = ROOT / "src" / "silver" / "releases" / "next_release.py"


def name(path):
    return str(path.relative_to(ROOT))


def of_runtime(path):
    """The modules of the runtime that a file imports from."""
    found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    return {node.module for node in found if (node.module or "").startswith("local_runtime")}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_layer_imports_nothing_from_a_later_one_and_src_nothing_from_the_runtime(path):
    layer = path.relative_to(ROOT / "src").parts[0]
    order = ["common", *ORDER, "tasks"]
    later = order[order.index(layer) + 1 :] if layer in order else order[1:]
    assert not set(imports(path)) & {
        *later,
        "local_runtime",
        "sample",
        "imports",
        "deployment",
        "databricks",
        "pysail",
        "delta",
    }


@pytest.mark.parametrize("path", [path for path in SOURCES if "gold" in path.parts], ids=name)
def test_gold_knows_the_layers_before_it_by_their_tables_only(path):
    assert not set(imports(path)) & {"bronze", "cleanse", "silver"}


RUNTIME = sorted((ROOT / "local_runtime").rglob("*.py"))
# The runtime's rooms: each may import from itself and from those before it.
ROOMS = [
    "set_up",
    "engines",
    "delta",
    "state",
    "writing",
    "auto_loader",
    "pipelines",
    "graph",
    "update",
    "inspection",
    "cli",
]


@pytest.mark.parametrize("path", RUNTIME, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_of_the_runtime_imports_only_from_rooms_before_it_and_nothing_from_src(path):
    room, *below = path.relative_to(ROOT / "local_runtime").parts
    later = ROOMS[ROOMS.index(room) + 1 :] if below else ROOMS
    if path.name == "__main__.py":
        later = []
    tree = ast.parse(path.read_text())
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [module for module in modules for name in later if module.startswith(f"local_runtime.{name}.")]
    beside = {"sample", "imports", "deployment", "metrics", "dashboards", "serving", "exports", "publishing"}
    allowed = beside if room == "cli" else set()
    assert not set(imports(path)) & ({*ORDER, "common", *beside} - allowed)


@pytest.mark.parametrize("inner", ["auto_loader/formats", "update/flows"])
def test_rooms_within_rooms_stand_on_one_side_of_what_is_beside_them(inner):
    """Files as records need nothing of Auto Loader; what flows are made of needs no flow."""
    folder = ROOT / "local_runtime" / inner
    package = f"local_runtime.{inner.replace('/', '.')}"
    beside = f"{package.rpartition('.')[0]}."
    above = {"scheduler", "validation", "orchestration"}

    def modules(paths):
        trees = [ast.parse(path.read_text()) for path in paths]
        return {n.module or "" for tree in trees for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}

    if inner == "auto_loader/formats":
        used = modules(folder.glob("*.py"))
        assert not {name for name in used if name.startswith(beside) and not name.startswith(f"{package}.")}
    else:
        used = modules(path for path in folder.parent.glob("*.py") if path.stem not in above)
        assert not {name for name in used if name.startswith(f"{package}.")}


def test_every_room_of_the_runtime_is_in_the_order():
    assert {path.parent.name for path in (ROOT / "local_runtime").glob("*/__init__.py")} == set(ROOMS)


@pytest.mark.parametrize("path", [path for path in SOURCES if path not in [*PIPELINES, *TASKS]], ids=name)
def test_a_transform_touches_no_session_reads_and_writes_nothing(path):
    names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not names & {"spark", "open", "print"}
    actions = {"toPandas", "write", "writeStream", "read", "readStream", "show"}
    assert not attributes & (actions if path == NEXT_RELEASE else {*actions, "collect"})


@pytest.mark.parametrize("path", [path for path in SOURCES if len(path.relative_to(ROOT).parts) > 3], ids=name)
def test_a_subject_imports_nothing_from_another_but_what_they_share(path):
    layer, room = path.relative_to(ROOT / "src").parts[:2]
    tree = ast.parse(path.read_text())
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    rooms = {module.split(".")[1] for module in modules if module.startswith(f"{layer}.")}
    assert rooms <= {room, SHARED[layer]}


def room_of(graph, name):
    """The folder of the pipeline that declares a dataset: that of its function, or of its source's."""
    (flow, *_) = graph.datasets[name].flows
    function = getattr(flow, "function", None) or flow.source
    if isinstance(function, str):
        return room_of(graph, f"{name.split('.')[0]}.{function}")
    return Path(function.__code__.co_filename).parent.name


def test_a_subject_reads_by_name_only_tables_of_its_own_and_of_those_before_it(graph):
    for name, reads in graph.reads.items():
        layer = name.split(".")[0]
        for read in reads:
            if layer in SUBJECTS and read.name.startswith(f"{layer}."):
                order, room, other = SUBJECTS[layer], room_of(graph, name), room_of(graph, read.name)
                assert order.index(other) <= order.index(room), (
                    f"{name} ({room}) reads {read.name} ({other}), whose subject comes later in the libraries of "
                    f"resources/{layer}.pipeline.yml: move that up, or what both need to src/{layer}/{SHARED[layer]}."
                )


@pytest.mark.parametrize("path", PIPELINES, ids=name)
def test_a_declaration_only_wires(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            assert node.end_lineno - node.body[0].lineno < 8, node.name


@pytest.mark.parametrize("path", PIPELINES, ids=name)
def test_tables_are_read_by_their_names(path):
    """Tables of the same layer as "dim_title", those of another as f"{SILVER}.titles"."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    reads = [call.args[0] for call in calls if re.match(r"spark\.read(Stream)?\.table\(", ast.unparse(call))]
    names = [argument for argument in reads if isinstance(argument, ast.Constant | ast.JoinedStr)]
    # A function that declares tables for each of several feeds is given their names.
    given = [argument for argument in reads if isinstance(argument, ast.Name)]
    assert len(names) + len(given) == len(reads)
    assert not given or "imdb" in path.parts


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
            warnings = TABLES[name.removeprefix("gold.")].warnings
            assert {it.action for it in dataset.expectations if it.name not in warnings} == {"DROP"}, name


def test_every_cleansed_table_has_a_quarantine(graph):
    cleansed = [n for n, d in graph.datasets.items() if n.startswith("silver.") and d.kind is Kind.STREAMING_TABLE]
    assert cleansed
    # title_ids is made of titles' rows, whose quarantine is theirs; playback_rows has the rows that failed, too.
    others = {"silver.title_ids", "silver.playback_rows"}
    checked = [name for name in cleansed if name not in others and not name.endswith("_quarantine")]
    assert {f"{name}_quarantine" for name in checked} <= set(graph.datasets)


def test_comments_of_columns_have_no_quotes(graph):
    """Versions of Spark differ in how a quote is written inside a text."""
    declared = [dataset.declared for dataset in graph.datasets.values() if dataset.declared]
    comments = [column.comment for table in declared for column in table.columns if column.comment]
    assert len(comments) > 100
    assert [comment for comment in comments if set(comment) & {"'", "\\"}] == []


SAMPLE = sorted((ROOT / "sample").glob("*.py"))


@pytest.mark.parametrize("path", SAMPLE, ids=name)
def test_the_sample_and_its_truth_know_nothing_of_what_they_test(path):
    assert not set(imports(path)) & {*ORDER, "common", "local_runtime", "deployment", "pyspark"}


IMPORTS = sorted((ROOT / "imports").glob("*.py"))


@pytest.mark.parametrize("path", IMPORTS, ids=name)
def test_imports_know_the_feeds_by_their_files_alone_and_need_no_engine(path):
    assert of_runtime(path) <= {"local_runtime.errors"}
    assert not set(imports(path)) & {*ORDER, "common", "sample", "deployment", "pyspark", "duckdb"}


DEPLOYMENT = sorted((ROOT / "deployment").rglob("*.py"))
READER = {f"local_runtime.pipelines.{module}" for module in ("bundle_config", "placed_yaml")}
"""What reads the bundle's YAML."""


@pytest.mark.parametrize("path", DEPLOYMENT, ids=name)
def test_the_checks_of_the_bundle_need_its_yaml_and_no_engine_nor_the_vendors_packages(path):
    assert of_runtime(path) <= {"local_runtime.errors", *READER}
    assert not set(imports(path)) & {*ORDER, "common", "sample", "pyspark", "databricks"}


MAKING = {"set_up", "writing", "auto_loader", "pipelines", "graph", "update", "cli"}
"""Rooms of the runtime that make a lake, or talk."""
SERVING = sorted((ROOT / "serving").rglob("*.py"))


@pytest.mark.parametrize("path", SERVING, ids=name)
def test_what_serves_needs_no_engine_no_pipeline_and_no_command(path):
    assert not {module.split(".")[1] for module in of_runtime(path)} & MAKING
    assert not set(imports(path)) & {*ORDER, "common", "sample", "imports", "deployment", "pyspark", "deltalake"}


EXPORTS = sorted((ROOT / "exports").rglob("*.py"))


@pytest.mark.parametrize("path", EXPORTS, ids=name)
def test_exports_read_gold_as_queries_do_and_need_no_engine_and_no_server(path):
    assert not {module.split(".")[1] for module in of_runtime(path)} & MAKING
    others = {"common", "sample", "imports", "deployment", "metrics", "dashboards", "serving"}
    assert not set(imports(path)) & {*ORDER, *others, "pyspark", "deltalake"}


PUBLISHING = sorted((ROOT / "publishing").rglob("*.py"))


@pytest.mark.parametrize("path", PUBLISHING, ids=name)
def test_publishing_reads_gold_as_exports_do_and_knows_the_model_by_its_keys_alone(path):
    assert not {module.split(".")[1] for module in of_runtime(path)} & MAKING
    others = {"sample", "imports", "deployment", "metrics", "serving", "pyspark", "deltalake"}
    model = set() if path.name == "keys.py" else {*ORDER, "common"}
    assert not set(imports(path)) & {"bronze", "cleanse", "silver", *others, *model}


DASHBOARDS = sorted((ROOT / "dashboards").rglob("*.py"))
TOOLS = ("ai_bi", "looker", "power_bi", "tableau")


@pytest.mark.parametrize("path", DASHBOARDS, ids=name)
def test_dashboards_need_the_registry_alone_and_a_tool_nothing_of_another(path):
    assert of_runtime(path) <= {"local_runtime.errors", "local_runtime.root"}
    assert not set(imports(path)) & {*ORDER, "common", "deployment", "exports", "serving", "pyspark", "duckdb"}
    room = path.relative_to(ROOT / "dashboards").parts[0]
    modules = [node.module or "" for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    others = tuple(f"dashboards.{tool}" for tool in TOOLS if tool != room) if room in (*TOOLS, "pages") else ()
    assert not [module for module in modules if module.startswith(others)]


@pytest.mark.parametrize("path", sorted((ROOT / "metrics").glob("*.py")), ids=name)
def test_the_registry_needs_no_engine_and_knows_gold_by_its_tables_alone(path):
    assert of_runtime(path) <= {"local_runtime.errors", "local_runtime.root"}
    assert not set(imports(path)) & {*ORDER, "common", "sample", "deployment", "serving", "pyspark", "duckdb"}
