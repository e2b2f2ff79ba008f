"""What is shown of the names of files of personal feeds; pipelines and messages of a run show the same."""

import hashlib
import hmac

import pytest
from pyspark.sql import functions as F

from common.file_names import MAY_NAME_A_PERSON, shown_path
from local_runtime.state.file_names import HIDDEN_NAMES, KEY_NAME, file_names

KEY = "0123456789abcdef" * 2
UUID = "123e4567-e89b-12d3-a456-426614174000"
SHOWN = (
    "playback/x.json",
    "subscribers/subscribers_2021-09-25.csv",
    "subscribers/20210925.csv",
    "subscribers/users_20210925T103000Z.csv",
    "subscribers/20210925103000.csv",
    "subscribers/20210925_20210926.csv",
    "subscribers/2021092510.csv",
    "subscribers/202109.csv",
    "playback/year=2021/month=09/day=25/x.json",
    "playback/part-00000.json",
    "playback/part-r-00000-c000.snappy.json",
    "playback/1234.json",
    "playback/paid=yes/grid=7/x.json",
    "playback/größe 1 & 2.json",
    "playback/…0123456789abcdef",
    "playback/part-00000…0123456789abcdef",
)
HIDDEN = (
    "jane@example.org.csv",
    "12345.json",
    "1234567.json",
    "20211345.json",
    "20210932.json",
    "202113.json",
    "123456.json",
    "1633219199.json",
    "1633219199700.json",
    "20210925103000123.json",
    "user7T123456.json",
    f"{UUID}.json",
    f"stream-2021-09-25-10-30-00-{UUID.upper()}",
    "user=jane",
    "user_id=7",
    "userId=7",
    "date=2021-09-25&profile-id=7",
    "id=x",
    "uuid=x",
    "session=x",
    "Account ID=x",
    "…0123456789abcdef12345",
)
PART_FILES = {f"part-00001-{UUID}-c000.json": "part-00001", "part-r-00001-99999.json": "part-r-00001"}


def digits(part: str) -> str:
    return hmac.new(KEY.encode(), f"file\x1f{part}".encode(), hashlib.sha256).hexdigest()[:16]


EXPECTED = {
    **{path: path for path in SHOWN},
    **{f"playback/{part}/x.json": f"playback/…{digits(part)}/x.json" for part in HIDDEN},
    **{f"playback/{part}": f"playback/{number}…{digits(part)}" for part, number in PART_FILES.items()},
}


def test_shown_path_hides_the_parts_that_may_name_a_person(spark):
    paths = spark.createDataFrame([(path,) for path in (*EXPECTED, None)], "path STRING")
    found = dict(map(tuple, paths.select("path", shown_path(F.col("path"), KEY)).collect()))
    assert found == {**EXPECTED, None: None}


def test_shown_path_leaves_what_is_hidden_already(spark):
    paths = spark.createDataFrame([(shown,) for shown in EXPECTED.values()], "path STRING")
    found = paths.select("path", shown_path(F.col("path"), KEY)).collect()
    assert all(path == shown for path, shown in found)


@pytest.fixture
def names():
    properties = {HIDDEN_NAMES: MAY_NAME_A_PERSON, KEY_NAME: "pseudonym-key"}
    return file_names(properties, {"scope/other": "x", "scope/pseudonym-key": KEY})


def test_messages_of_a_run_show_the_same(names):
    assert {path: names.shown(path) for path in EXPECTED} == EXPECTED


def test_without_the_secret_nothing_is_shown_of_a_hidden_part():
    names = file_names({HIDDEN_NAMES: MAY_NAME_A_PERSON, KEY_NAME: "pseudonym-key"}, {})
    assert names.shown("playback/user=jane/x.json") == "playback/…/x.json"


def test_names_of_a_table_without_personal_data_are_shown():
    assert file_names({}, {"scope/pseudonym-key": KEY}).shown("user=jane/x.json") == "user=jane/x.json"
