"""A lake, or a landing folder, may be in a folder named `column=value`, which is no column of what is in it."""

import json

import pytest

from tests.helpers.project import Project
from tests.local_runtime.update.test_as_staged import READER

CODE = """
@dp.table(name="events")
def flow():
    return events("country STRING, _corrupt_record STRING").select("*", F.col("_metadata.file_name").alias("file"))

@dp.table(name="rows")
def rows():
    return read_csv("rows").select("country", "n")

@dp.table(name="computed")
def computed():
    return read_csv("rows").select("country", F.upper("n").alias("n"))

@dp.table(name="lines")
def lines():
    return spark.readStream.format("cloudFiles").option("cloudFiles.format", "text").schema("value STRING").load(FOLDER)
"""


@pytest.fixture(params=["country=DE", "l=5/c0=7"])
def project(request, tmp_path, sail):
    place = tmp_path / request.param
    place.mkdir(parents=True)
    return Project(place, sail)


def test_values_are_those_of_the_files(project):
    project.pipeline("bronze", READER + CODE)
    lines = ['{"country":"FR"}', '{"country":"IT","x":1}', "{"]
    project.land("events/1.json", "\n".join(lines))
    project.land("rows/1.csv", "country,n\nFR,1\n")
    project.run()
    rows = project.rows("bronze.events", "country", "_corrupt_record", "_rescued_data")
    assert {row[:2] for row in rows} == {(None, "{"), ("FR", None), ("IT", None)}
    assert [json.loads(rescued)["x"] for *_, rescued in rows if rescued] == ["1"]
    for table in ("rows", "computed"):
        assert project.rows(f"bronze.{table}", "country", "n") == [("FR", "1")]
    assert {*project.rows("bronze.lines", "value")} == {(line,) for line in lines}
