"""What code defines a table: a hash of its functions, of what they use in their file, and of what that imports.

So a materialized view is rebuilt when its own code has changed, and not when any file has.
"""

import ast
import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType

from local_runtime.pipelines.datasets import Dataset, QueryFlow, SnapshotFlow


def code_hashes(datasets: Mapping[str, Dataset], reads: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """For each table the hash of the code that defines it and the views that it reads (`reads`: by dataset)."""
    files = _Files()
    own = {name: _definition(dataset, files) for name, dataset in datasets.items()}

    def parts(name: str) -> list[str]:
        views = [read for read in reads[name] if read in datasets and not datasets[read].is_stored]
        return [*own[name], *(part for view in sorted(views) for part in parts(view))]

    return {name: _hash(parts(name)) for name, dataset in datasets.items() if dataset.is_stored}


def _hash(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _definition(dataset: Dataset, files: "_Files") -> list[str]:
    """A definition as text: what it declares, its pipeline's configuration, and its flows' code."""
    parts = [dataset.kind.value, str(dataset.schema), repr(dataset.expectations)]
    parts.append(repr(sorted(dataset.pipeline.configuration.items())))
    for flow in dataset.flows:
        match flow:
            case QueryFlow():
                parts += _code(flow.function, dataset.pipeline.root_path, files)
            case SnapshotFlow() if callable(flow.source):
                parts.append(repr((flow.keys, flow.scd_type, flow.tracked, flow.untracked)))
                parts += _code(flow.source, dataset.pipeline.root_path, files)
            case _:
                parts.append(repr(flow))
    return parts


def _code(function: Callable[..., object], root: Path, files: "_Files") -> list[str]:
    """A function's source, functions and constants of its file, and the modules below `root` that it uses."""
    if not isinstance(function, FunctionType):
        return [repr(function)]
    path = Path(function.__code__.co_filename)
    names: set[str] = set()
    functions = list(_functions(function, names))
    modules = sorted({module for name in names for module in files.imported(path).get(name, ())})
    return [
        *(_source(used) for used in functions),
        *(repr(value) for used in functions for value in _bound(used)),
        files.constants(path),
        *(text for module in modules for text in files.module(module, root)),
    ]


def _functions(function: FunctionType, names: set[str]) -> Iterator[FunctionType]:
    """The function, and those of its file that it uses; `names` gets the globals that they name."""
    yield function
    new = sorted(_names(function.__code__) - names)
    names.update(new)
    closed = [cell.cell_contents for cell in function.__closure__ or ()]
    for value in [*closed, *(function.__globals__[name] for name in new if name in function.__globals__)]:
        if isinstance(value, FunctionType) and value.__code__.co_filename == function.__code__.co_filename:
            yield from _functions(value, names)


def _names(code: CodeType) -> set[str]:
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return {*code.co_names, *(name for nested in inner for name in _names(nested))}


def _bound(function: FunctionType) -> list[object]:
    """Plain values that the function was made with: defaults, and variables of the function around it."""
    values = [*(function.__defaults__ or ()), *(cell.cell_contents for cell in function.__closure__ or ())]
    return [value for value in values if isinstance(value, int | float | str | bytes | tuple | list | dict | None)]


def _source(function: FunctionType) -> str:
    try:
        return inspect.getsource(function)
    except OSError:
        return repr(function.__code__.co_code)


class _Files:
    """The texts of source files, each read and parsed once."""

    def __init__(self) -> None:
        self._constants: dict[Path, str] = {}
        self._imported: dict[Path, dict[str, list[str]]] = {}
        self._modules: dict[str, tuple[str, list[str]] | None] = {}

    def constants(self, path: Path) -> str:
        """A pipeline file without its functions, imports and calls: constants, which any of its functions may use."""
        if path not in self._constants:
            skipped = (ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Expr)
            body = ast.parse(path.read_text(encoding="utf-8")).body
            self._constants[path] = "\n".join(ast.unparse(node) for node in body if not isinstance(node, skipped))
        return self._constants[path]

    def imported(self, path: Path) -> Mapping[str, Sequence[str]]:
        """For each name that a pipeline file imports, the modules that it may be, or be of."""
        if path not in self._imported:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            self._imported[path] = {name: modules for name, modules in _imports(tree, package="")}
        return self._imported[path]

    def module(self, name: str, root: Path) -> list[str]:
        """The text of a module below `root`, with the data beside it, and of all that it imports there."""
        texts: dict[str, str] = {}
        waiting = [name]
        while waiting:
            module = waiting.pop()
            if module not in texts and (found := self._read(module, root)) is not None:
                texts[module] = found[0]
                waiting += found[1]
        return [texts[module] for module in sorted(texts)]

    def _read(self, module: str, root: Path) -> tuple[str, list[str]] | None:
        """A module's text, and what it imports; None for one that isn't below `root`."""
        if module not in self._modules:
            path = _file_of(module, root)
            self._modules[module] = None if path is None else _parsed(module, path)
        return self._modules[module]


def _file_of(module: str, root: Path) -> Path | None:
    below = root.joinpath(*module.split("."))
    return next((path for path in (below.with_suffix(".py"), below / "__init__.py") if path.is_file()), None)


def _parsed(module: str, path: Path) -> tuple[str, list[str]]:
    text = path.read_text(encoding="utf-8")
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    imported = [found for _, modules in _imports(ast.parse(text), package) for found in modules]
    data = [file.read_text(encoding="utf-8") for file in sorted(path.parent.glob("*.csv"))]
    return "\0".join([text, *data]), imported


def _imports(tree: ast.Module, package: str) -> Iterator[tuple[str, list[str]]]:
    """Each name that a module of `package` imports, and the modules that it may be, or be of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name.partition(".")[0], [alias.name]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((alias.asname or alias.name, [base, f"{base}.{alias.name}"]) for alias in node.names)
