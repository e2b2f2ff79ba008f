"""Names in documents of what isn't there: links, files, folders, modules, tables, columns and identifiers."""

import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$")
FENCE = re.compile(r"^```")
CODE = re.compile(r"`([^`]+)`")
PATH = re.compile(r"(?!spark\.sql$)(?:[\w.*-]+/)*[\w*-][\w.*-]*\.(?:py|sql|yml|md|toml)|\.?(?:[\w-][\w.-]*/)+")
# Not `x.csv`: files of data are examples.
DOTTED = re.compile(r"(?!.*\.(?:csv|gz|json|tsv)$)[A-Za-z_]\w*(?:\.\w+)+")
IDENTIFIER = re.compile(r"\w*[a-z]_\w+|[A-Z]+_\w+|[A-Z][a-z]+[A-Z]\w*")
# The names of other projects, of what a workspace or a lake gets, and of placeholders.
OTHERS = {
    *("cloudFiles", "dbutils", "DeltaTable", "pandas", "secrets", "spark", "targets"),
    *("CF_", "PERMISSION_DENIED", "LAKEHOUSE_SECRET_LAKEHOUSE_PSEUDONYM_KEY"),
    *("lakehouse_bronze", "lakehouse_silver", "lakehouse_gold", "lakehouse_operations", "staging_", "test_116_"),
}
# What users and runs make.
UNTRACKED_FILES, UNTRACKED_FOLDERS = {"bundle/budget.yml"}, {".secrets/", "_progress/", "_delta_log/", "landing/"}


@dataclass(frozen=True, kw_only=True)
class Project:
    """What names may refer to: tracked files below `root`, columns by table (`gold.dim_title`), folders of feeds."""

    root: Path
    files: Set[str]
    tables: Mapping[str, Set[str]]
    feeds: Set[str]

    @cached_property
    def folders(self) -> Set[str]:
        """The folders of the tracked files, of the feeds, and those that runs make."""
        tracked = {f"{parent.as_posix()}/" for file in self.files for parent in Path(file).parents}
        return {*tracked, *UNTRACKED_FOLDERS, *(f"landing/{feed}/" for feed in self.feeds)}

    @cached_property
    def words(self) -> Set[str]:
        """The words of tracked files, except documents, locks, pictures and these tests: they name what isn't there."""
        sources = [
            file
            for file in self.files
            if not file.endswith((".md", ".lock", ".png")) and not file.startswith("tests/conventions/")
        ]
        return set().union(*(re.findall(r"\w+", (self.root / file).read_text(encoding="utf-8")) for file in sources))

    def has_path(self, name: str) -> bool:
        """Whether a file or folder has the name, or a path that ends in it; `*` stands for any part of one."""
        pattern = re.compile(r"(?:.*/)?" + r"[^/]*".join(map(re.escape, name.split("*"))))
        return any(
            pattern.fullmatch(known)
            for known in (self.folders if name.endswith("/") else {*self.files, *UNTRACKED_FILES})
        )

    def has_dotted(self, name: str) -> bool:
        """Whether it is a table, a table's column, a module or what one defines, or of another project."""
        first, second = name.split(".")[:2]
        if first in OTHERS:
            return True
        columns = next((names for table, names in self.tables.items() if table.endswith(f".{first}")), None)
        if columns is not None:
            return second in columns
        module = name.replace(".", "/")
        if name in self.tables or self.has_path(f"{module}.py") or self.has_path(f"{module}/"):
            return True
        if self.has_path(f"{first}.py"):
            return any(f"def {second}(" in text or f"class {second}" in text for text in self._texts(f"{first}.py"))
        return first == "lakehouse" and second in self.words

    def _texts(self, name: str) -> Iterator[str]:
        for file in self.files:
            if file.endswith(f"/{name}"):
                yield (self.root / file).read_text(encoding="utf-8")


def dead_links(project: Project, document: str, text: str) -> list[str]:
    """The relative links of a document that lead nowhere, each with file and line."""

    def is_dead(target: str) -> bool:
        path, _, anchor = target.partition("#")
        file = (project.root / document).parent / path if path else project.root / document
        return not file.exists() or bool(anchor and file.suffix == ".md" and anchor not in _anchors(file.read_text()))

    targets = [
        (number, target)
        for number, line, is_fenced in _lines(text)
        if not is_fenced
        for target in map("".join, LINK.findall(line))
        if not re.match(r"https?:|mailto:", target)
    ]
    return [f"{document}:{number}: the link {target} leads nowhere" for number, target in targets if is_dead(target)]


def dead_names(project: Project, document: str, text: str) -> list[str]:
    """The names in a document's code spans of what isn't there, each with file and line."""
    checks: tuple[tuple[re.Pattern[str], Callable[[str], bool], str], ...] = (
        (PATH, project.has_path, "there is no such file or folder"),
        (DOTTED, project.has_dotted, "there is no such module, function, table or column"),
        (IDENTIFIER, lambda name: name in project.words or name in OTHERS, "nothing in the code has this name"),
    )
    found = []
    for number, line, is_fenced in _lines(text):
        for span in _paths(project, line) if is_fenced else _spans(project, line):
            check = next(((known, why) for pattern, known, why in checks if pattern.fullmatch(span)), None)
            if check is not None and not check[0](span):
                found.append(f"{document}:{number}: `{span}`: {check[1]}")
    return found


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """The lines, each with its number, and whether it is in a fenced block."""
    is_fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        is_fenced ^= bool(FENCE.match(line))
        yield number, line, is_fenced


def _spans(project: Project, line: str) -> Iterator[str]:
    """The code spans of a line: names, and the paths in commands."""
    for span in CODE.findall(line):
        yield from _paths(project, span) if " " in span else [span.removesuffix("()")]


def _paths(project: Project, line: str) -> list[str]:
    """The paths in a line of commands that begin with one of the project's folders."""
    first = "|".join({re.escape(file.partition("/")[0]) for file in project.files if "/" in file})
    return re.findall(rf"(?<![\w./-])(?:{first})/[\w./*-]*(?<=[\w/])", line)


def _anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
