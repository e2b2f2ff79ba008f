"""The kinds of measures that there are, and why their forms mean the same in every language."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from metrics.registry import Registry

HOLE = re.compile(r"\{(\w+)\}")
KINDS: Mapping[str, str] = {
    "count": "The rows that pass are counted; others are null, or filtered away, which counts the same.",
    "closing_count": "The rows of the last day only, found from all rows of the period, whatever else is filtered: "
    "so somebody who left earlier isn't counted, and a group without rows on that day has none.",
    "count_distinct": "Each value counts once; unknown values (null, blank) don't count.",
    "count_members": "Each member that the rows have counts once, but for the one that stands for unknown ones. SQL "
    "counts names and DAX keys: a member has one of each.",
    "sum": "The values are added up, exactly; unknown ones add nothing. Rows without any known value give null.",
    "weighted_sum": "Each value counts with the weights of the members that are asked for, which add up to 1 for a "
    "title: the total of all members is the sum itself. SQL multiplies rows by weights; DAX a title's sum by "
    "the sum of its weights in the filter, which is the same, as multiplication distributes over addition.",
    "average": "The sum of the known values, divided by their number: not the average of averages.",
    "ratio": "Both parts are added up for themselves, and then divided: no part is rounded before. 0 below gives null.",
    "difference": "Both parts are counted for themselves, and then subtracted.",
    "share_of_all": "The same measure twice: as asked, and without what it is grouped by. The total isn't the sum of "
    "the rows, because a title counts for each of its genres.",
    "share": "The same measure twice: as asked, and without the named dimensions, neither as groups nor as filters.",
    "growth": "The ratio of both parts is rounded, and then reduced by 1, so that it is rounded alike below zero.",
}


def kind_of(registry: Registry, name: str) -> str:
    """The kind of a measure: one of KINDS."""
    measure = registry.measures[name]
    if measure.share:
        return "share_of_all" if measure.share.over == "all" else "share"
    if measure.count and measure.adds_up == "not time":
        return "closing_count"
    return "weighted_sum" if measure.over_bridge == "weighted" else measure.how


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language that measures are written in.

    `formulas` gives the formulas of all measures by their names, but for those that the language can't say; `why_not`
    says why in general. `forms` has the form of each kind, with {holes}. `has_form` says whether a formula has the form
    of a measure, with the registry's names in its holes.
    """

    name: str
    code: str
    formulas: Callable[[Registry], Mapping[str, str]]
    forms: Mapping[str, str]
    has_form: Callable[[Registry, str, str], bool]
    why_not: str = ""


def squeezed(text: str) -> str:
    """A formula with one blank wherever it has white space."""
    return " ".join(text.split())


def matches(form: str, text: str, holes: Mapping[str, str]) -> bool:
    """Whether a text is the form with something in its holes: `holes` has a pattern for each (otherwise anything)."""
    parts = HOLE.split(squeezed(form))
    pattern = "".join(
        re.escape(part) if place % 2 == 0 else f"(?:{holes.get(part, '.+')})" for place, part in enumerate(parts)
    )
    return re.fullmatch(pattern, squeezed(text)) is not None


def filled(form: str, holes: Mapping[str, str]) -> str:
    """The form with texts in its holes. Raises KeyError for a hole without a text."""
    return HOLE.sub(lambda hole: holes[hole[1]], form)
