"""A check that passed isn't repeated for another lake; whatever it depends on makes it be repeated."""

import json
import shutil

import pytest
from pyspark.sql.types import StructType

from local_runtime.errors import LakehouseError
from local_runtime.graph.kept_schemas import KeptSchemas
from local_runtime.update import validation
from local_runtime.update.orchestration import run_update

CODE = """
@dp.materialized_view
def numbers():
    return spark.range(3).withColumn("word", F.lit({word}))

@dp.materialized_view(schema="id BIGINT, word {declared}")
@dp.expect("short", "{rule}")
def words():
    {function}
    return spark.read.table("numbers")
"""
AS_WRITTEN = {
    "word": "'x'",
    "declared": "STRING",
    "rule": "length(word) < 9",
    "function": "spark.conf.get('a.setting')",
}


class Cached:
    """A project whose checks are kept in a folder; each run fills a lake of its own."""

    def __init__(self, project, folder, analyzed):
        self.project, self.folder, self._analyzed = project, folder, analyzed

    def session_of_a_new_process(self):
        """The session's engine is asked for every schema, whatever other tests had it remember."""
        vars(self.project.session.client).pop("schema", None)

    @property
    def file(self):
        (path,) = self.folder.iterdir()
        return path

    def analyzed(self, setting="1", **changed):
        """The tables that a run analyzes."""
        self.project.pipeline("gold", CODE.format(**AS_WRITTEN | changed), **{"a.setting": setting})
        shutil.rmtree(self.project.lake.root, ignore_errors=True)
        self._analyzed.clear()
        self.session_of_a_new_process()
        graph = self.project.graph()
        kept = KeptSchemas(self.folder, "sail")
        with self.project.lake.locked():
            outcome = run_update(self.project.session, graph, self.project.lake, graph.pipelines, kept=kept)
        assert not outcome.failures
        return [name.removeprefix("gold.") for name in self._analyzed]


@pytest.fixture
def cached(project, tmp_path, monkeypatch):
    analyzed, analyze = [], validation._analyze

    def recorded(engine, dataset, *rest):
        analyzed.append(dataset.name)
        return analyze(engine, dataset, *rest)

    monkeypatch.setattr(validation, "_analyze", recorded)
    made = Cached(project, tmp_path / "cache", analyzed)
    yield made
    made.session_of_a_new_process()


def test_what_passed_for_one_lake_passes_for_another(cached):
    assert cached.analyzed() == ["numbers", "words"]
    assert cached.analyzed() == []
    assert cached.project.rows("gold.words") == [(0, "x"), (1, "x"), (2, "x")]


@pytest.mark.parametrize(
    ("changed", "analyzed"),
    [
        ({"word": "'y'"}, ["numbers"]),  # its columns are the same
        ({"word": "1", "declared": "INT"}, ["numbers", "words"]),
        ({"rule": "length(word) < 8"}, ["words"]),
        ({"function": "spark.conf.get('a.setting', '2')"}, ["words"]),
        ({"setting": "2"}, ["words"]),
    ],
    ids=["code", "type", "rule", "function", "setting"],
)
def test_what_has_changed_is_analyzed(cached, changed, analyzed):
    cached.analyzed()
    assert cached.analyzed(**changed) == analyzed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"declared": "INT"}, "word is string, declared int"),
        ({"word": "1"}, "word is int, declared string"),
        ({"rule": "length(missing) < 9"}, "missing"),
    ],
)
def test_what_was_right_before_it_changed_is_refused(cached, changed, said):
    cached.analyzed()
    with pytest.raises(LakehouseError, match=said):
        cached.analyzed(**changed)
    assert cached.project.lake.tables() == []


def test_with_another_version_of_a_package_everything_is_analyzed(cached, tmp_path, monkeypatch):
    cached.analyzed()
    (tmp_path / "packages" / "pysail-99.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    assert cached.analyzed() == ["numbers", "words"]


def test_with_other_code_of_the_runtime_everything_is_analyzed(cached, tmp_path, monkeypatch):
    cached.analyzed()
    (tmp_path / "local_runtime").mkdir()
    monkeypatch.setattr("local_runtime.graph.kept_schemas.ROOT", tmp_path)
    assert cached.analyzed() == ["numbers", "words"]


def test_another_engine_has_its_own(tmp_path):
    kept = KeptSchemas(tmp_path, "sail")
    kept.keep("key", StructType())
    kept.close()
    assert KeptSchemas(tmp_path, "sail").get("key") == StructType()
    assert KeptSchemas(tmp_path, "spark").get("key") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("string", "binary", 1),
        lambda text: json.dumps(["another stamp", *json.loads(text)[1:]]),
        lambda text: "[1, 2, 3]",
        lambda text: "{}",
    ],
    ids=["empty", "torn", "changed", "stamp", "numbers", "object"],
)
def test_a_damaged_file_counts_for_nothing_and_is_written_again(cached, damage):
    cached.analyzed()
    damaged = damage(cached.file.read_text())
    assert damaged != cached.file.read_text()
    cached.file.write_text(damaged)
    assert cached.analyzed() == ["numbers", "words"]
    assert cached.analyzed() == []


def test_a_folder_that_cant_be_written_keeps_nothing_and_stops_nothing(cached):
    cached.folder.write_text("a file in the folder's place")
    assert cached.analyzed() == ["numbers", "words"]
    assert cached.analyzed() == ["numbers", "words"]


def test_nothing_is_kept_of_what_is_asked_while_tables_are_written(tmp_path):
    """Functions of snapshots may define functions of SQL in the session."""
    kept = KeptSchemas(tmp_path, "sail")
    kept.close()
    kept.keep("key", StructType())
    assert kept.get("key") is None
    assert not [*tmp_path.iterdir()]


def test_what_was_used_longest_ago_is_forgotten_first(tmp_path, monkeypatch):
    monkeypatch.setattr("local_runtime.graph.kept_schemas.MOST_KEPT", 2)
    for keys in ("ab", "ac"):
        kept = KeptSchemas(tmp_path, "sail")
        for key in keys:
            if kept.get(key) is None:
                kept.keep(key, StructType())
        kept.close()
    kept = KeptSchemas(tmp_path, "sail")
    assert [key for key in "abc" if kept.get(key) is not None] == ["a", "c"]


def test_what_two_runs_keep_at_the_same_time_is_all_kept(tmp_path):
    first, second = KeptSchemas(tmp_path, "sail"), KeptSchemas(tmp_path, "sail")
    assert (first.get("a"), second.get("b")) == (None, None)
    first.keep("a", StructType())
    second.keep("b", StructType())
    first.close()
    second.close()
    kept = KeptSchemas(tmp_path, "sail")
    assert [kept.get("a"), kept.get("b")] == [StructType(), StructType()]
