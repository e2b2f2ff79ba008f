"""Texts as values of a column's type: each pair was read by Spark 4.2's CSV reader, but for those that are marked."""

import datetime as dt
import json
import math
from decimal import Decimal

import pytest

from local_runtime.auto_loader.values import NoValue, conversion
from local_runtime.errors import UnsupportedError

UTC = dt.UTC


def read(data_type, text):
    try:
        return conversion(data_type)[1](text)
    except NoValue:
        return None


@pytest.mark.parametrize(
    ("data_type", "texts"),
    [
        ("int", {"5": 5, "+5": 5, "-5": -5, "007": 7, "-0": 0, "2147483647": 2**31 - 1, "-2147483648": -(2**31)}),
        ("bigint", {"9223372036854775807": 2**63 - 1, "+1": 1}),
        ("double", {"1e3": 1000.0, " 5 ": 5.0, ".5": 0.5, "5.": 5.0, "Inf": math.inf, "-Infinity": -math.inf}),
        (
            "decimal(4,2)",
            {"12.345": "12.35", "12.355": "12.36", "-12.345": "-12.35", "99.994": "99.99", "1e1": "10.00"},
        ),
        ("decimal(4,2)", {"0.005": "0.01", "-0.005": "-0.01", "1,2.5": "12.50", "+5": "5.00", "5.": "5.00"}),
        ("boolean", {"true": True, "TRUE": True, "False": False}),
        (
            "date",
            dict.fromkeys(("2021-09-25", " 2021-09-25 ", "2021-9-25", "2021-09-25T10:00:00"), dt.date(2021, 9, 25)),
        ),
        ("date", {"2021": dt.date(2021, 1, 1), "0001-01-01": dt.date.min, "9999-12-31": dt.date.max}),
    ],
)
def test_119_texts_that_are_values(data_type, texts):
    expected = {text: Decimal(value) if "decimal" in data_type else value for text, value in texts.items()}
    assert {text: read(data_type, text) for text in texts} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-09-25", "2021-09-25T00:00:00"),
        ("2021-09-25 10:00", "2021-09-25T10:00:00"),
        (" 2021-9-5 1:2:3 ", "2021-09-05T01:02:03"),
        ("2021-09-25T10:00:00.123456789", "2021-09-25T10:00:00.123456"),
        ("2021-09-25T10:00:00Z", "2021-09-25T10:00:00"),
        ("2021-09-25T10:00:00 UTC", "2021-09-25T10:00:00"),
        ("2021-09-25T10:00:00+05:00", "2021-09-25T05:00:00"),
        ("2021-09-25T10:00:00+0500", "2021-09-25T05:00:00"),
        ("2021-09-25T10:00:00GMT+3", "2021-09-25T07:00:00"),
        ("2021-09-25T10:00:00+05:30:15", "2021-09-25T04:29:45"),
        ("2021-09-25T10:00:00 Europe/Berlin", "2021-09-25T08:00:00"),
        ("0001-01-01T00:00:00-05:00", "0001-01-01T05:00:00"),
    ],
)
def test_119_timestamps(text, expected):
    assert read("timestamp", text) == dt.datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("data_type", "texts"),
    [
        ("int", ["3000000000", "5.0", "1e3", "1_000", " 5 ", "1,000", "0x10", "9" * 5000]),
        ("bigint", ["9223372036854775808", "5L"]),
        ("double", ["nan", "inf", "1_0", "1,5", "\u0661"]),
        ("decimal(4,2)", ["12345.67", "99.995", "NaN", "Infinity", " 5 ", "1_0", "1e999999999", "0x1"]),
        ("boolean", ["t", "1", "yes", " true"]),
        ("date", ["20210925", "9/25/2021", "2021-02-29", "2021-W01-1", "1-1-1", "today", "2021-09-25Z", "2021-09-25x"]),
        ("timestamp", ["2021-09-25 24:00:00", "2021-09-25T10:00:60", "1632564000", "20210925T100000", "2021-09-25T"]),
        ("timestamp", ["2021-09-25T10:00:00z", "2021-09-25 10:00:00 AM", "2021-W39-6", "2021-09-25x10:00"]),
        # Spark reads these: as digits, as infinite, as of a year that the local runtime can't hold, as of today.
        ("int", ["\u0661\u0662", "\uff15"]),
        ("decimal(4,2)", ["\u0661"]),
        ("double", ["1e400", "1d", "0x1p3", "-NaN"]),
        ("date", ["0000-01-01", "10000-01-01", "-0001-01-01"]),
        ("timestamp", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "10000-01-01", "10:00"]),
        ("timestamp", ["2021-09-25T10:00:00+19:00", "2021-09-25T10:00:00 No/Where", "2021-09-25T10:00:00 ../etc/x"]),
    ],
)
def test_119_texts_that_are_no_values(data_type, texts):
    assert {text: read(data_type, text) for text in texts} == dict.fromkeys(texts)


