"""What a change must bring along: each finding is one sentence that says what is missing, and where to add it.

Arguments are plain data, so that a test can leave something out and read the sentence. No engine is needed.
"""

import ast
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path

import yaml


def libraries(root: Path, layer: str) -> list[str]:
    """The files, below src, that a layer's pipeline runs, in the order of its resource."""
    resources = yaml.safe_load((root / "resources" / f"{layer}.pipeline.yml").read_text(encoding="utf-8"))["resources"]
    globs = [library["glob"] for library in resources["pipelines"][f"{layer}_pipeline"]["libraries"]]
    return [glob["include"].removeprefix("../src/") for glob in globs]


def functions_used_in(folder: Path) -> set[str]:
    """The functions that the Python files of a folder call or take from a module; a frame of that name is neither."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py"))]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return called | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def functions_called(pipeline: Path) -> Iterator[tuple[str, str, str]]:
    """What each table's declaration calls in modules of its layer: the table, the module and the function."""
    tree = ast.parse(pipeline.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    modules = {name.name: f"{node.module}.{name.name}" for node in imports for name in node.names}
    for table in [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]:
        for node in [node for statement in table.body for node in ast.walk(statement)]:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr.islower():
                module = modules.get(node.value.id, "")
                if module.startswith(f"{pipeline.parts[-3]}."):
                    yield table.name, module, node.attr


def tables_without_a_unit_test(called: Iterable[tuple[str, str, str]], tests: Path) -> Iterator[str]:
    """`called` is what gold's declarations call: table, module and function."""
    for table, module, function in called:
        *folders, name = module.split(".")
        if function not in functions_used_in(tests.joinpath(*folders)):
            yield (
                f"gold.{table} has no unit test: call {function}() in tests/{'/'.join(folders)}/test_{name}.py, with a "
                "NULL row among its input."
            )


def _is_column_function(function: ast.FunctionDef) -> bool:
    types = [ast.unparse(it) for it in (function.returns, *[a.annotation for a in function.args.args]) if it]
    return not function.name.startswith("_") and types[:1] == ["Column"] and "Column" in types[1:]


def column_functions_without_a_unit_test(modules: Iterable[Path], sources: Path, tests: Path) -> Iterator[str]:
    """`modules` are files below `sources`; a column function is a public one of a Column that returns a Column."""
    for module in modules:
        used = functions_used_in(tests / module.parent)
        for node in ast.parse((sources / module).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and _is_column_function(node) and node.name not in used:
                yield (
                    f"{node.name}() of src/{module.as_posix()} has no unit test: call it in "
                    f"tests/{(module.parent / f'test_{module.name}').as_posix()}, with NULL and at its bounds."
                )


def tables_without_a_grain(comments: Mapping[str, str | None]) -> Iterator[str]:
    """`comments` are those of the datasets, by their names."""
    for table, comment in comments.items():
        if not (comment or "").startswith("One row per "):
            yield f'{table} doesn\'t say what a row is: begin the comment of its TableSpec with "One row per …".'


def kpis_without_a_truth(declared: Mapping[str, list[str]], truth: Mapping[str, list[str]]) -> Iterator[str]:
    """Both are columns by KPI: as gold declares them, and as the sample says what they must be."""
    for kpi, columns in declared.items():
        if truth.get(kpi) != columns:
            yield (
                f"The sample doesn't say what gold.{kpi} must be: count its columns {', '.join(columns)} in the "
                "subject's sample/*_kpis.py, from what was meant and not as gold computes them."
            )


def pipelines_in_no_bundle(files: Iterable[str], libraries: Mapping[str, list[str]]) -> Iterator[str]:
    """`files` are paths of pipeline.py below src; `libraries` the paths that resources/LAYER.pipeline.yml has."""
    for file in files:
        layer = file.partition("/")[0]
        if file not in libraries[layer]:
            yield (
                f"src/{file} is in no pipeline: add it to the libraries of resources/{layer}.pipeline.yml, after the "
                "subjects whose tables it reads."
            )


def feeds_without_their_place(
    feeds: Mapping[str, str], listed: Container[str], made: Container[str], streamed: Iterable[str]
) -> Iterator[str]:
    """`feeds` are the folders of all feeds by their names, `listed` the names in FEEDS; of folders, those that the job
    makes and those that bronze streams from."""
    streamed = set(streamed)
    for feed, folder in feeds.items():
        if feed not in listed:
            yield f"The feed {feed} has no landing folder: add it to FEEDS in src/bronze/feeds.py; a job makes it then."
        if folder not in streamed:
            yield f"The feed {feed} is never ingested: declare its table in src/bronze/pipeline.py."
    for folder in sorted(streamed - set(feeds.values())):
        if folder not in made:
            yield f"Bronze streams from {folder}/; no job makes it: add it to LANDING_FOLDERS in src/bronze/feeds.py."


def feeds_without_a_quarantine(feeds: Iterable[str], quarantined: Container[str]) -> Iterator[str]:
    """`quarantined` are the feeds that a quarantine table is of (`lakehouse.quarantine_of`)."""
    for feed in feeds:
        if feed not in quarantined:
            yield (
                f"Rows of bronze.{feed} that fail a rule are lost: declare its quarantine in a pipeline of src/silver "
                "(quarantine_table or personal_quarantine_table of silver/releases/quarantine.py)."
            )


def feeds_without_nasty_rows(folders: Iterable[str], nasty: Container[str]) -> Iterator[str]:
    """`folders` are those of all feeds, `nasty` those with nasty rows."""
    for folder in folders:
        if folder not in nasty:
            yield f"No nasty rows land in {folder}/: add them to FEEDS in tests/end_to_end/nasty.py, one file at least."


def rules_without_a_test(rules: Iterable[str], module: Path, tests: Path) -> Iterator[str]:
    """`rules` are the names of rules for rows, `module` their file below src."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in sorted((tests / module.parent).glob("*.py")))
    for rule in rules:
        if f'"{rule}"' not in texts:
            yield (
                f"No test shows a row that fails {rule} (src/{module.as_posix()}): add one to "
                f"tests/{module.parent.as_posix()}."
            )


def wrong_bounds(document: str, text: str, rules: Mapping[str, str]) -> Iterator[str]:
    """What a document says of a rule's bounds ("`valid_age` (13 to 120)", or in the next cell of a table)."""
    for rule, meaning in re.findall(r"`(\w+)`(?: \(| \| )([^`|)]*)", text):
        for bounds in re.findall(r"([\d,]+) to ([\d,]+)", meaning):
            numbers = {bound.replace(",", "") for bound in bounds}
            if rule in rules and not numbers <= set(re.findall(r"\d+", rules[rule])):
                stated = " to ".join(bounds)
                yield f"{document} says that `{rule}` is {stated}, but the rule is {rules[rule]}: correct the document."


def options_without_a_test(options: Iterable[str], tests: Path) -> Iterator[str]:
    """`options` are those that the local Auto Loader supports with several values."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in sorted(tests.rglob("*.py")))
    for option in options:
        if not re.search(rf'["\']{re.escape(option)}["\']|\b{re.escape(option)}=', texts):
            yield (
                f"Auto Loader's option {option} has no test: show in tests/local_runtime/auto_loader/test_loader.py "
                "what it does, or that it changes nothing."
            )
