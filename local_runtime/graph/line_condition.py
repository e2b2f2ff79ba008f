"""The condition of DuckDB for lines that the filter of a flow over text files may keep.

It keeps every line that the filter keeps, and may keep more: the engine's filter still runs. What isn't surely the same
in DuckDB counts as true, above all regular expressions with what Java's, Rust's and RE2's engines take differently.
"""

import re
from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql.connect import proto

from local_runtime.auto_loader.formats.text import NUL
from local_runtime.auto_loader.layout import Layout
from local_runtime.graph.picked_columns import Picks
from local_runtime.graph.plans import inputs_of, plan_of, relation_kind
from local_runtime.quoting import text_literal

LINE = "l"
ESCAPED = r"\\[!-/:;=?@\[-^`{-~]"  # signs, but for those that mark the ends of a word in Rust
CHARACTER = rf"(?:\\[trn]|{ESCAPED}|[^\\\[\](){{}}|*+?.^$&])"
IN_CLASS = rf"(?:\\[trn]|{ESCAPED}|[^\\\[\]&^~-])"
ATOM = rf"(?:{CHARACTER}|\[\^?(?:{IN_CLASS}|[0-9]-[0-9]|[a-z]-[a-z]|[A-Z]-[A-Z])+\])"
ALIKE = re.compile(rf"(?:{ATOM}[*+?]?|\((?:\?:)?|\)[*+?]?|\|)+")
"""Regular expressions that mean the same everywhere: classes of characters, groups, alternatives and repetitions."""
ITEM = rf"(?:{ATOM}|\({ATOM}\))"
BETWEEN = re.compile(rf"(?P<first>{ITEM})(?:{ITEM}[*+?]?)*{ITEM}")
"""An alternative that begins with one character and ends with another: without groups of more than one."""
LONGEST = 1_000  # characters of a regular expression; RE2 refuses very large ones
MOST_FIRST = 4  # characters


def line_condition(frame: DataFrame, source: int, layout: Layout) -> str:
    """A condition in SQL for the line `l` of text files, of which `source` is the plan's id; '' where none is known."""
    if layout.options.format.name != "text":
        return ""
    relation, picks, above = plan_of(frame), Picks(source, layout.columns), proto.Filter()
    while len(inputs := inputs_of(relation)) == 1:
        if relation_kind(relation) == "filter":
            above = relation.filter
        (relation,) = inputs
    columns = picks.visit(above.input) if above.HasField("input") else None
    (line,) = layout.columns
    return "" if columns is None else _condition(above.condition, [name for name, it in columns if it.source == line])


def _condition(expression: proto.Expression, lines: Sequence[str]) -> str:
    """The condition for an expression over columns that are the line; '' for one that may be true of any line."""
    function = expression.unresolved_function
    name, arguments = function.function_name.lower(), function.arguments
    if name in ("and", "or") and len(arguments) == 2:
        parts = [_condition(argument, lines) for argument in arguments]
        known = [part for part in parts if part]
        return f"({f' {name} '.join(known)})" if known and (name == "and" or len(known) == 2) else ""
    if len(arguments) != 2 or not _is_line(arguments[0], lines) or not arguments[1].literal.HasField("string"):
        return ""
    text = arguments[1].literal.string
    if NUL in text:  # which no text in SQL can hold, nor a line here
        return ""
    match name:
        case "contains":
            return f"contains({LINE}, {text_literal(text)})"
        case "startswith":
            return f"starts_with({LINE}, {text_literal(text)})"
        case "endswith":
            return f"suffix({LINE}, {text_literal(text)})"
        case "rlike" | "regexp" | "regexp_like":
            return _matches(text)
    return ""


def _is_line(expression: proto.Expression, lines: Sequence[str]) -> bool:
    attribute = expression.unresolved_attribute.unparsed_identifier.replace("`", "").lower()
    return attribute != "" and attribute in lines


def _matches(pattern: str) -> str:
    """The condition for lines in which a regular expression is found; '' where its engines may differ."""
    if len(pattern) > LONGEST or not ALIKE.fullmatch(pattern) or not _compiles(pattern):
        return ""
    found = f"regexp_matches({LINE}, {text_literal(pattern)})"
    first = _first_characters(pattern)
    if not first:
        return found
    # Most lines are ruled out by this: where one of the characters that a match begins with comes first, it is last.
    inside = [f"strpos({LINE}, {text_literal(one)}) NOT IN (0, length({LINE}))" for one in sorted(first)]
    return f"(({' OR '.join(inside)}) AND {found})"


def _compiles(pattern: str) -> bool:
    try:
        return re.compile(pattern) is not None
    except re.error:
        return False


def _first_characters(pattern: str) -> set[str]:
    """The characters that every match of at least two begins with; empty where they aren't known, or many."""
    first: set[str] = set()
    place = 0
    while match := BETWEEN.match(pattern, place):
        item = match["first"][1:-1] if match["first"].startswith("(") else match["first"]
        if item.startswith("[^") or "-" in item or re.search(r"\\[trn]", item):
            return set()
        characters = item[1:-1] if item.startswith("[") else item
        first |= {one.removeprefix("\\") for one in re.findall(r"\\.|.", characters)}
        if match.end() == len(pattern):
            return first if len(first) <= MOST_FIRST else set()
        if pattern[match.end()] != "|":
            break
        place = match.end() + 1
    return set()
