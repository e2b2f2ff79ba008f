"""Groups of people that are too small to be shown, put together in SQL: the rule of the pages and the API.

In each combination of the other dimensions, groups of fewer than five become one member; while that has fewer than
five people, the next smallest group is added.
"""

from collections.abc import Collection, Sequence

from sqlglot import exp

from metrics.columns import ResultColumn
from metrics.expressions import case, column, number

FEWEST = 5
OTHER = f"Other (fewer than {FEWEST})"
GROUPS, JUDGED = "groups", "judged"
SMALLER = "people_in_smaller"


def together(
    query: exp.Select,
    columns: Sequence[ResultColumn],
    personal: Collection[str],
    people: str,
    order: Sequence[str] = (),
) -> exp.Select:
    """The rows of a query by attributes of people, its small groups added to one member; its metrics must add up.

    `people` is the column with the number of people of each row.
    """
    names = [one.name for one in columns if one.kind in ("dimension", "time")]
    metrics = [one.name for one in columns if one.kind == "metric"]
    query = query.copy()
    query.set("order", None)
    smaller = _people_in_smaller(names, personal, people)
    every = dict.fromkeys([*names, *metrics, people])
    judged = exp.select(*map(column, every), exp.alias_(smaller, SMALLER, quoted=True)).from_(query.subquery(GROUPS))
    is_small = exp.or_(
        exp.LT(this=column(people), expression=number(FEWEST)),
        exp.Between(this=column(SMALLER), low=number(1), high=number(FEWEST - 1)),
    )
    keys = [
        exp.alias_(case(is_small.copy(), exp.Literal.string(OTHER), column(name)), name, quoted=True)
        if name in personal
        else column(name)
        for name in names
    ]
    sums = [exp.alias_(exp.Sum(this=column(name)), name, quoted=True) for name in metrics]
    wanted = {name.removeprefix("-"): name.startswith("-") for name in order}
    wanted.update({name: False for name in names if name not in wanted})
    return (
        exp.select(*keys, *sums)
        .from_(judged.subquery(JUDGED))
        .group_by(*(number(place) for place in range(1, len(keys) + 1)))
        .order_by(*(exp.Ordered(this=column(name), desc=desc, nulls_first=False) for name, desc in wanted.items()))
    )


def _people_in_smaller(names: Sequence[str], personal: Collection[str], people: str) -> exp.Window:
    """The number of people in all smaller groups of the same other dimensions."""
    by_size = [
        exp.Ordered(this=column(name), nulls_first=True) for name in (people, *(n for n in names if n in personal))
    ]
    return exp.Window(
        this=exp.Sum(this=column(people)),
        partition_by=[column(name) for name in names if name not in personal],
        order=exp.Order(expressions=by_size),
        spec=exp.WindowSpec(
            kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=number(1), end_side="PRECEDING"
        ),
    )
