"""Numbers and amounts of money, one column (of one release) at a time."""

from decimal import Decimal

from pyspark.sql import functions as F

from common.numbers import (
    BOTH,
    COMMA,
    CURRENCY_CODES,
    CURRENCY_SIGNS,
    POINT,
    amount,
    decimal_sign,
    has_ambiguous_sign,
    number_in,
    whole_number,
)
from tests.helpers.frames import assert_same_rows

# Columns of numbers: their decimal sign, and what each text means.
COLUMNS = [
    (POINT, {"10": "10", "0": "0", "-1": "-1", "007": "7", None: None, "ten": None, "": None, "1 2": None}),
    # Without proof the point is decimal, and a comma before three digits separates thousands.
    (POINT, {"1.299": "1.299", "1,299": "1299", "1,299,500": "1299500", "1.299.500": None, "12,99,500": None}),
    # One sign that three digits don't follow.
    (POINT, {"9.99": "9.99", "1,299": "1299", "1.299": "1.299"}),
    (POINT, {"10.": "10", "1,299": "1299"}),
    (POINT, {"34.0000": "34"}),
    (COMMA, {"9,99": "9.99", "1,299": "1.299", "1.299": "1299", "10": "10", "1.299.500": "1299500"}),
    (COMMA, {"9,": "9", "1.299": "1299"}),
    (COMMA, {"15,9900": "15.99", "1.599": "1599"}),
    # Both signs: the last decides.
    (POINT, {"1,299.50": "1299.5", "2,000": "2000"}),
    (POINT, {"1,299.500": "1299.5", "1.299": "1.299"}),
    (COMMA, {"1.299,50": "1299.5", "2.000": "2000", "2,000": "2"}),
    (COMMA, {"1.000.299,500": "1000299.5", "2,000": "2"}),
    # An exponent follows decimals.
    (POINT, {"1.599E+01": "15.99", "1599e-2": "15.99", "1E3": "1000", "1,299": "1299"}),
    (COMMA, {"1,599E+01": "15.99", "1.299": "1299"}),
    # Where two proofs contradict each other, numbers with a sign are unknown.
    (BOTH, {"9,99": None, "9.99": None, "1,299": None, "1,299.50": None, "10": "10", "1E1": "10", "ten": None}),
    # What can't be read proves nothing.
    (POINT, {"1.2,3": None, "9,9,9": None, "1,2.3.4": None, ",99": None, "12,3456.7": None, "1,299": "1299"}),
    (POINT, {"0,299": None, "1234,567": None, "1e": None, "e5": None, "0x1F": None, "٣٤": None, "NaN": None}),
]


def test_the_decimal_sign_is_decided_for_a_whole_column(spark):
    rows = [
        (place, text, sign, None if value is None else Decimal(value))
        for place, (sign, column) in enumerate(COLUMNS)
        for text, value in column.items()
    ]
    expected = spark.createDataFrame(rows, "place INT, text STRING, sign STRING, value DECIMAL(24,6)")
    signed = expected.withColumn("sign", decimal_sign(F.col("text"), ["place"]))
    read = signed.select("place", "text", "sign", number_in(F.col("text"), F.col("sign")).alias("value"))
    assert_same_rows(read, expected)


def test_a_number_is_ambiguous_where_its_column_proves_both_signs(spark):
    rows = [("9,99", BOTH, True), ("1.5", BOTH, True), ("10", BOTH, False), ("9,99", COMMA, False), (None, BOTH, False)]
    expected = spark.createDataFrame(rows, "text STRING, sign STRING, is_ambiguous BOOLEAN")
    is_ambiguous = has_ambiguous_sign(F.col("text"), F.col("sign"))
    assert_same_rows(expected.withColumn("is_ambiguous", is_ambiguous), expected)


def test_money_is_rounded_and_whole_numbers_are_whole(spark):
    rows = [
        ("1.299", Decimal("1.30"), None),
        ("1.005E+00", Decimal("1.01"), None),
        ("1.004", Decimal("1.00"), None),
        ("34.00", Decimal("34.00"), 34),
        ("3.4E+01", Decimal("34.00"), 34),
        ("34.0000001", Decimal("34.00"), 34),
        ("34.5", Decimal("34.50"), None),
        ("99999999999", None, None),
        (None, None, None),
    ]
    expected = spark.createDataFrame(rows, "text STRING, money DECIMAL(12,2), whole INT")
    text, sign = F.col("text"), F.lit(POINT)
    read = expected.select(
        "text", number_in(text, sign, "decimal(12,2)").alias("money"), whole_number(text, sign).alias("whole")
    )
    assert_same_rows(read, expected)


AMOUNTS = {
    "10": ("10", None),
    "9,99": ("9,99", None),
    "$10": ("10", "$"),
    "$ 1,299.50": ("1,299.50", "$"),
    "€ 7.99": ("7.99", "€"),
    "7,99 €": ("7,99", "€"),
    "₹499": ("499", "₹"),
    "Rs. 499": ("499", "Rs"),
    "Rs.499": ("499", "Rs"),
    "rs 499": ("499", "Rs"),
    "12 USD": ("12", "USD"),
    "12usd": ("12", "USD"),
    "EUR 12": ("12", "EUR"),
    "US$12": ("12", "US$"),
    "R$ 12,90": ("12,90", "R$"),
    "99 kr.": ("99", "kr"),
    "29,90 zł": ("29,90", "zł"),
    "$1.599E+01": ("1.599E+01", "$"),
    "10 EUR": ("10", "EUR"),
    "10e1 EUR": ("10e1", "EUR"),
    # Signs that name no currency, or two.
    "10 XYZ": (None, None),
    "10%": (None, None),
    "10 dollars": (None, None),
    "$10 EUR": (None, None),
    "$$10": (None, None),
    # What is no amount.
    "$.99": (None, None),
    "-$5": (None, None),
    "ten": (None, None),
    "$": (None, None),
    None: (None, None),
}


def test_amounts_have_a_number_and_a_currency(spark):
    signs = {f"5 {name}": ("5", name) for name in (*CURRENCY_SIGNS, *CURRENCY_CODES.split())}
    rows = [(text, *parts) for text, parts in {**AMOUNTS, **signs}.items()]
    expected = spark.createDataFrame(rows, "text STRING, number STRING, currency STRING")
    read = expected.select("text", amount(F.col("text")).alias("amount")).select(
        "text", "amount.number", "amount.currency"
    )
    assert_same_rows(read, expected)
