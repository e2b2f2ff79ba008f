"""Whether pipelines' code, called again, can only say the same again as long as its files are the same.

Code that looks at the time, at chance or at what is outside may say something else, though no file has changed. What
isn't known to do nothing of the kind counts as code that does. The engine's functions of time and chance matter in
functions of snapshots alone: other flows aren't computed again without news. Such a function is looked into, with all
that it may use, where it is a plain one; what a lambda, a partial or a decorated one does, isn't known.
"""

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import FunctionType

from local_runtime.pipelines.datasets import Dataset, SnapshotFlow

KNOWN_MODULES = {
    *("__future__", "abc", "base64", "bisect", "collections", "contextlib", "copy", "csv", "dataclasses", "datetime"),
    *("decimal", "enum", "fractions", "functools", "hashlib", "hmac", "itertools", "json", "math", "operator"),
    *("pathlib", "pyspark", "re", "string", "sys", "textwrap", "types", "typing", "unicodedata", "warnings"),
}
"""Modules that give the same each time, but for what is in OF_PYTHON."""
OF_PYTHON = {
    *("now", "today", "utcnow", "cwd", "iterdir", "glob", "rglob", "walk", "exists", "is_file", "is_dir", "is_symlink"),
    *("stat", "lstat", "readlink"),
}
"""Their functions that don't."""
FUNCTIONS = {"F", "functions"}
"""What pyspark.sql.functions is called, which has functions of the same names (F.exists)."""
UNSEEN = {"__import__", "eval", "exec", "hash"}
"""Functions by which code does what isn't written in it, or something else in each process."""
WITHOUT_PARENTHESES = {"current_timestamp", "current_date", "current_time", "localtimestamp"}
"""Those of OF_ENGINE that SQL also calls by their names alone."""
OF_ENGINE = {
    *WITHOUT_PARENTHESES,
    *("curdate", "now", "unix_timestamp", "rand", "randn", "random", "randstr", "uniform", "uuid", "shuffle"),
    *("monotonically_increasing_id", "call_function"),
}
"""The engine's functions that may give something else each time."""
IN_SQL = re.compile(
    rf"\b(?:({'|'.join(sorted(WITHOUT_PARENTHESES))})\b|({'|'.join(sorted(OF_ENGINE))})\s*\()", re.IGNORECASE
)
FILES = "files"
"""Stands for reading files, which are not known before the function is called."""


def is_repeatable(datasets: Mapping[str, Dataset]) -> bool:
    """Whether all of the code that defines the datasets is known to say the same as long as its files are the same."""
    roots = {dataset.pipeline.root_path for dataset in datasets.values()}
    files = {path for dataset in datasets.values() for path in dataset.pipeline.sources}
    files |= {path for path in _loaded_files() if any(path.is_relative_to(root) for root in roots)}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
    if not all(_is_known(tree, roots) for tree in trees):
        return False
    functions = [
        flow.source for dataset in datasets.values() for flow in dataset.flows if isinstance(flow, SnapshotFlow)
    ]
    names = [it.__name__ for it in functions if isinstance(it, FunctionType) and it.__closure__ is None]
    definitions = _definitions(trees)
    if len(names) < sum(not isinstance(it, str) for it in functions) or not definitions.keys() >= {*names}:
        return False
    return not _reached(names, definitions) & {*OF_ENGINE, FILES}


def _loaded_files() -> Iterator[Path]:
    """The files of the modules that are loaded."""
    files = (getattr(module, "__file__", None) for module in [*sys.modules.values()])
    return (Path(file) for file in files if file and file.endswith(".py"))


def _is_known(tree: ast.Module, roots: Collection[Path]) -> bool:
    """Whether a file imports and names only what gives the same each time."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case ast.Attribute(attr=name, value=of) if name in OF_PYTHON:
                if not (isinstance(of, ast.Name) and of.id in FUNCTIONS):
                    return False
                continue
            case ast.Name(id=name) if name in UNSEEN:
                return False
            case _:
                continue
        if not all(_is_known_module(module.partition(".")[0], roots) for module in modules):
            return False
    return True


def _is_known_module(name: str, roots: Iterable[Path]) -> bool:
    return name in KNOWN_MODULES or any((root / name).is_dir() or (root / f"{name}.py").is_file() for root in roots)


def _definitions(trees: Iterable[ast.Module]) -> dict[str, list[ast.AST]]:
    """What defines a name: functions and classes, imports under another name, and assignments outside of functions."""
    definitions: dict[str, list[ast.AST]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                definitions.setdefault(name, []).append(node)
            case ast.alias(asname=str(name)):
                definitions.setdefault(name, []).append(node)
    for node in (node for tree in trees for node in _outside_of_functions(tree)):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)):
                definitions.setdefault(name, []).append(node)
    return definitions


def _outside_of_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            yield child
            yield from _outside_of_functions(child)


def _reached(names: Iterable[str], definitions: Mapping[str, Iterable[ast.AST]]) -> set[str]:
    """The words in what defines these names, and in all that this may use, by their names."""
    reached: set[str] = set()
    waiting = [*names]
    while waiting:
        words = {word for node in definitions.get(waiting.pop(), ()) for word in _words(node)}
        waiting += words - reached
        reached |= words
    return reached


def _words(node: ast.AST) -> Iterator[str]:
    """The names in a definition; for texts of SQL the engine's functions in them, and FILES where it reads any."""
    for part in ast.walk(node):
        match part:
            case ast.Attribute(attr=name, value=ast.Attribute(attr="read" | "readStream")) if name != "table":
                yield FILES
            case ast.Name(id="open") | ast.Attribute(attr="open" | "read_text" | "read_bytes"):
                yield FILES
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.Constant(value=str(text)):
                yield from ("".join(found).lower() for found in IN_SQL.findall(text))
            case ast.alias(name=name):
                yield name.rpartition(".")[2]
