from decimal import Decimal

from chispa import assert_column_equality
from pyspark.sql import functions as F

from gold.conformed.measures import equal_weight, ratio


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
    df = spark.createDataFrame(rows, "part BIGINT, whole BIGINT, expected DECIMAL(18,6)")
    assert_column_equality(df.withColumn("actual", ratio("part", "whole")), "actual", "expected")


def test_equal_weights_add_up_to_exactly_one(spark):
    rows = [(position, count) for count in (1, 2, 3, 7, 60) for position in range(1, count + 1)]
    items = spark.createDataFrame(rows, "position INT, count INT")
    weights = items.withColumn("weight", equal_weight(F.col("position"), F.col("count")))
    sums = weights.groupBy("count").agg(F.sum("weight").alias("weight")).collect()
    assert {row.weight for row in sums} == {Decimal("1.000000")}
    assert weights.filter("weight <= 0").count() == 0
