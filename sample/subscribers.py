"""Sample subscribers: snapshots, one with each catalogue release, of the people who watch, and what gold must show.

The truth is counted from what a person was meant to do, before it becomes rows.
"""

import csv
import io
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sample.catalogue import Sample, released_by_name
from sample.fractions import fraction

FOLDER, TRUTH = "subscribers", ".truth/subscribers.json"
PRICES = {"Basic": Decimal("7.99"), "Standard": Decimal("12.99"), "Premium": Decimal("17.99")}
COUNTRIES = ["United States"] * 8 + ["India"] * 5 + ["United Kingdom"] * 2 + ["Germany", "France", "Japan", "Turkey"]
DEVICES = ["Smart TV", "Smart TV", "Smartphone", "Tablet", "Laptop"]
BANDS = ((17, "13-17"), (24, "18-24"), (34, "25-34"), (44, "35-44"), (54, "45-54"), (64, "55-64"), (120, "65+"))
COLUMNS = (
    *("UserID", "Subscription_Type", "Monthly_Revenue", "Join_Date", "Last_Payment_Date"),
    *("Country", "Age", "Gender", "Device", "Plan_Duration"),
)


@dataclass
class _Person:
    """What somebody is meant to do: in which snapshots they are, with which plan and last payment."""

    user: str
    country: str
    age: int
    gender: str
    device: str
    joined: date
    plans: dict[int, str] = field(default_factory=dict)
    paid: dict[int, date] = field(default_factory=dict)


def snapshot_files(sample: Sample) -> list[str]:
    """The paths of the snapshots below the landing folder."""
    count = sample.releases if sample.subscribers else 0
    return [f"{FOLDER}/subscribers_{released_by_name(number):%Y-%m-%d}.csv" for number in range(count)]


def make_subscribers(landing: Path, sample: Sample) -> list[Path]:
    """Writes the snapshots and the truth; returns the snapshots' paths. A file appears once it is whole."""
    if not sample.subscribers:
        return []
    people = list(_people(sample))
    written = []
    for number, name in enumerate(snapshot_files(sample)):
        path = landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.tmp")
        unfinished.write_text(_as_csv(people, number, sample), encoding="utf-8")
        day = released_by_name(number)
        modified = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
        os.utime(unfinished, (modified, modified))
        unfinished.replace(path)
        written.append(path)
    truth = landing / TRUTH
    truth.parent.mkdir(parents=True, exist_ok=True)
    truth.write_text(json.dumps(truth_of(people, sample), indent=1, ensure_ascii=False), encoding="utf-8")
    return written


def _people(sample: Sample) -> Iterator[_Person]:
    """Each eighth of those who watch has no subscription; one in ten changes the plan, one in twenty leaves."""
    dice = random.Random(f"subscribers {sample.seed}")
    for number in range(sample.subscribers):
        came = dice.choice(range(sample.releases)) if dice.random() < 0.1 else 0
        joined = released_by_name(came) - timedelta(days=dice.randrange(5, 700 if not came else 25))
        person = _Person(
            f"user-{number * 8 // 7:07}",
            dice.choice(COUNTRIES),
            dice.randrange(13, 80),
            dice.choice(["Female", "Male"]),
            dice.choice(DEVICES),
            joined,
        )
        plan, last = dice.choice(list(PRICES)), joined
        pays_until = released_by_name(came) - timedelta(days=dice.randrange(35, 90)) if dice.random() < 0.1 else None
        for release in range(came, sample.releases):
            if release > came and dice.random() < 0.05:
                break
            if release > came and dice.random() < 0.1:
                plan = dice.choice(list(PRICES))
            paid = released_by_name(release) - timedelta(days=dice.randrange(1, 28))
            last = max(last, min(paid, pays_until) if pays_until else paid)
            person.plans[release], person.paid[release] = plan, last
        yield person


