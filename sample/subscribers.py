"""Sample subscribers: snapshots, one with each catalogue release, of the people who watch."""

import csv
import io
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sample.catalogue import Sample, released_by_name
from sample.countries import countries_of

SUBSCRIBERS_FOLDER = "subscribers"
PRICES = {"Basic": Decimal("7.99"), "Standard": Decimal("12.99"), "Premium": Decimal("17.99")}
SUBSCRIBER_DEVICES = ["Smart TV", "Smart TV", "Smartphone", "Tablet", "Laptop"]
SUBSCRIBER_COLUMNS = (
    *("UserID", "Subscription_Type", "Monthly_Revenue", "Join_Date", "Last_Payment_Date"),
    *("Country", "Age", "Gender", "Device", "Plan_Duration"),
)


@dataclass
class Person:
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
    return [f"{SUBSCRIBERS_FOLDER}/subscribers_{released_by_name(number):%Y-%m-%d}.csv" for number in range(count)]


def make_subscribers(landing: Path, sample: Sample) -> list[Path]:
    """Writes the snapshots and returns their paths. A file appears once it is whole."""
    people = list(people_of(sample))
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
    return written


def people_of(sample: Sample) -> Iterator[Person]:
    """Who subscribes: each eighth of those who watch doesn't; one in ten changes the plan, one in twenty leaves."""
    dice = random.Random(f"subscribers {sample.seed}")
    numbers = [number * 8 // 7 for number in range(sample.subscribers)]
    for number, country in zip(numbers, countries_of(numbers, sample.seed), strict=True):
        came = dice.choice(range(sample.releases)) if dice.random() < 0.1 else 0
        joined = released_by_name(came) - timedelta(days=dice.randrange(5, 700 if not came else 25))
        person = Person(
            f"user-{number:07}",
            country,
            dice.randrange(13, 80),
            dice.choice(["Female", "Male"]),
            dice.choice(SUBSCRIBER_DEVICES),
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


def _as_csv(people: list[Person], number: int, sample: Sample) -> str:
    """A snapshot: dates with the day first, or, in each second one, under other headers, the month first."""
    dice = random.Random(f"snapshot {number} {sample.seed}")
    is_second = number % 2 == 1
    form = "%m/%d/%Y" if is_second and "dates" in sample.dirt else "%d-%m-%y" if "dates" in sample.dirt else "%Y-%m-%d"
    headers = [name.replace("_", " ").replace("UserID", "User ID") for name in SUBSCRIBER_COLUMNS]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers if is_second and "headers" in sample.dirt else SUBSCRIBER_COLUMNS)
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
            # Without the cell that can't be read, it repeats the row before: what is unknown comes last.
            place, wrong = dice.choice([(0, ""), (2, "-5"), (3, "one day"), (6, "7")])
            writer.writerow([*row[:place], wrong, *row[place + 1 :]])
    return text.getvalue()
