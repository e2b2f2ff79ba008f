"""JSON lines, as Databricks' JSON reader takes them; what is lost there is rescued or told."""

import gzip
import json
import random
from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_runtime.auto_loader.formats.json_sql import IS_LAX, IS_REWRITTEN, NO_JSON, NOT_ONLY_SPACES, REWRITTEN
from local_runtime.auto_loader.loader import load_increment
from local_runtime.auto_loader.source import FileSource
from local_runtime.errors import LakehouseError, UnsupportedError
from local_runtime.quoting import text_literal
from tests.local_runtime.auto_loader.conftest import Source, reasons

OPTIONS = {"cloudFiles.format": "json", "rescuedDataColumn": "_rescued_data"}
SCHEMA = "`id` STRING, `name` STRING, `payload` STRING, `_corrupt_record` STRING"


class Events(Source):
    """A folder of JSON files."""

    def load(self, schema=SCHEMA, **options):
        import pyarrow.parquet as pq

        asked = FileSource(str(self.folder), {**OPTIONS, **options}, schema)
        increment = load_increment(asked, self.columns, self.ledger, self.staging)
        assert increment is not None
        self.ledger = type(self.ledger)(self.ledger.folder.parent, self.ledger.add(increment.records))
        rows = [row for path in increment.staged for row in pq.read_table(path).to_pylist()]
        return increment, rows

    def values(self, content, name="a.json", **options):
        """The values of a file's rows that aren't null, without their metadata, in any order."""
        self.land(name, content)
        found = [
            {key: value for key, value in row.items() if value is not None and not key.startswith(("_metadata", "__"))}
            for row in self.load(**options)[1]
        ]
        for row in found:
            if "_rescued_data" in row:
                row["_rescued_data"] = json.loads(row["_rescued_data"])
                assert row["_rescued_data"].pop("_file_path").startswith("file:///")
        return sorted(found, key=repr)


@pytest.fixture
def events(tmp_path):
    (tmp_path / "in").mkdir()
    return Events(tmp_path)


def test_values_are_texts(events):
    line = '{"id": 7, "name": "a \\u00e9 \\"b\\"", "payload": {"x": [1, null, true]}}\n{"name": null, "id": "8"}\n\n \n'
    assert events.values(line) == [
        {"id": "7", "name": 'a é "b"', "payload": '{"x":[1,null,true]}'},
        {"id": "8"},
    ]


@pytest.mark.parametrize(
    "number",
    [
        *(
            "1.50",
            "1.0",
            "12.5",
            "-0.0",
            "1.0E5",
            "1.7e9",
            "1.2e-7",
            "0.00000012",
            "0.00001",
            "-0.0000785",
            "1.0E-7",
            "[1.10, 2.5e3]",
        ),
        *("123456789012345678901234567890", "0.1000000000000000055511151231257827", "1700000000.123456789"),
        "9007199254740993",
    ],
)
def test_numbers_are_as_written(events, number):
    expected = number.replace(" ", "")
    assert events.values(f'{{"id": {number}, "name": "v1.50"}}\n') == [{"id": expected, "name": "v1.50"}]
    assert events.values(f'{{"id":{number},"payload":{{"x":{number}}}}}\n', "b.json") == [
        {"id": expected, "payload": f'{{"x":{expected}}}'}
    ]


def test_a_comma_that_nothing_follows_is_malformed(events):
    lines = ['{"id": 1,}', '{"id": 1, }', '{"payload": [1,]}', '{"id": nan}', '{"id":-inf}', '{"payload":[inf]}']
    assert events.values("\n".join([*lines, '{"name": ",}"}'])) == [
        *({"_corrupt_record": line} for line in sorted(lines)),
        {"name": ",}"},
    ]


def test_a_row_says_which_file_it_is_from(events):
    path = events.land("deep/down/a.json", '{"id": 1}')
    ((row,),) = [events.load()[1]]
    assert row["_metadata"]["file_path"] == path.as_uri()
    assert row["_metadata"]["file_modification_time"].timestamp() == pytest.approx(path.stat().st_mtime, abs=0.01)


