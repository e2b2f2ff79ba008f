"""Which release a file belongs to: whatever the names of folders and files, and for all part files of one job."""

from pathlib import Path
from urllib.parse import quote

import pytest
from pyspark.sql import functions as F

from bronze.releases import release_of
from tests.helpers.frames import assert_same_rows

JOB, OTHER_JOB = "9d3a4d0e-0f4b-4c55-8f43-5a3d2f0f2021", "20210925-1234-4c55-8f43-5a3d2f0f2021"


def assert_releases(spark, rows, landing, folder="titles"):
    expected = spark.createDataFrame(rows, "url STRING, release STRING")
    assert_same_rows(expected.select("url", release_of(F.col("url"), landing, folder).alias("release")), expected)


def test_a_release_is_the_decoded_path_below_landing(spark):
    rows = [
        ("file:///home/me/landing/titles/a%20b%23%2Bc+d%E2%82%AC%F0%9F%98%80.csv", "titles/a b#+c+d€😀.csv"),
        ("file:///home/me/landing/titles/date=2021-09-25/x%2520y.csv", "titles/date=2021-09-25/x%20y.csv"),
        ("file:///home/me/landing/titles/home/me/landing/titles/x.csv", "titles/home/me/landing/titles/x.csv"),
        ("file:///home/me/landing/titles/line%0A", "titles/line\n"),
        (None, None),
    ]
    assert_releases(spark, rows, "/home/me/landing")


@pytest.mark.parametrize("scheme", ["dbfs:", "", "file://"])
def test_volumes_are_found_with_and_without_a_scheme(spark, scheme):
    rows = [(f"{scheme}/Volumes/main/bronze/landing/imdb/title_basics/a/x.tsv", "imdb/title_basics/a/x.tsv")]
    assert_releases(spark, rows, "/Volumes/main/bronze/landing", "imdb/title_basics")


@pytest.mark.parametrize(
    "landing",
    [
        "/a b#c/%20/+/l",
        "/titles/titles",
        "/data (1)/[x].*$^|\\d{2}",
        '/o\'neil/"quoted"/l',
        "/größe/ナイト😀/e\u0301",
        "/titles/",
        "/",
        "/a/../b//c/./d",
        "landing",
        "./titles/../landing",
    ],
)
def test_the_landing_folder_may_have_any_name(spark, landing):
    """As the local runtime names files: by the absolute path, in which `..` stays."""
    url = (Path(landing, "titles").absolute() / "titles" / "ü 1.csv").as_uri()
    assert_releases(spark, [(url, "titles/titles/ü 1.csv")], landing)


def test_a_relative_landing_folder_is_that_of_the_working_folder(spark, tmp_path, monkeypatch):
    folder = tmp_path / "landing" / "titles"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert_releases(spark, [((folder / "landing" / "titles" / "x.csv").as_uri(), "titles/x.csv")], "landing")


def test_a_file_that_is_not_below_the_folder_keeps_its_path(spark):
    rows = [
        ("s3://bucket/elsewhere/a%20b.csv", "s3://bucket/elsewhere/a b.csv"),
        ("file:///l/titles_old/100%zz.csv", "file:///l/titles_old/100%zz.csv"),
    ]
    assert_releases(spark, rows, "/l")


@pytest.mark.parametrize(
    ("name", "job"),
    [
        (f"part-00000-{JOB}-c000.snappy.csv", JOB),
        (f"part-00012-{JOB}-c001.csv.gz", JOB),
        (f"part-00012-{JOB}_00003.c000.csv", JOB),
        (f"part-00000-tid-8327529137837463842-{JOB}-12-1-c000.csv", JOB),
        (f"part-00001-tid-8327529137837463842-{JOB}-13-2-c000.csv", JOB),
        (f"part-r-00000-{JOB}.gz.csv", JOB),
        ("part-00000-x.csv", "x"),
        ("part-00001-x.csv.gz", "x"),
        ("part-00001_x-c002.csv", "x"),
        ("part-00007-2021-09-25.csv", "2021-09-25"),
        ("part-00007-a.7z", "a.7z"),
        ("part-r-00000", None),
        ("part-m-00003.gz", None),
        ("part-00000", None),
        ("part-00000.csv.bz2", None),
        ("part-00000-c000.csv", None),
    ],
)
def test_part_files_are_of_the_release_of_their_job(spark, name, job):
    below, above = f"titles/netflix {JOB}", "titles"
    rows = [
        (f"file:///l/{folder}/{name}".replace(" ", "%20"), f"{folder}/{job}" if job else folder)
        for folder in (below, above)
    ]
    assert_releases(spark, rows, "/l")


@pytest.mark.parametrize(
    "name",
    [
        "part-2021-09-25.csv",
        "part-20210925.csv",
        "part-202109.csv",
        "part-1.csv",
        "part-00000 (1).csv",
        "part-00000x.csv",
        "my-part-00000-x.csv",
        "part-00000-x.csv/y.csv",
        "apart-00000",
        f"{JOB}.csv",
    ],
)
def test_other_files_are_releases_of_their_own(spark, name):
    assert_releases(spark, [(f"file:///l/titles/a/{name}".replace(" ", "%20"), f"titles/a/{name}")], "/l")


def test_two_jobs_in_one_folder_are_two_releases(spark):
    rows = [
        (f"file:///l/titles/a/part-{number:05}-{job}-c000.csv", f"titles/a/{job}")
        for job in (JOB, OTHER_JOB)
        for number in range(2)
    ]
    assert_releases(spark, rows, "/l")


def test_a_release_of_usual_length_is_its_path(spark):
    name = f"titles/{'größe ' * 5}/date=2021-09-25/netflix titles (1).csv"
    assert_releases(spark, [(f"file:///l/{quote(name)}", name)], "/l")
