import json

from chispa import assert_df_equality

from silver.columns.headers import by_name


def test_by_name_takes_a_column_from_the_rescued_data_under_any_known_name(spark):
    rows = [
        ("own", json.dumps({"cast_people": "rescued", "_file_path": "x"})),
        (None, json.dumps({"cast_people": "A"})),
        (None, json.dumps({"Cast Members": "B"})),
        (None, json.dumps({"ACTORS": "C", "stars": "?"})),
        (None, json.dumps({"stars": "?"})),
        (None, None),
    ]
    bronze = spark.createDataFrame(rows, "cast STRING, _rescued_data STRING")
    expected = spark.createDataFrame(
        [("own",), ("A",), ("B",), ("C",), (None,), (None,)],
        "cast STRING",
    )
    assert_df_equality(by_name(bronze, ["cast"]).select("cast"), expected, ignore_nullable=True, ignore_row_order=True)
