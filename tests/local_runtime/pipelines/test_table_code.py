"""What code defines a table: its own functions and what they import, not the whole tree."""

import shutil

import pytest

from tests.helpers.project import Project

PIPELINE = """
from helpers_{n} import used, other
import package_{n}.deep as deep

LIMIT = 3

def local(frame):
    return frame.limit(LIMIT)

@dp.temporary_view
def seen():
    return used.shape(spark.range(5))

@dp.materialized_view
def one():
    return local(spark.read.table("seen"))

@dp.materialized_view
def two():
    return other.shape(spark.range(2))

@dp.materialized_view
def three():
    return deep.shape(spark.range(3))
"""
SHAPE = "def shape(frame):\n    return frame\n"


class Code:
    """A pipeline of three tables, and the files that they are made of."""

    def __init__(self, tmp_path, number):
        self.project, self.n = Project(tmp_path, session=None), number
        self.write("helpers_{n}/__init__.py", "")
        self.write("helpers_{n}/used.py", SHAPE)
        self.write("helpers_{n}/other.py", "from package_{n} import base\n" + SHAPE)
        self.write("package_{n}/__init__.py", "")
        self.write("package_{n}/base.py", SHAPE)
        self.write("package_{n}/deep.py", "from .base import shape\n")
        self.write("package_{n}/rows.csv", "a\n1\n")
        self.pipeline()

    def write(self, name, content):
        path = self.project.root / "src" / name.format(n=self.n)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.format(n=self.n))

    def pipeline(self, old="", new=""):
        self.project.pipeline("gold", PIPELINE.format(n=self.n).replace(old, new))

    def hashes(self):
        return self.project.graph().code.hashes()


@pytest.fixture
def code(tmp_path, request):
    return Code(tmp_path, abs(hash(request.node.name)) % 10**9)


def changed(before, after):
    return {name.removeprefix("gold.") for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("file", "tables"),
    [
        ("helpers_{n}/used.py", {"one"}),
        ("helpers_{n}/other.py", {"two"}),
        ("package_{n}/base.py", {"two", "three"}),
        ("package_{n}/deep.py", {"three"}),
        ("package_{n}/__init__.py", {"two", "three"}),
        ("package_{n}/data/rows.json", {"one", "two", "three"}),  # any module may read it
        ("unrelated.py", set()),
    ],
)
def test_a_tables_hash_changes_with_what_its_functions_and_views_import(code, file, tables):
    before = code.hashes()
    code.write(file, SHAPE + "# changed\n")
    assert changed(before, code.hashes()) == tables


@pytest.mark.parametrize(
    ("old", "new", "tables"),
    [
        ("LIMIT = 3", "LIMIT = 4", {"one", "two", "three"}),  # a constant: any function may use it
        ("frame.limit(LIMIT)", "frame", {"one", "two", "three"}),  # a helper likewise
        ("spark.range(5)", "spark.range(6)", {"one"}),  # the view that it reads
        ("spark.range(2)", "spark.range(6)", {"two"}),
    ],
)
def test_a_tables_hash_changes_with_its_own_function(code, old, new, tables):
    before = code.hashes()
    code.pipeline(old, new)
    assert changed(before, code.hashes()) == tables


def test_a_tables_hash_changes_with_its_pipelines_configuration(code):
    before = code.hashes()
    code.project.pipeline("gold", PIPELINE.format(n=code.n), setting="x")
    assert changed(before, code.hashes()) == {"one", "two", "three"}


ASKING = """
AT_IMPORT = spark.conf.get("at_import")

def helper():
    return spark.conf.get("through_a_helper")

@dp.temporary_view
def seen():
    spark.conf.get("of_the_view")
    return spark.range(1)

@dp.materialized_view
def one():
    helper()
    spark.conf.get("of_one"), spark.conf.get("of_both", "")
    return spark.read.table("seen")

@dp.materialized_view
def two():
    spark.conf.get("of_both", "")
    return spark.range(2)

def snapshots(latest):
    spark.read.table("two").collect()
    return spark.range(1), 1

dp.create_streaming_table("three")
dp.create_auto_cdc_from_snapshot_flow(target="three", source=snapshots, keys=["id"], stored_as_scd_type=2)
"""
SETTINGS = ("at_import", "through_a_helper", "of_the_view", "of_one", "of_both", "of_nobody")


@pytest.mark.parametrize(
    ("setting", "tables"),
    [
        ("at_import", {"one", "two", "three"}),
        ("through_a_helper", {"one", "two", "three"}),  # it may keep the value for the next caller
        ("of_nobody", {"one", "two", "three"}),  # the engine's, maybe
        ("of_the_view", {"one", "three"}),
        ("of_one", {"one", "three"}),  # a snapshot function may ask for it later
        ("of_both", {"one", "two", "three"}),
    ],
)
def test_a_tables_hash_changes_with_the_settings_that_its_own_function_asks_for(code, setting, tables):
    values = dict.fromkeys(SETTINGS, "x")
    code.project.pipeline("gold", ASKING, **values)
    before = code.hashes()
    code.project.pipeline("gold", ASKING, **{**values, setting: "y"})
    assert changed(before, code.hashes()) == tables


SEEN = """
import functools
from helpers_{n} import used as aliased
from helpers_{n}.other import *

CONSTANT = shape(1)
FUNCTIONS = {{"f": lambda frame: aliased.shape(frame)}}

class Helper:
    def help(self, frame):
        return aliased.shape(frame)

@functools.cache
def cached():
    return aliased.shape(2)

@dp.materialized_view
def one():
    {body}
    return spark.range(1)

@dp.materialized_view
def two():
    return spark.range(2)
"""


@pytest.mark.parametrize(
    ("body", "file", "tables"),
    [
        ("pass", "helpers_{n}/other.py", {"one", "two"}),  # a star, and a constant that is made of it
        ("Helper().help(1)", "helpers_{n}/used.py", {"one", "two"}),  # classes and wrapped helpers: any may use them
        ("import package_{n}.base as b", "package_{n}/base.py", {"one", "two"}),  # star: other.py imports it as well
        ("from package_{n} import deep", "package_{n}/deep.py", {"one"}),
    ],
)
def test_what_a_function_sees_in_roundabout_ways_counts_too(code, body, file, tables):
    code.project.pipeline("gold", SEEN.format(n=code.n, body=body.format(n=code.n)))
    before = code.hashes()
    code.write(file, SHAPE + "# changed\n")
    assert changed(before, code.hashes()) == tables


@pytest.mark.parametrize("default", ["rate={0}", "*, rate={0}", "rate=Decimal({0})"])
def test_defaults_that_are_made_elsewhere_count(code, default):
    text = "from decimal import Decimal\n\n@dp.materialized_view\ndef one({default}):\n    return spark.range(1)\n"
    found = []
    for rate in (1, 2):
        code.project.pipeline("gold", text.format(default=default.format(rate)))
        found.append(code.hashes())
    assert found[0] != found[1]


def test_the_same_project_in_another_folder_is_the_same_code(code, tmp_path):
    code.write("package_{n}/data/rows.json", "[]")
    before = code.hashes()
    moved = tmp_path.with_name(f"{tmp_path.name} moved")
    shutil.copytree(tmp_path, moved)
    code.project.root = moved
    assert code.hashes() == before