def _as_csv(people: list[_Person], number: int, sample: Sample) -> str:
    """A snapshot: dates with the day first, or, in each second one, under other headers, the month first."""
    dice = random.Random(f"snapshot {number} {sample.seed}")
    is_second = number % 2 == 1
    form = "%m/%d/%Y" if is_second and "dates" in sample.dirt else "%d-%m-%y" if "dates" in sample.dirt else "%Y-%m-%d"
    headers = [name.replace("_", " ").replace("UserID", "User ID") for name in COLUMNS]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers if is_second and "headers" in sample.dirt else COLUMNS)
    for person in (it for it in people if number in it.plans):
        plan = person.plans[number]
        row = [person.user, plan, PRICES[plan], f"{person.joined:{form}}", f"{person.paid[number]:{form}}"]
        row += [person.country, person.age, person.gender, person.device, "1 Month"]
        if "white_space" in sample.dirt and dice.random() < 0.05:
            row[1], row[5] = f" {plan}", f"{person.country}\u00a0"
        writer.writerow(row)
        if "duplicates" in sample.dirt and dice.random() < 0.02 and person.joined < person.paid[number]:
            writer.writerow([*row[:2], "99", *row[3:4], f"{person.joined:{form}}", *row[5:]])
        if "invalid" in sample.dirt and dice.random() < 0.02:
            place, wrong = dice.choice([(0, ""), (2, "-5"), (3, "one day"), (6, "7")])
            writer.writerow([*row[:place], wrong, *row[place + 1 :]])
    return text.getvalue()


def truth_of(people: list[_Person], sample: Sample) -> dict[str, object]:
    """What gold must show of subscribers: those of now by plan, country, band and gender, and by device and plan.

    Months by plan; and of who joined in a month how many are active, month by month.
    """
    newest = sample.releases - 1
    now: Counter[str] = Counter()
    revenue: defaultdict[str, Decimal] = defaultdict(Decimal)
    months: defaultdict[str, list[Decimal | int]] = defaultdict(lambda: [Decimal(0), 0, 0, 0])
    devices: Counter[tuple[str, str]] = Counter()
    cohorts: defaultdict[int, list[int]] = defaultdict(list)
    last_month = max(_month(day) for person in people for day in person.paid.values())
    for person in people:
        if newest in person.plans:
            band = next(name for oldest, name in BANDS if person.age <= oldest)
            key = "|".join((person.plans[newest], person.country, band, person.gender))
            now[key] += 1
            revenue[key] += PRICES[person.plans[newest]]
            devices[person.device.lower(), person.plans[newest]] += 1
        first, last = _month(person.joined), _month(max(person.paid.values()))
        cohorts[first].append(last)
        has_left = last < last_month or newest not in person.plans
        for month in range(first, last + 1 + has_left):
            plan = _plan_in(person, month)
            counts = months[f"{_text(month)}|{plan}"]
            if month <= last:
                counts[0] += PRICES[plan]
                counts[1] += 1
            counts[2] += month == first
            counts[3] += month > last
    return {
        "subscribers": {key: [count, str(revenue[key])] for key, count in sorted(now.items())},
        "months": {
            key: [str(it) if isinstance(it, Decimal) else it for it in found] for key, found in sorted(months.items())
        },
        "devices": {
            f"{device}|{plan}": [
                count,
                fraction(count, sum(other for (with_it, _), other in devices.items() if with_it == device)),
            ]
            for (device, plan), count in sorted(devices.items())
        },
        "cohorts": {
            f"{_text(first)}|{month - first}": [
                len(lasts),
                active := sum(last >= month for last in lasts),
                fraction(active, len(lasts)),
            ]
            for first, lasts in sorted(cohorts.items())
            for month in range(first, last_month + 1)
        },
    }


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _text(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


def _plan_in(person: _Person, month: int) -> str:
    """The plan that held at the end of a month: that of the last snapshot till then, else of the first."""
    known = [release for release in sorted(person.plans) if _month(released_by_name(release)) <= month]
    return person.plans[known[-1] if known else min(person.plans)]
