"""Several records on one line: the JSON reader takes the first, these functions the others."""

import json
from datetime import datetime

import pytest

from bronze.feeds import CORRUPT, PLAYBACK_FEED, RESCUED
from bronze.provenance import PROVENANCE, PROVENANCE_COLUMNS, SHOWN_FILE
from bronze.records import further_records
from common.specifications import ColumnSpec, TableSpec
from tests.helpers.frames import rows_of

LINES = TableSpec(name="lines", comment="", columns=(ColumnSpec("value", "STRING"), *PROVENANCE))
ORIGIN = ("file:///a", datetime(2026, 1, 2), datetime(2026, 1, 3))


def found(spark, *lines):
    frame = rows_of(spark, LINES, *[(line, *ORIGIN) for line in lines])
    rows = further_records(frame, PLAYBACK_FEED).drop(*PROVENANCE_COLUMNS).collect()
    return [{name: value for name, value in row.asDict().items() if value is not None} for row in rows]


def test_further_records_have_the_columns_of_the_table_and_the_provenance_of_their_line(spark):
    lines = rows_of(spark, LINES, ('{}{"event_id": "a"}', *ORIGIN))

    rows = further_records(lines, PLAYBACK_FEED)

    assert (*rows.columns, SHOWN_FILE.name) == PLAYBACK_FEED.table.column_names
    assert rows.select(*PROVENANCE_COLUMNS).collect() == [ORIGIN]


def test_the_first_record_of_a_line_is_left_to_the_json_reader(spark):
    assert found(spark, '{"event_id": "a"}', '{"event_id": "b"}{"event_id": "c"} \t{"event_id": 4}') == [
        {"event_id": "c"},
        {"event_id": "4"},
    ]


@pytest.mark.parametrize("between", [",", " , ", ";", "; "])
def test_records_may_stand_behind_a_sign(spark, between):
    assert found(spark, f'{{"event_id": "a"}}{between}{{"event_id": "b"}}') == [{"event_id": "b"}]


@pytest.mark.parametrize("after", [";", " ; ", ",", ", \r"])
def test_a_separator_may_follow_the_last_record(spark, after):
    assert found(spark, f'{{"event_id": "a"}}{{"event_id": "b"}}{after}') == [{"event_id": "b"}]


def test_only_one_separator_may_follow_the_last_record(spark):
    assert found(spark, '{"event_id": "a"}{"event_id": "b"};;') == [{CORRUPT: '{"event_id": "b"};;'}]


@pytest.mark.parametrize("number", ["12345678901234567890123", "-0.10", "1E+2", "81193313.0", "0"])
def test_numbers_are_kept_as_they_are_written(spark, number):
    inside = f'{{"a":{number},"b":"{number}"}}'
    assert found(spark, f'{{}}{{"user_id" : {number} ,"event_id":"x:{number},","raw_payload":{inside}}}') == [
        {"user_id": number, "event_id": f"x:{number},", "raw_payload": inside}
    ]


def test_a_number_that_json_does_not_allow_is_no_record(spark):
    assert found(spark, '{}{"user_id": 007}') == [{CORRUPT: '{"user_id": 007}'}]


@pytest.mark.parametrize("rest", ["garbage", "[1]", '"text"', "12", "[{}]"])
@pytest.mark.parametrize("first", ["{}", "[{}]", '{"raw_payload": [{"a": 1}, {"b": 2}]}'])
def test_what_follows_the_first_value_is_kept_whatever_it_is(spark, first, rest):
    assert found(spark, f"{first} {rest}") == [{CORRUPT: rest}]


@pytest.mark.parametrize(
    "line", ['{"raw_payload": [{"a": [1, 2]}, {"b": {}}, {}], "user_id": "u"}', "[{}, {}]", "{} \r", '{"a": {}},']
)
def test_one_value_is_one_value(spark, line):
    assert found(spark, line) == []


LONG = 10_000  # more than a regular expression's recursion has room for in Java


@pytest.mark.parametrize(
    "text", ["}{", '\\"}{\\"', "} {", "\\\\", '\\\\\\"}{', "x" * LONG, '\\"}{' * LONG, "\\\\" * LONG], ids=range(8)
)
def test_braces_in_texts_cut_nothing(spark, text):
    line = f'{{"event_id": "{text}", "raw_payload": {{"a": {{}}}}}}{{"user_id": "{text}"}}'
    assert found(spark, line) == [{"user_id": json.loads(f'"{text}"')}]


@pytest.mark.parametrize("end", ["b", "b\\\\", '\\"', "\x1e", "\x1e1"])
def test_what_is_no_record_is_kept_as_text(spark, end):
    record = f'{{"event_id": "{end}'
    assert found(spark, f'{{"event_id": "a"}}{record}') == [{CORRUPT: record}]


def test_other_keys_are_rescued_in_any_case(spark):
    (row,) = found(spark, '{}{"Event_ID": "a", "more": {"x": [1]}}')
    assert row["event_id"] == "a"
    rescued = json.loads(row[RESCUED])
    assert (json.loads(rescued.pop("more")), rescued) == ({"x": [1]}, {"_file_path": "file:///a"})


def test_nulls_are_nulls(spark):
    assert found(spark, '{}{"event_id": null, "user_id": "u"}', None, "") == [{"user_id": "u"}]


@pytest.mark.parametrize(
    ("record", "values", "rescued"),
    [
        ('{"event_id":"a","event_id":"b"}', {"event_id": "b"}, {"event_id": "a"}),
        ('{"event_id":"a","EVENT_ID":"b"}', {"event_id": "b"}, {"EVENT_ID": "a"}),
        ('{"event_id":"a","event_id":"a"}', {"event_id": "a"}, {}),
        ('{"event_id":"a","event_id":null}', {"event_id": "a"}, {}),
        ('{"event_id":"a","event_id":"b","event_id":"c"}', {"event_id": "c"}, {"event_id": "b"}),
        ('{"event_id":"a","x":1,"x":2}', {"event_id": "a"}, {"x": "2"}),
        (
            '{"event_id":"a","raw_payload":{"x":":","x":"\\"y\\":"}}',
            {"event_id": "a", "raw_payload": '{"x":":","x":"\\"y\\":"}'},
            {},
        ),
        ('{"event_id":"a","":":","":"b"}', {"event_id": "a"}, {"": "b"}),
        ('{"event_id":"a","_file_path":"b"}', {"event_id": "a"}, {"_file_path_": "b"}),
    ],
)
def test_repeated_keys_are_rescued_as_those_of_the_first_record(spark, record, values, rescued):
    (row,) = found(spark, "{}" + record)
    assert json.loads(row.pop(RESCUED, "{}")) == (rescued | {"_file_path": "file:///a"} if rescued else {})
    assert row == values
