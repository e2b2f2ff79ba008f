"""What subscribers' months must be, found out from whole snapshots in plain Python, without versions or SQL."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby


@dataclass(frozen=True)
class Row:
    """What a snapshot says of a subscriber; the plan may be spelled otherwise."""

    plan: str = "Basic"
    revenue: Decimal | None = Decimal(10)
    joined: date | None = None
    paid: date | None = None
    spelling: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """Everybody's row in a file that has the day in its name; without a column of payments nobody's is known."""

    day: date
    rows: Mapping[str, Row]
    has_payments: bool = True


@dataclass
class Spell:
    """A subscription; `rows` are those of the snapshots that it is in, with their days."""

    joined: date | None
    paid: date | None = None
    active_until: int | None = None
    rows: list[tuple[date, Row]] = field(default_factory=list)
    has_ended: bool = False

    @property
    def first(self) -> int:
        """The month of joining; of who has no date, the month of the first snapshot."""
        return month_of(self.joined or self.rows[0][0])

    @property
    def last(self) -> int:
        """The month of the last payment, or of the last snapshot that has no payments, or of joining."""
        return max(self.first, self.active_until or 0)

    def row_in(self, month: int) -> Row:
        """The row that stood on the month's last day; before the first snapshot the first."""
        known = [row for day, row in self.rows if month_of(day) <= month]
        return known[-1] if known else self.rows[0][1]


def month_of(day: date) -> int:
    """The number of a day's month."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month."""
    return date(month // 12, month % 12 + 1, 1)


def spells_of(who: str, snapshots: Sequence[Snapshot]) -> list[Spell]:
    """The subscriptions of somebody, the first one first."""
    spells: list[Spell] = []
    for snapshot in snapshots:
        row = snapshot.rows.get(who)
        if row is not None:
            spells = _with_row(spells, row, snapshot)
        elif spells:
            spells[-1].has_ended = True
    return spells


def _with_row(spells: list[Spell], row: Row, snapshot: Snapshot) -> list[Spell]:
    place = next((place for place, spell in enumerate(spells) if _is_in(row, spell)), None)
    if place is None and spells and not spells[-1].has_ended and (row.joined is None or spells[-1].paid is None):
        place = len(spells) - 1
    if place is None:
        if spells:
            spells[-1].has_ended = True
        spells.append(Spell(row.joined))
        place = len(spells) - 1
    spell, *later = spells[place:]
    for mistaken in later:
        spell.joined = mistaken.joined or spell.joined
        spell.paid = mistaken.paid or spell.paid
        spell.active_until = mistaken.active_until or spell.active_until
        spell.rows += mistaken.rows
    spell.has_ended = False
    spell.joined = row.joined or spell.joined
    spell.rows.append((snapshot.day, row))
    if not snapshot.has_payments:
        spell.active_until = month_of(snapshot.day)
    elif row.paid:
        spell.paid, spell.active_until = row.paid, month_of(row.paid)
    return spells[: place + 1]


def _is_in(row: Row, spell: Spell) -> bool:
    """Whether a row's date of joining is that of a spell, or a correction of it."""
    if row.joined is None:
        return False
    return row.joined == spell.joined or (spell.paid is not None and row.joined <= spell.paid)


Month = tuple[str, date, str, Decimal | None, bool, bool, bool]
"""subscriber, first day, plan, revenue, is_active, is_new, is_churned"""


def subscription_months(snapshots: Sequence[Snapshot]) -> set[Month]:
    """What fact_subscription_month must have."""
    people = {who: spells_of(who, snapshots) for who in sorted({who for it in snapshots for who in it.rows})}
    return {month for who in people for month in _months_of(who, people, snapshots)}


def _months_of(who: str, people: Mapping[str, list[Spell]], snapshots: Sequence[Snapshot]) -> Iterator[Month]:
    spells = sorted(enumerate(people[who]), key=lambda it: (it[1].first, it[0]))
    active = {month for _, spell in spells for month in range(spell.first, spell.last + 1)}
    reached = [max(spell.last for spell in them) for them in people.values()]

    def is_over(month: int) -> bool:
        later = sum(other > month for other in reached)
        return later * 100 >= len(people) or month_of(snapshots[-1].day) > month + 1

    for month in sorted(active):
        # Of several spells in a month the one that began last.
        *_, (_, spell) = [it for it in spells if it[1].first <= month]
        row = spell.row_in(month)
        yield who, first_day(month), row.plan, row.revenue, True, month == spell.first, False
        after = month + 1
        goes_on = any(not it.has_ended and it.last == month for _, it in spells)
        if after not in active and (not goes_on or is_over(month)):
            row = spell.row_in(after)
            yield who, first_day(after), row.plan, Decimal(0), False, False, True


Version = dict[str, object]


def versions_of(snapshots: Sequence[Snapshot], tracked: Sequence[str]) -> Iterator[Version]:
    """The rows that AUTO CDC makes of snapshots: another value in a column of `tracked` starts a version."""
    for who in sorted({who for it in snapshots for who in it.rows}):
        present = groupby(enumerate(snapshots), key=lambda it, who=who: who in it[1].rows)
        for is_there, run in present:
            if not is_there:
                continue
            numbered = list(run)
            states = [(number, _columns(who, snapshot)) for number, snapshot in numbered]
            versions = [list(it) for _, it in groupby(states, key=lambda it: [it[1].get(name) for name in tracked])]
            starts = [version[0][0] for version in versions] + [numbered[-1][0] + 1]
            for place, version in enumerate(versions):
                ends = {"__START_AT": starts[place], "__END_AT": starts[place + 1]}
                yield {**version[-1][1], **ends}


def _columns(who: str, snapshot: Snapshot) -> Version:
    row = snapshot.rows[who]
    paid = row.paid if snapshot.has_payments else None
    return {
        "subscriber_id": who,
        "plan": row.spelling or row.plan,
        "plan_form": row.plan,
        "monthly_revenue": row.revenue,
        "join_date": row.joined,
        "last_payment_date": paid,
        "has_payment": paid is not None,
    }
