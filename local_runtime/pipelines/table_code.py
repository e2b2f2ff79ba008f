"""The hash of the code that defines a table: all that its functions can see.

That is its pipeline's settings, except those for which only other tables' functions ask; the pipeline file without
these functions, and the modules that this part of the file uses, with all that those import below the pipeline's root;
every file below the root that isn't Python; and files elsewhere that the code opens or reads with spark.read
(external_files.py). So a materialized view is rebuilt if its own code has changed, but not for a change in an unrelated
file. Environment variables are refused. Modules that are imported by other means (sys.modules, importlib) are not seen.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FunctionType

from local_runtime.errors import UnsupportedError
from local_runtime.pipelines.bundle_config import LANDING
from local_runtime.pipelines.datasets import Dataset, QueryFlow, SnapshotFlow
from local_runtime.pipelines.external_files import files_below, list_paths

ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "expandvars"}

Place = tuple[str, int]
"""A function's file, and its first line (that of its first decorator)."""


class TableCode:
    """The code that defines tables and the views that they read (`reads`: by dataset), as first loaded."""

    def __init__(self, datasets: Mapping[str, Dataset], reads: Mapping[str, Iterable[str]]) -> None:
        functions = {name: list(_functions(dataset)) for name, dataset in datasets.items()}
        sources = _Sources(
            {_definition_place(function) for of_dataset in functions.values() for function in of_dataset}
        )
        self._datasets, self._reads = datasets, reads
        self._codes = {name: {function.__code__ for function in of_dataset} for name, of_dataset in functions.items()}
        self._own = {name: _definition(dataset, functions[name], sources) for name, dataset in datasets.items()}
        for name, dataset in datasets.items():
            self._own[name].append(repr(self._settings(name, dataset)))

    def hashes(self) -> dict[str, str]:
        """For each table the hash of its code, and of the files that it opens or reads as they are now."""
        files = {name: _elsewhere(dataset) for name, dataset in self._datasets.items()}

        def parts(name: str) -> list[str]:
            known = [read for read in self._reads[name] if read in self._datasets]
            views = sorted(read for read in known if not self._datasets[read].is_stored)
            return [*self._own[name], *files[name], *(part for view in views for part in parts(view))]

        return {name: _hash(parts(name)) for name, dataset in self._datasets.items() if dataset.is_stored}

    def _settings(self, name: str, dataset: Dataset) -> list[tuple[str, str]]:
        """The settings of its pipeline that a dataset can depend on.

        That is all of them but those for which only the functions of other datasets have asked, themselves: what a
        helper asks for, or a module while it is imported, may be kept for any. A key that no code asks for may be the
        engine's. The function of a snapshot flow is not called to its end before it runs, so it may ask for any key.
        Not the landing folder, which may be moved: functions that use it see it.
        """
        settings = sorted((key, value) for key, value in dataset.pipeline.configuration.items() if key != LANDING)
        if any(isinstance(flow, SnapshotFlow) for flow in dataset.flows):
            return settings
        others = {code for other, codes in self._codes.items() if other != name for code in codes}
        others -= self._codes[name]
        return [(key, value) for key, value in settings if not (asked := dataset.askers.get(key)) or {*asked} - others]


