"""A flow goes on from progress that is its own: of the same kind, sources, folder, keys and history."""

import re

import pytest

from local_runtime.errors import CorruptTableError
from local_runtime.inspection.status import inspect
from local_runtime.state.progress import progress_of

BRONZE = """
@dp.table
def events():
    hints = {"cloudFiles.schemaHints": "id STRING, name STRING, seq INT"}
    return read_csv("events", **hints).select("id", "name", "seq")
"""


def land(project, number):
    project.land(f"events/{number}.csv", f"id,name,seq\nk{number},n{number},{number}\n")


ONE_AND_TWO = """
@dp.table
def one():
    return read_csv("one").select("id", "_rescued_data")

@dp.table
def two():
    return read_csv("two").select("id", "_rescued_data")
"""


@pytest.fixture
def two_tables(project):
    project.pipeline("bronze", ONE_AND_TWO)
    project.land("one/1.csv", "id\na\n")
    project.land("two/1.csv", "id\na\n")
    return project


def reads(project, body):
    project.pipeline("silver", f"@dp.table\ndef t():\n    return {body}")


TABLE_ONE, TABLE_TWO = 'spark.readStream.table("bronze.one")', 'spark.readStream.table("bronze.two")'
JOIN = f'{TABLE_ONE}.join(spark.read.table("bronze.two").select("id"), "id")'
SWAPPED = 'spark.read.table("bronze.one").select("id").join(spark.readStream.table("bronze.two"), "id")'
FILES = 'read_csv("one").select("id", "_rescued_data")'


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (JOIN, SWAPPED, "read bronze.one as a stream and reads bronze.two now"),
        (TABLE_ONE, TABLE_TWO, "read bronze.one as a stream and reads bronze.two now"),
        (TABLE_ONE, f"{TABLE_ONE}.union({TABLE_TWO})", "and reads bronze.one, bronze.two now"),
        (f"{TABLE_ONE}.union({TABLE_TWO})", TABLE_ONE, "and reads bronze.one now"),
        (FILES, TABLE_ONE, "read none as a stream and reads bronze.one now"),
        (TABLE_ONE, FILES, "read bronze.one as a stream and reads none now"),
        (FILES, FILES.replace('"one"', '"two"'), r"read files of ${lakehouse.landing}/one"),
        (f"{TABLE_ONE}.union({FILES})", TABLE_ONE, "and reads files of none now"),
    ],
)
def test_107_a_flow_that_streams_other_sources_does_not_go_on_from_what_it_took_in(two_tables, before, after, said):
    reads(two_tables, before)
    two_tables.run()
    versions = two_tables.versions("silver.t")
    reads(two_tables, after)
    two_tables.land("two/2.csv", "id\na\n")
    failure = two_tables.update().failures["silver.t"]
    assert said in failure
    assert two_tables.rebuild("silver.t") in failure
    assert two_tables.versions("silver.t") == versions
    reads(two_tables, before)
    two_tables.run()
    reads(two_tables, after)
    two_tables.run("silver.t")
    two_tables.run()


def test_a_lake_of_an_older_version_is_told_to_be_built_again(two_tables):
    reads(two_tables, JOIN)
    two_tables.run()
    entry = two_tables.lake.log("silver.t").folder / f"{0:020}.json"
    entry.write_text(entry.read_text().replace(r",\"folder\":[]", ""))
    command = r"`\./lakehouse run --landing \S+ --lake NEW"
    sentence = rf"The lake {two_tables.lake.root} was written by version 0\.1 or 0\.2 .* {command}"
    with pytest.raises(CorruptTableError, match=sentence):
        two_tables.update()
    assert any(re.match(sentence, problem) for problem in inspect(two_tables.lake).problems)


def test_a_table_of_version_0_1_is_told_to_be_built_again(two_tables):
    """Its progress was in the userMetadata of each commit."""
    reads(two_tables, TABLE_ONE)
    two_tables.run()
    entry = two_tables.lake.log("silver.t").folder / f"{0:020}.json"
    text = entry.read_text().replace("lakehouse.progress", "other.property")
    entry.write_text(text.replace('{"commitInfo":{', r'{"commitInfo":{"userMetadata":"{\"flow\":\"t\"}",', 1))
    assert "was written by version 0.1 or 0.2" in two_tables.update().failures["silver.t"]


