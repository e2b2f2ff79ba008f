"""Forms of dates, numbers, currencies and unknown values in snapshots, which are decided for a whole release."""

from decimal import Decimal
from random import Random

from cleanse.subscribers.rows import subscriber_rows
from tests.cleanse.subscribers.random_forms import random_release

KEY = "k" * 64
AGE, REVENUE, PAID = "age", "monthly_revenue", "last_payment_date"

# Releases whose rows differ in one column: what is known of each, the rules that fail, and the currency.
RELEASES = [
    (REVENUE, {"9,99": "9.99", "1.299,50": "1299.50", "1.299": "1299"}, {}, None),
    (REVENUE, {"9.99": "9.99", "1,299.50": "1299.50", "1,299": "1299", "1.599E+01": "15.99"}, {}, None),
    (
        REVENUE,
        {"9,99": None, "9.99": None, "10": "10"},
        dict.fromkeys(("9,99", "9.99"), "ambiguous_decimal_sign"),
        None,
    ),
    (REVENUE, {"₹499": "499", "₹ 649": "649", "199": "199"}, {}, "₹"),
    (REVENUE, {"Rs. 499": "499", "rs 649": "649"}, {}, "Rs"),
    (REVENUE, {"12 USD": "12", "N/A": None, "ten": None}, {"ten": "valid_monthly_revenue"}, "USD"),
    (REVENUE, {"$10": "10", "$12": "12", "€9": None, "8": "8"}, {"€9": "one_currency"}, "$"),
    # Of currencies that are equally frequent, the first by letters.
    (REVENUE, {"£9": None, "$10": "10"}, {"£9": "one_currency"}, "$"),
    (AGE, {"34.0": "34", "34": "34", "34.5": None, "NaN": None}, {"34.5": "valid_age"}, None),
    (AGE, {"34.0": None, "34,0": None, "34": "34"}, dict.fromkeys(("34.0", "34,0"), "ambiguous_decimal_sign"), None),
    (AGE, {"34,0": "34", "35": "35"}, {}, None),
    ("plan_duration", {"12": "12", "12.0": "12", "1 Month": "1", "6 months": "6", "-": None}, {}, None),
    # The day is as unknown as an empty cell.
    (PAID, {"1970-01-01": None, "1/1/1900": None, "25569": None, "2023-06-10T00:00:00+00:00": "2023-06-10"}, {}, None),
    (PAID, {"10-Haz-23": "2023-06-10", "10 czerwca 2023": "2023-06-10", "?": None}, {}, None),
    ("country", {"NA": None, "France": "France", "FR": "FR", "no country": None}, {}, None),
    ("country", {"NA": "Namibia", "FR": "France", "de": "Germany", "Chad": "Chad", "n/a": None, "XX": "XX"}, {}, None),
    (
        "country",
        {"UK": "United Kingdom", "usa": "United States", "Türkiye": "Turkey", "Oz": "Oz"},
        {},
        None,
    ),
    ("country", {"NA": None, "na": None, "Not Available": None}, {}, None),
]


def test_what_is_decided_for_a_whole_release(cells):
    rows = [
        {column: text, "user_id": str(number), "gender": text, "_release": f"subscribers/{place:03}.csv"}
        for place, (column, texts, _, _) in enumerate(RELEASES)
        for number, text in enumerate(texts)
    ]
    found = subscriber_rows(cells(*rows), KEY).collect()
    for place, (column, texts, failures, currency) in enumerate(RELEASES):
        release = [row for row in found if row["_release"] == f"subscribers/{place:03}.csv"]
        assert {row.currency for row in release} == {currency}, texts
        name = {"plan_duration": "plan_months"}.get(column, column)
        values = sorted(str(row[name]) for row in release)
        known = [None if text is None else Decimal(text) if column == REVENUE else text for text in texts.values()]
        expected = [f"{value:.2f}" if isinstance(value, Decimal) else str(value) for value in known]
        assert values == sorted(expected), texts
        assert sorted(cell.rule for row in release for cell in row.unreadable) == sorted(failures.values()), texts
        assert all(row.failed_rules == [] for row in release), texts


def test_random_releases_are_read_as_they_were_meant(cells):
    releases = {f"subscribers/{seed:03}/2023-07-01.csv": random_release(Random(seed)) for seed in range(20)}
    rows = [
        {**cells, "user_id": f"{number}", "gender": f"row {number}", "_release": path}
        for path, release in releases.items()
        for number, (cells, _) in enumerate(release)
    ]
    found = {(row["_release"], row.gender): row for row in subscriber_rows(cells(*rows), KEY).collect()}
    for path, release in releases.items():
        for number, (cells, meant) in enumerate(release):
            row = found[(path, f"row {number}")].asDict()
            read = {**row, "rules": [cell.rule for cell in row["unreadable"]]}
            assert {name: read[name] for name in meant} == meant, (path, cells)
