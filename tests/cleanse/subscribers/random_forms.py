"""Random snapshots of subscribers: each cell in one of its forms, with what was meant by it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.common.test_month_names import MONTHS
from tests.common.test_text import UNKNOWN

NAMES = {language: [part.split() for part in names.split(" | ")] for language, names in MONTHS.items()}
FIRST_DAY, DAYS = date(2015, 1, 1), 3000  # before the day in the names of the releases
CURRENCIES = ("$", "€ ", "₹", "Rs. ", "R$ ", " USD", " kr.", " zł", "EUR ")

NEUTRAL_DATES: tuple[Callable[[date], str], ...] = (
    lambda day: f"{day}",
    lambda day: f"{day}T23:30:00-05:00",
    lambda day: f"{day} 00:00:00 UTC",
    lambda day: f"{day}T00:00:00.000Z",
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day:%Y.%m.%d}",
    lambda day: f"{day:%a, %d %b %Y 00:00:00 GMT}",
    lambda day: f"{day:%B} {day.day}th, {day.year}",
    lambda day: f"{(day - date(1899, 12, 30)).days}",
    lambda day: f"{(day - date(1899, 12, 30)).days}.0",
)
MONTH_FIRST: tuple[Callable[[date], str], ...] = (
    lambda day: f"{day.month}/{day.day}/{day.year}",
    lambda day: f"{day:%m/%d/%y}",
    lambda day: f"{day.month}/{day.day}/{day.year} 12:00:00 AM",
)
DAY_FIRST: tuple[Callable[[date], str], ...] = (
    lambda day: f"{day.day}/{day.month}/{day.year}",
    lambda day: f"{day:%d.%m.%Y}",
    lambda day: f"{day:%d-%m-%y}",
    lambda day: f"{day:%d-%m-%Y 00:00}",
)


Row = tuple[dict[str, str], dict[str, Any]]


@dataclass(frozen=True)
class Style:
    """How one release writes its dates in digits, its decimal sign, its currency, and another one by mistake."""

    numeric_dates: tuple[Callable[[date], str], ...]
    comma: bool
    comma_of_ages: bool
    currency: str
    other_currency: str


def write_date(day: date, style: Style, random: Random) -> str:
    if random.random() < 0.7:
        return random.choice((*NEUTRAL_DATES, *style.numeric_dates * 3))(day)
    names = random.choice(random.choice([*NAMES.values()]))
    month = random.choice((str, str.upper, str.lower))(names[day.month - 1])
    return random.choice(
        (f"{day.day}-{month}-{day:%y}", f"{day.day}. {month}. {day.year}", f"{day.day} de {month} de {day.year}")
    )


def write_money(value: Decimal, currency: str, style: Style, random: Random) -> str:
    """With its decimals, or without them where there are none; grouped, or not; or with an exponent."""
    texts = [f"{value:.2f}", f"{value:,.2f}", f"{value:.5E}"]
    if value == int(value):
        texts += [f"{int(value)}", f"{int(value):,}"]
    text = random.choice(texts)
    number = text.translate(str.maketrans(",.", ".,")) if style.comma else text
    return f"{number}{currency}" if currency.startswith(" ") else f"{currency}{number}"


def random_release(random: Random) -> list[Row]:
    """Rows of a release: the texts of their cells, and what they mean by column, with the rules that fail.

    Its first row proves the order of its dates and the decimal sign of its numbers.
    """
    currency, other = random.sample(CURRENCIES, 2) if random.random() < 0.7 else ("", "")
    style = Style(
        random.choice((MONTH_FIRST, DAY_FIRST)), random.random() < 0.5, random.random() < 0.5, currency, other
    )
    proof = {
        "join_date": style.numeric_dates[0](date(2016, 3, 25)),
        "monthly_revenue": "9,99" if style.comma else "9.99",
    }
    meant = {"join_date": date(2016, 3, 25), "monthly_revenue": Decimal("9.99"), "last_payment_date": None, "rules": []}
    rows = [_random_row(style, random, is_other=bool(currency) and place > 30) for place in range(40)]
    return [({**proof, "last_payment_date": ""}, meant), *rows]


def _random_row(style: Style, random: Random, is_other: bool) -> Row:
    joined = FIRST_DAY + timedelta(random.randrange(DAYS))
    paid = joined + timedelta(random.randrange(80))
    revenue = Decimal(random.randrange(1_000_000)) / 100
    age, months = random.randint(13, 120), random.randint(1, 24)
    currency = style.other_currency if is_other else random.choice((*[style.currency] * 4, ""))
    cells = {
        "join_date": write_date(joined, style, random),
        "last_payment_date": write_date(paid, style, random),
        "monthly_revenue": write_money(revenue, currency, style, random),
        "age": random.choice((f"{age}", f"{age}{',' if style.comma_of_ages else '.'}0")),
        "plan_duration": random.choice((f"{months}", f"{months} months", f"{months} Month", f"{months}.0")),
    }
    meant = {
        "join_date": joined,
        "last_payment_date": paid,
        "monthly_revenue": None if is_other else revenue,
        "age": age,
        "plan_months": months,
        "currency": style.currency.strip(" .") or None,
        "rules": ["one_currency"] if is_other else [],
    }
    if not is_other and random.random() < 0.4:
        name = random.choice(("last_payment_date", "monthly_revenue", "age", "plan_duration"))
        cells[name] = random.choice((str, str.upper, str.title))(random.choice([*UNKNOWN, ""]))
        meant["plan_months" if name == "plan_duration" else name] = None
    return cells, meant