def test_107_what_is_read_beside_a_stream_may_change(two_tables):
    reads(two_tables, TABLE_ONE)
    two_tables.run()
    reads(two_tables, JOIN)
    two_tables.land("one/2.csv", "id\na\n")
    two_tables.run()
    assert len(two_tables.rows("silver.t")) == 2


def test_107_a_landing_folder_that_moved_is_the_same_source(two_tables):
    reads(two_tables, FILES)
    two_tables.run()
    two_tables.landing.rename(two_tables.root / "elsewhere")
    two_tables.landing = two_tables.root / "elsewhere"
    two_tables.land("one/2.csv", "id\nb\n")
    assert {r.dataset: r.rows_in for r in two_tables.run().results}["silver.t"] == 1


def test_107_a_folder_that_the_code_names_is_known_by_its_place(project):
    code = """
    from pathlib import Path

    @dp.table
    def t():
        options = {"cloudFiles.format": "csv", "header": "true", "multiLine": "true", "escape": '"'}
        reader = spark.readStream.format("cloudFiles").options(**options)
        return reader.load(str(Path(__file__).parents[1] / "FOLDER")).select("id")
    """
    project.pipeline("bronze", code.replace("FOLDER", "data"))
    for folder in ("data", "other"):
        (project.root / "src" / folder).mkdir()
        (project.root / "src" / folder / "1.csv").write_text("id\na\n")
    project.run()
    project.run()
    project.pipeline("bronze", code.replace("FOLDER", "other"))
    assert "reads files of" in project.update().failures["bronze.t"]


CDC = """
dp.create_streaming_table("t")
dp.create_auto_cdc_flow(target="t", source="bronze.events", keys=["id"], sequence_by="seq", stored_as_scd_type=2)
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("stored_as_scd_type=2", "stored_as_scd_type=1", "kept SCD 2 by id and keeps SCD 1 by id now"),
        ('keys=["id"]', 'keys=["id", "name"]', "keeps SCD 2 by id, name now"),
        ('source="bronze.events"', 'source="bronze.more"', "read bronze.events as a stream and reads bronze.more now"),
    ],
)
def test_107_auto_cdc_that_keeps_other_history_does_not_go_on(project, old, new, said):
    project.pipeline("bronze", BRONZE + BRONZE.replace("def events", "def more"))
    project.pipeline("silver", CDC)
    land(project, 1)
    project.run()
    project.pipeline("silver", CDC.replace(old, new))
    land(project, 2)
    assert said in project.update().failures["silver.t"]
    project.run("silver.t")
    assert len(project.rows("silver.t")) == 2


VIEW = "@dp.materialized_view\ndef t():\n    return spark.read.table('bronze.events')"
FLOWS = """
dp.create_streaming_table("t")

@dp.append_flow(target="t")
def {}():
    return spark.readStream.table("bronze.events")
"""


def test_107_a_table_that_was_of_another_kind_between_starts_anew(project):
    """Without rows no position of one kind may outlive the other: a view that comes back is built again."""
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", VIEW)
    project.folders("events")
    project.run()
    project.pipeline("silver", FLOWS.format("a"))
    project.run()
    project.pipeline("silver", VIEW)
    project.run()
    assert list(progress_of(project.lake.log("silver.t")).flows) == ["t"]
    land(project, 1)
    project.run()
    project.pipeline("silver", FLOWS.format("a"))
    assert project.rebuild("silver.t") in project.update().failures["silver.t"]


def test_107_rows_of_an_append_flow_that_is_gone_stay_and_it_can_come_back(project):
    project.pipeline("bronze", BRONZE)
    both = FLOWS.format("a") + FLOWS.format("b").partition("\n\n")[2]
    project.pipeline("silver", both)
    land(project, 1)
    project.run()
    project.pipeline("silver", FLOWS.format("a"))
    land(project, 2)
    project.run()
    assert len(project.rows("silver.t")) == 3
    project.pipeline("silver", both)
    project.run()
    assert len(project.rows("silver.t")) == 4
