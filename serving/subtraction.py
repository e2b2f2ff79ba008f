"""Filters by people that leave out too few: whoever subtracts the answer from one without the filter would see them.

The people of a query are counted once more, without its filters by people, but by the members that they filter. So it
is known of each cell how many people fail which filters, and how many any of them leave out, alone or together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from metrics.fold import Cell, Fold
from metrics.query import Query, Resolved, Selection
from metrics.registry import Registry

Counts = tuple[int, ...]
Failed = frozenset[str]
LeftOut = Mapping[Failed, Counts]
"""Numbers of people by the dimensions whose filters their rows fail."""
COMPARISONS = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def personal_filters(registry: Registry, resolved: Resolved) -> list[Selection]:
    """The filters of a query by attributes of people."""
    return [one for one in resolved.selections if one.dimension and registry.dimensions[one.dimension].personal]


def without_personal_filters(registry: Registry, query: Query, resolved: Resolved) -> Query:
    """The query that counts people, without its filters by people and by the dimensions that they filter, too."""
    filters = personal_filters(registry, resolved)
    where = [one for one, found in zip(query.where, resolved.selections, strict=True) if found not in filters]
    dimensions = dict.fromkeys([*query.dimensions, *(one.dimension or "" for one in filters)])
    return replace(query, where=tuple(where), dimensions=tuple(dimensions))


def cells_with_too_few_left_out(
    filters: list[Selection], names: Sequence[str], people: Mapping[Cell, Counts], fold: Fold, smallest: int
) -> tuple[frozenset[Cell], frozenset[Cell]]:
    """The cells that are shown, and the slices, of which the filters leave out from 1 to `smallest` - 1 people.

    `people` are those of `without_personal_filters`, whose dimensions have these `names`.
    """
    width = len(fold.groupings)
    by_cell: dict[Cell, dict[Failed, Counts]] = {}
    by_slice: dict[Cell, dict[Failed, Counts]] = {}
    for members, counts in people.items():
        failed = frozenset(_failed(filters, dict(zip(names, members, strict=True))))
        if not failed:
            continue
        cell = members[:width]
        for groups, key in ((by_cell, shown_cell(fold, cell)), (by_slice, slice_of(fold, cell))):
            group = groups.setdefault(key, {})
            group[failed] = added([group[failed], counts]) if failed in group else counts
    return _small(by_cell, smallest), _small(by_slice, smallest)


def shown_cell(fold: Fold, cell: Cell) -> Cell:
    """The cell that the rows of a cell are shown in."""
    if cell not in fold.cells:
        return cell
    return tuple(
        fold.member if grouping.dimension in fold.personal else value
        for value, grouping in zip(cell, fold.groupings, strict=True)
    )


def slice_of(fold: Fold, cell: Cell) -> Cell:
    """The cell's values of groupings that aren't attributes of people."""
    return tuple(
        value for value, grouping in zip(cell, fold.groupings, strict=True) if grouping.dimension not in fold.personal
    )


def added(counts: Iterable[Counts]) -> Counts:
    """The sums of counts, place by place."""
    return tuple(map(sum, zip(*counts, strict=True)))


def is_small(counts: Counts, smallest: int) -> bool:
    """Whether there are people, but too few of them: rows of nobody who is known tell nothing about anybody."""
    return any(0 < count < smallest for count in counts)


def _failed(filters: Iterable[Selection], members: Mapping[str, Any]) -> Iterator[str]:
    for one in filters:
        if not _passes(one, members[one.dimension or ""]):
            yield one.dimension or ""


def _passes(one: Selection, member: Any) -> bool:
    """Whether a row with the member passes the filter; in SQL nothing compares with null."""
    values: tuple[Any, ...] = one.values
    if member is None:
        return False
    if one.operator == "in":
        return member in values
    if one.operator == "between":
        return bool(values[0] <= member <= values[1])
    return bool(COMPARISONS[one.operator](member, values[0]))


def _small(groups: Mapping[Cell, LeftOut], smallest: int) -> frozenset[Cell]:
    return frozenset(cell for cell, left_out in groups.items() if _tells(left_out, smallest))


def _tells(left_out: LeftOut, smallest: int) -> bool:
    """Whether some filters, taken away together, add too few people: those who fail these filters only."""
    dimensions = sorted(frozenset().union(*left_out))
    for size in range(1, len(dimensions) + 1):
        for dropped in map(frozenset, combinations(dimensions, size)):
            back = [counts for failed, counts in left_out.items() if failed <= dropped]
            if back and is_small(added(back), smallest):
                return True
    return False