def _hash(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _functions(dataset: Dataset) -> Iterator[FunctionType]:
    """The functions of a dataset's flows."""
    for flow in dataset.flows:
        function: object = None
        if isinstance(flow, QueryFlow):
            function = flow.function
        elif isinstance(flow, SnapshotFlow):
            function = flow.source
        if isinstance(function, FunctionType):
            yield function


def _definition_place(function: FunctionType) -> Place:
    return function.__code__.co_filename, function.__code__.co_firstlineno


def _definition(dataset: Dataset, functions: Sequence[FunctionType], sources: "_Sources") -> list[str]:
    """A definition as text: what it declares, and the code that its functions see."""
    parts = [dataset.kind.value, str(dataset.schema), repr(dataset.expectations)]
    parts += [repr(flow) for flow in dataset.flows if not _has_function(flow)]
    root = dataset.pipeline.root_path
    for function in functions:
        parts += [*_bound(function), *sources.seen_by(function, root)]
    return [*parts, *sources.data(root)]


def _elsewhere(dataset: Dataset) -> list[str]:
    """The files that the dataset's code opens or reads outside the pipeline's root."""
    root = dataset.pipeline.root_path
    return list(list_paths({path for path in dataset.opened if not Path(path).is_relative_to(root)} | dataset.paths))


def _has_function(flow: object) -> bool:
    return isinstance(flow, QueryFlow) or (isinstance(flow, SnapshotFlow) and callable(flow.source))


def _bound(function: FunctionType) -> list[str]:
    """Values that the function was made with: defaults, and variables of the function around it."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    values: list[object] = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).items(), *cells]
    # The default repr of an object holds its address.
    return [text for text in map(repr, values) if " at 0x" not in text]


class _Sources:
    """The texts of source files, each read and parsed once; `tables` are the places of all tables' functions."""

    def __init__(self, tables: set[Place]) -> None:
        self._tables = tables
        self._texts: dict[Path, str] = {}
        self._trees: dict[Path, ast.Module] = {}
        self._modules: dict[tuple[str, Path], list[str]] = {}
        self._imported: dict[Path, list[str]] = {}
        self._data: dict[Path, list[str]] = {}
        self._files: dict[tuple[str, Path], list[Path]] = {}

    def seen_by(self, function: FunctionType, root: Path) -> list[str]:
        """The function's file without other tables' functions, and the modules below `root` that this part uses."""
        path = Path(function.__code__.co_filename)
        if not path.is_file():
            return [repr(function.__code__.co_code), repr(function.__code__.co_consts)]
        own = function.__code__.co_firstlineno
        others = {line for file, line in self._tables if file == str(path) and line != own}
        body = [node for node in self._tree(path).body if _first_line(node) not in others]
        imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        rest = [node for node in body if node not in imports]
        self._check_environment(path, body)
        used = {name.id for node in rest for name in ast.walk(node) if isinstance(name, ast.Name)}
        package = _package_of(path, root)
        modules = {m for name, imported in _imports(imports, package) if name in used or name == "*" for m in imported}
        modules |= {m for node in rest for _, imported in _imports(ast.walk(node), package) for m in imported}
        return [*map(ast.unparse, rest), *(text for module in sorted(modules) for text in self._module(module, root))]

    def data(self, root: Path) -> list[str]:
        """The files below `root` that aren't Python: a module may read them."""
        if root not in self._data:
            paths = [path for path in files_below(root) if path.suffix not in (".py", ".pyc")]
            # By their places below the root: the same project in another folder is the same code.
            self._data[root] = [
                f"{path.relative_to(root)}:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths
            ]
        return self._data[root]

    def _text(self, path: Path) -> str:
        if path not in self._texts:
            self._texts[path] = path.read_text(encoding="utf-8")
        return self._texts[path]

    def _tree(self, path: Path) -> ast.Module:
        if path not in self._trees:
            self._trees[path] = ast.parse(self._text(path))
        return self._trees[path]

    def _check_environment(self, path: Path, code: Iterable[ast.AST]) -> None:
        if any(name in self._text(path) for name in ENVIRONMENT):
            _check_environment(path, code)

    def _module(self, name: str, root: Path) -> list[str]:
        """The text of a module below `root`, of the packages that it is in, and of all that these import there."""
        if (name, root) not in self._modules:
            texts: dict[Path, str] = {}
            waiting = [name]
            while waiting:
                for path in self._files_of(waiting.pop(), root):
                    if path not in texts:
                        self._check_environment(path, [self._tree(path)])
                        texts[path] = self._text(path)
                        waiting += self._imports_of(path, root)
            self._modules[name, root] = [texts[path] for path in sorted(texts)]
        return self._modules[name, root]

    def _files_of(self, module: str, root: Path) -> list[Path]:
        if (module, root) not in self._files:
            self._files[module, root] = list(_files_of(module, root))
        return self._files[module, root]

    def _imports_of(self, path: Path, root: Path) -> list[str]:
        """The modules that a file imports, anywhere in it."""
        if path not in self._imported:
            imports = _imports(_statements(self._tree(path)), _package_of(path, root))
            self._imported[path] = [module for _, modules in imports for module in modules]
        return self._imported[path]


def _check_environment(path: Path, code: Iterable[ast.AST]) -> None:
    """Raises UnsupportedError for code that looks at environment variables."""
    nodes = [node for part in code for node in ast.walk(part)]
    of_os = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module in ("os", "os.path")]
    names = {alias.asname or alias.name for node in of_os for alias in node.names if alias.name in ENVIRONMENT}
    for node in nodes:
        match node:
            case ast.Attribute(attr=name) if name in ENVIRONMENT:
                code_text = ast.unparse(node)
            case ast.Name(id=name) if name in names:
                code_text = name
            case _:
                continue
        raise UnsupportedError(
            f"{path}, line {node.lineno}: {code_text}. A table isn't rebuilt when an environment variable changes, "
            "and a serverless pipeline has none of yours: put the value into the pipeline's configuration, and read "
            "it with spark.conf.get."
        )


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements in a node, however deep: without what is in expressions, in which there are none."""
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        for part in getattr(node, field, ()) if not isinstance(node, ast.expr) else ():
            if isinstance(part, ast.stmt):
                yield part
            yield from _statements(part)


def _package_of(path: Path, root: Path) -> str:
    """The package that relative imports of a file start from."""
    return ".".join(path.parent.relative_to(root).parts) if path.is_relative_to(root) else ""


def _files_of(module: str, root: Path) -> Iterator[Path]:
    """The files of a module below `root`, and of the packages that it is in."""
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        below = root.joinpath(*parts[:depth])
        yield from (path for path in (below.with_suffix(".py"), below / "__init__.py") if path.is_file())


def _imports(nodes: Iterable[ast.AST], package: str) -> Iterator[tuple[str, list[str]]]:
    """Each name that the import statements bind (`*`: all of them), and the modules that it may be, or be of."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name.partition(".")[0], [alias.name]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((alias.asname or alias.name, [base, f"{base}.{alias.name}"]) for alias in node.names)