def test_a_broken_line_costs_that_line(events):
    assert events.values('{"id": 1}\n{"id": 2, "na\n{"id": 3}\nnull\n17\n') == [
        {"_corrupt_record": "17"},
        {"_corrupt_record": "null"},
        {"_corrupt_record": '{"id": 2, "na'},
        {"id": "1"},
        {"id": "3"},
    ]


def test_unknown_keys_are_rescued(events):
    assert events.values('{"id": 1, "other": {"a": 1.50}, "more": "x"}\n') == [
        {"id": "1", "_rescued_data": {"other": '{"a":1.50}', "more": "x"}}
    ]


def test_keys_of_another_case_are_rescued_or_read(events):
    assert events.values('{"ID": 1}\n') == [{"_rescued_data": {"ID": "1"}}]
    assert events.values('{"ID": 1}\n', "b.json", readerCaseSensitive="false") == [{"id": "1"}]


def test_of_a_repeated_key_the_last_counts_and_the_other_is_rescued(events):
    assert events.values('{"id": 1, "id": 2}\n') == [{"id": "2", "_rescued_data": {"id": "1"}}]


def test_an_array_of_objects_gives_a_row_each_and_other_arrays_are_malformed(events):
    assert events.values('[{"id": 1}, {"id": 2}]\n[1]\n[]\n') == [
        {"_corrupt_record": "[1]"},
        {"_corrupt_record": "[]"},
        {"id": "1"},
        {"id": "2"},
    ]


def test_of_several_objects_on_a_line_the_first_is_read_as_on_databricks(events):
    assert events.values('{"id": 1}{"id": 2}\n{"id": 3} {"id": 4}\n') == [{"id": "1"}, {"id": "3"}]


def test_deep_nesting_is_no_end_of_the_run(events):
    deep = '{"payload": ' + "[" * 100_000 + "]" * 100_000 + "}"
    assert {"id": "1"} in events.values(f'{deep}\n{{"id": 1}}\n')


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'\xef\xbb\xbf{"id": 1}\r\n{"id": 2}\r{"id": 3}', ["1", "2", "3"]),
        (b'{"id": "\xe9"}\n{"id": "\xc3\xa9"}', ["é", "é"]),
        (b'{"id": "a\x01b"}\n{"id": 2}', [None, "2"]),
        (b'{"id": "' + b"x" * 2_000_000 + b'"}\n{"id": 2}', ["2", "x" * 2_000_000]),
        (b"", []),
    ],
)
def test_odd_texts_are_read(events, content, expected):
    found = [row.get("id") for row in events.values(content)]
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_a_line_with_a_nul_byte_is_malformed(events):
    lines = [f'{{"id": {number}}}' for number in range(30)]
    found = events.values("\n".join([*lines, '{"id": "a\0b"}']))
    assert len(found) == 31
    assert {"_corrupt_record": '{"id": "a\0b"}'} in found


def test_compressed_files_are_read_and_cut_ones_are_rejected(events):
    whole = gzip.compress(b'{"id": 1}\n' * 1000)
    assert len(events.values(whole, "a.json.gz")) == 1000
    events.land("b.json.gz", whole[:-10])
    events.land("c.json.gz", b"no gzip")
    events.land("d.json", whole)
    events.land("e.json", b"\xff\xfe{\0")
    increment, rows = events.load()
    assert rows == []
    assert reasons(increment) == {
        "b.json.gz": "corrupt_gzip",
        "c.json.gz": "corrupt_gzip",
        "d.json": "archive",
        "e.json": "encoding",
    }


def test_a_file_without_one_object_is_told(events):
    events.land("a.json", "id,name\n1,x\n")
    increment, rows = events.load()
    assert [row["_corrupt_record"] for row in rows] == ["id,name", "1,x"]
    assert "none is a JSON object" in increment.records[0].message


def test_names_of_files_need_not_be_plain(events):
    events.land("a b'*?[x]%20#é.json", '{"id": 1}')
    assert [row["id"] for row in events.load()[1]] == ["1"]


def test_a_micro_batch_has_no_more_files_than_allowed(events):
    for number in range(5):
        events.land(f"{number}.json", f'{{"id": {number}}}')
    batches = []
    while True:
        increment, rows = events.load(**{"cloudFiles.maxFilesPerTrigger": "2"})
        batches.append([row["id"] for row in rows])
        if increment.is_last:
            break
    assert batches == [["0", "1"], ["2", "3"], ["4"]]