def test_119_nan_is_a_double():
    assert math.isnan(read("double", "NaN"))


def test_119_a_type_that_is_not_read_is_refused_by_name():
    with pytest.raises(UnsupportedError, match="BINARY"):
        conversion("binary")


TYPED = "id INT, n BIGINT, d DECIMAL(4,2), t TIMESTAMP, day DATE, x DOUBLE, b BOOLEAN, `_corrupt_record` STRING"
HEADER = "id,n,d,t,day,x,b\n"
BAD = "3000000000,9223372036854775808,12345.67,0001-01-01T00:00:00+05:00,31/31/2021,1_0,yes"


def test_119_what_is_not_of_its_type_is_rescued_and_the_file_loaded(source):
    source.land("a.csv", f"{HEADER}{BAD}\n1,2,3.005,2021-09-25 10:00,2021-09-25,NaN,true\n")
    _, (bad, good) = source.load(schema=TYPED)
    names = HEADER.strip().split(",")
    assert [bad[name] for name in names] == [None] * 7
    rescued = json.loads(bad["_rescued_data"])
    assert [rescued[name] for name in names] == BAD.split(",")
    assert (good["id"], good["d"], good["day"], good["_rescued_data"]) == (
        1,
        Decimal("3.01"),
        dt.date(2021, 9, 25),
        None,
    )


def test_119_without_a_rescued_data_column_the_record_is_kept_as_text_as_spark_does(source):
    source.land("a.csv", 'id,name\nmany,"a, b"\n2,c\n')
    _, rows = source.load(schema="id INT, name STRING, _corrupt_record STRING", rescuedDataColumn="")
    assert [(row["id"], row["name"], row["_corrupt_record"]) for row in rows] == [
        (None, "a, b", 'many,"a, b"'),
        (2, "c", None),
    ]


def test_119_without_either_column_what_is_not_of_its_type_is_null(source):
    source.land("a.csv", "id\nmany\n2\n")
    assert [row["id"] for row in source.load(schema="id INT", rescuedDataColumn="")[1]] == [None, 2]


def test_119_first_and_last_days_reach_the_table(project):
    project.land(
        "in/a.csv", "day,at,d\n0001-01-01,0001-01-01 00:00:00,99.99\n9999-12-31,9999-12-31 23:59:59,-99.99\n,,\n"
    )
    project.pipeline(
        "bronze",
        """
        @dp.table
        def t():
            return read_csv('in', **{'cloudFiles.schemaHints': 'day DATE, at TIMESTAMP, d DECIMAL(4,2)'}).selectExpr(
                "cast(day as string) AS day", "cast(at as string) AS at", "cast(d as string) AS d")
        """,
    )
    project.run()
    assert project.rows("bronze.t", "day", "at", "d") == [
        ("0001-01-01", "0001-01-01 00:00:00", "99.99"),
        ("9999-12-31", "9999-12-31 23:59:59", "-99.99"),
        (None, None, None),
    ]
