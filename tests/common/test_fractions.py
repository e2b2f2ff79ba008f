import math
import random
from decimal import Decimal, localcontext
from fractions import Fraction

from pyspark.sql import functions as F

from common.fractions import equal_weight, ratio
from tests.helpers.frames import assert_column


def test_ratio_rounds_half_up_and_is_null_for_nothing(spark):
    rows = [
        (1, 3, Decimal("0.333333")),
        (2, 3, Decimal("0.666667")),
        (1, 128, Decimal("0.007813")),
        (-1, 4, Decimal("-0.250000")),
        (5, 2, Decimal("2.500000")),
        (1, 0, None),
        (None, 3, None),
        (3, None, None),
    ]
    fractions = spark.createDataFrame(rows, "part BIGINT, whole BIGINT, expected DECIMAL(18,6)")
    assert_column(fractions, ratio("part", "whole"))


def test_114_ratio_is_exact_for_any_number_and_null_where_no_count_can_be(spark):
    dice, largest = random.Random(7), 2**63 - 1
    rows = [
        (
            dice.choice([1, -1]) * dice.randrange(10 ** dice.randrange(1, 19)),
            dice.randrange(1, 10 ** dice.randrange(1, 16)),
        )
        for _ in range(500)
    ]
    rows += [(100_000, 1), (2**31 - 1, 1), (largest, 1), (-largest - 1, 1), (largest, largest), (1, -1)]
    rows += [
        (1, 10**15),
        (-1, 10**15),
        (10**18, 10**15),
        (10**12 - 2, 1),
        (10**12 - 1, 1),
        (1, 2_000_000),
        (-1, 2_000_000),
    ]

    def exactly(part, whole):
        if not 0 < whole <= 10**15 or abs(part) > 10**18 or abs(math.floor(Fraction(part, whole))) > 10**12 - 2:
            return None
        with localcontext(prec=40):
            return Decimal(math.floor(Fraction(part * 10**6, whole) + Fraction(1, 2))).scaleb(-6)

    expected = [(part, whole, exactly(part, whole)) for part, whole in rows]
    fractions = spark.createDataFrame(expected, "part BIGINT, whole BIGINT, expected DECIMAL(18,6)")
    assert_column(fractions, ratio("part", "whole"))


def test_equal_weights_add_up_to_exactly_one(spark):
    rows = [(position, count) for count in (1, 2, 3, 7, 60) for position in range(1, count + 1)]
    items = spark.createDataFrame(rows, "position INT, count INT")
    weights = items.withColumn("weight", equal_weight(F.col("position"), F.col("count")))
    sums = weights.groupBy("count").agg(F.sum("weight").alias("weight")).collect()
    assert {row.weight for row in sums} == {Decimal("1.000000")}
    assert weights.filter("weight <= 0").count() == 0