def test_a_micro_batch_is_no_larger_than_allowed_but_has_a_file(events):
    for number in range(3):
        events.land(f"{number}.json", json.dumps({"id": str(number), "name": "x" * 600}))
    found = [events.load(**{"cloudFiles.maxBytesPerTrigger": limit})[1] for limit in ("1k", "10b", "1g")]
    assert [[row["id"] for row in rows] for rows in found] == [["0"], ["1"], ["2"]]


def test_what_is_not_read_is_refused(events):
    events.land("a.json", '{"id": 1}')
    with pytest.raises(UnsupportedError, match="without a schema"):
        events.load(schema=None)
    with pytest.raises(UnsupportedError, match="must be of type STRING"):
        events.load(schema="id INT")
    with pytest.raises(LakehouseError, match="not a number above 0"):
        events.load(**{"cloudFiles.maxFilesPerTrigger": "0"})


def test_text_files_are_lines(events):
    events.land("a.txt", 'one\n{"two"}\n"three')
    options = {"cloudFiles.format": "text"}
    asked = FileSource(str(events.folder), options, "value STRING")
    increment = load_increment(asked, {}, events.ledger, events.staging)
    import pyarrow.parquet as pq

    (staged,) = increment.staged
    assert sorted(row["value"] for row in pq.read_table(staged).to_pylist()) == ['"three', "one", '{"two"}']


def test_half_a_surrogate_pair_costs_nothing_else():
    from local_runtime.auto_loader.formats.json_lines import records_of

    line = r'{"id":"\ud800x","other\udc00":{"a":"\ud83d"},"name":"\ud83d\ude00é"}'
    (record,) = records_of(line, {"id": "id", "name": "name"}, True)
    assert record.values == {"id": "\ufffdx", "name": "😀é"}
    assert record.rescued == {"other\ufffd": '{"a":"\ufffd"}'}


def test_cheap_tests_before_an_expression_leave_no_line_out():
    dice = random.Random(7)
    numbers = ["nan", "inf", "1.50", "0.00001", "12345678.12345678"]
    pieces = [*',}][{:- \t"a10.eE\u00e9\u00a0\u2003', *numbers, ", ", "null"]
    lines = ["".join(dice.choices(pieces, k=dice.randrange(10))) for _ in range(20_000)]
    connection = duckdb.connect()
    connection.register("texts", pa.table({"l": [*lines, *(f"{{{line}}}" for line in lines)]}))
    tests = {
        IS_LAX: f"regexp_matches(l, {text_literal(NO_JSON)})",
        IS_REWRITTEN: f"regexp_matches(l, {text_literal(REWRITTEN)})",
        NOT_ONLY_SPACES: "trim(l) <> ''",
    }
    for fast, plain in tests.items():
        differ, both = connection.execute(
            f"SELECT count(*) FILTER (({fast}) IS DISTINCT FROM ({plain})), count(*) FILTER ({plain}) FROM texts"
        ).fetchone()
        assert differ == 0
        assert both > 500


@pytest.mark.parametrize(
    "content",
    [
        *("", "\n", "a", "a\n", "\n\na\n\n\nb\n \nc", "a\r\n\r\nb", "\u00fc\n\n"),
        "a\n" * 30 + "b\0c\n\n\0\n",  # lines with NUL bytes are staged whatever the condition
    ],
)
@pytest.mark.parametrize("only", ["", "contains(l, 'b')"])
def test_lines_are_counted_whether_or_not_they_are_staged(events, content, only):
    events.land("1.txt", content)
    asked = FileSource(str(events.folder), {"cloudFiles.format": "text"}, "value STRING")
    fit = lambda layout, files: replace(layout, only=only)  # noqa: E731
    increment = load_increment(asked, {}, events.ledger, events.staging, fit)
    (record,) = increment.records
    assert record.rows == len([line for line in content.splitlines() if line])
    staged = [row["value"] for path in increment.staged for row in pq.read_table(path).to_pylist()]
    kept = [line for line in content.splitlines() if line and (not only or "b" in line or "\0" in line)]
    assert sorted(staged) == sorted(kept)
