"""Attributes of people are shown of groups only: smaller groups are added to one member, so that totals stay.

A query with personal dimensions is asked three times: how many people each of its cells has; with the small cells added
to `Other`, whether that has enough people now; and then for its metrics, with the same cells added. It is rows that
change their member, not numbers, so distinct counts and ratios of `Other` are as right as those of any member. Where it
filters by people, those whom the filters leave out are counted, too (`subtraction`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from local_runtime.errors import LakehouseError
from metrics.fold import Cell, Fold
from metrics.model import Condition, Measure
from metrics.query import Query, Resolved
from metrics.registry import Registry
from serving.subtraction import (
    added,
    cells_with_too_few_left_out,
    is_small,
    personal_filters,
    slice_of,
    without_personal_filters,
)

PEOPLE = "people_of_"
ROUNDS = 20
Counts = tuple[int, ...]
"""Numbers of people in a cell, one for each kind of rows that a query counts, and for its earlier period."""
People = Mapping[Cell, Counts]
Count = Callable[[Query, Fold | None], People]
"""Counts the people of a query's cells."""


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What is done to protect people: rows that change their member, and cells whose numbers aren't shown."""

    fold: Fold | None
    withheld: frozenset[Cell] = field(default_factory=frozenset)


def other(smallest: int) -> str:
    """The member that groups of fewer people are added to."""
    return f"Other (fewer than {smallest})"


def is_personal(registry: Registry, resolved: Resolved) -> bool:
    """Whether a query groups or filters by an attribute of people."""
    return bool(_personal(registry, resolved) or personal_filters(registry, resolved))


def _personal(registry: Registry, resolved: Resolved) -> frozenset[str]:
    asked = {grouping.dimension for grouping in resolved.groupings if grouping.dimension}
    return frozenset(name for name in asked if registry.dimensions[name].personal)


def with_people(registry: Registry, query: Query, resolved: Resolved) -> tuple[Registry, Query]:
    """A registry with measures of people, and the query that counts them in the cells of the query.

    Raises LakehouseError for a metric whose rows don't say which person they are of.
    """
    measures: dict[str, Measure] = {}
    for metric in query.metrics:
        for base in registry.base_measures(metric):
            entity, adds_up = registry.measures[base].of or "", registry.measures[base].adds_up
            # All people of a cell, too: a 0 of those who count would tell that somebody else is there.
            for where in ([], _where(registry, base)):
                counted = _people(registry, entity, "not time" if adds_up == "not time" else "nothing", where)
                if counted is None:
                    raise LakehouseError(
                        f"{metric} isn't known of single people, so groups of them can't be told from one: leave "
                        f"{', '.join(sorted(_personal(registry, resolved))) or 'the filter'} out."
                    )
                measures[f"{PEOPLE}{base if where else entity}{'_at_end' * (adds_up == 'not time')}"] = counted
    dimensions = tuple(grouping.dimension or grouping.grain or "" for grouping in resolved.groupings)
    asked = replace(query, metrics=tuple(measures), dimensions=dimensions, grain=None, order=(), limit=None)
    return replace(registry, measures={**registry.measures, **measures}), asked


def _where(registry: Registry, base: str) -> list[Condition]:
    """The rows whose people count, where they aren't all.

    What is summed of one in a group of five is his own; and of five people, three who are active are a group of three.
    """
    measure = registry.measures[base]
    if measure.adds_up == "not time":
        return [*measure.where]
    column = measure.average.column if measure.average else measure.sum
    if column is None or not measure.where:
        return []
    return [*measure.where, Condition.model_validate({"column": column, "known": True})]


def _people(registry: Registry, entity: str, adds_up: str, where: list[Condition]) -> Measure | None:
    """A measure of the people that an entity's rows are of; None where the rows don't say."""
    person, people = registry.entities[entity].person, registry.entities[entity].people
    how = {"count_distinct": person} if person else {"sum": people}
    if person is None and people is None:
        return None
    text = {"label": "People", "description": "distinct known people", "definition": "count of distinct people"}
    kind = {"unit": "subscribers", "format": "integer", "adds_up": adds_up}
    return Measure.model_validate({**text, **kind, "of": entity, "over_bridge": "each", "where": where, **how})


def protect(registry: Registry, query: Query, resolved: Resolved, smallest: int, count: Count) -> Protection:
    """What protects the people in the answer to a query; `count` counts them."""
    personal = _personal(registry, resolved)
    for name in personal:
        if registry.dimensions[name].kind != "text":
            raise LakehouseError(f"{name} is an attribute of people that isn't a text: it can't be shown by groups.")
    fold = Fold(resolved.groupings, personal, frozenset(), other(smallest))
    people = alone = count(query, None)
    for _ in range(ROUNDS if personal else 0):
        cells = _grown(fold, alone, people, smallest)
        if cells == fold.cells:
            break
        fold = replace(fold, cells=cells)
        people = count(query, fold)
    shown = fold if fold.cells else None
    filters = personal_filters(registry, resolved)
    if not filters:
        return Protection(fold=shown)
    everybody = without_personal_filters(registry, query, resolved)
    left_out, slices = cells_with_too_few_left_out(
        filters, everybody.dimensions, count(everybody, None), fold, smallest
    )
    beside = frozenset(cell for cell in people if slice_of(fold, cell) in slices)
    return Protection(fold=shown, withheld=_too_few(people, smallest) | left_out | beside)


def _too_few(people: People, smallest: int) -> frozenset[Cell]:
    return frozenset(cell for cell, counts in people.items() if is_small(counts, smallest))


def _grown(fold: Fold, alone: People, people: People, smallest: int) -> frozenset[Cell]:
    """The cells to fold, slice by slice: a slice has all members of the dimensions that aren't personal.

    `alone` are the people of the cells as they are, `people` those with the fold. Small cells are folded; and as long
    as they have too few people together, the next smallest, too. Somebody may be in two cells, so a sum is a guess
    that the next round checks.
    """
    slices: dict[Cell, list[Cell]] = {}
    for cell in alone:
        slices.setdefault(slice_of(fold, cell), []).append(cell)
    others = {slice_of(fold, cell): counts for cell, counts in people.items() if _is_other(fold, cell)}
    grown: set[Cell] = set()
    for name, cells in slices.items():
        folded = {cell for cell in cells if cell in fold.cells or is_small(alone[cell], smallest)}
        if not folded:
            continue
        known = others.get(name) if folded <= fold.cells else None
        together = known or added(alone[cell] for cell in folded)
        rest = sorted(
            (cell for cell in cells if cell not in folded and any(alone[cell])), key=lambda c: _size(alone, c)
        )
        for cell in rest:
            if not is_small(together, smallest):
                break
            folded.add(cell)
            together = added((together, alone[cell]))
        grown |= folded
    return frozenset(grown)


def _size(alone: People, cell: Cell) -> tuple[int, str]:
    """What cells are ordered by: the same cells are folded for every reader."""
    return max(alone[cell]), repr(cell)


def _is_other(fold: Fold, cell: Cell) -> bool:
    return any(
        value == fold.member
        for value, grouping in zip(cell, fold.groupings, strict=True)
        if grouping.dimension in fold.personal
    )
