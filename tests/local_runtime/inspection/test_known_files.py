"""Which file or release a person means, and which file a row is of."""

import pytest

from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.known_files import files_of, folder_below_landing, named, path_of

KNOWN = ["titles/a.csv", "titles/titles/a.csv", "titles/day/x.csv", "events/day/x.csv", "events/…0123456789abcdef.csv"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("titles/a.csv", "titles/a.csv"),
        ("/in/titles/titles/a.csv", "titles/titles/a.csv"),
        ("titles/day/x.csv", "titles/day/x.csv"),
        ("in/events/day/x.csv", "events/day/x.csv"),
        ("…0123456789abcdef.csv", "events/…0123456789abcdef.csv"),
    ],
)
def test_a_path_below_landing_a_file_and_an_end_of_a_path_name_a_file(tmp_path, text, name):
    assert named(Lake(tmp_path), text, KNOWN) == name


def test_what_may_be_several_files_or_none_is_answered_with_names(tmp_path):
    lake = Lake(tmp_path / "lake")
    with pytest.raises(LakehouseError, match=r"x\.csv may be events/day/x\.csv, titles/day/x\.csv\. Name one"):
        named(lake, "x.csv", KNOWN)
    with pytest.raises(LakehouseError, match=r"titles/b\.csv is no file .* The nearest: titles/a\.csv, "):
        named(lake, "titles/b.csv", KNOWN)
    with pytest.raises(LakehouseError, match="none yet"):
        named(lake, "titles/b.csv", [])
    (new := tmp_path / "new.csv").touch()
    with pytest.raises(LakehouseError, match=rf"No run has looked at {new} yet.*: \./lakehouse run"):
        named(lake, str(new), KNOWN)


@pytest.mark.parametrize(
    ("source_file", "path"),
    [
        ("file:///in/titles/a.csv", "titles/a.csv"),
        ("dbfs:/Volumes/x/titles/titles/a.csv", "titles/titles/a.csv"),
        ("file:///in/titles/a%20b.csv", "titles/a b.csv"),
        ("file:///in/titles/a%2520b.csv", "titles/a%20b.csv"),
        ("events/…0123456789abcdef.csv", "events/…0123456789abcdef.csv"),
        ("file:///in/other/a.csv", "file:///in/other/a.csv"),
    ],
)
def test_a_row_is_of_the_file_that_its_url_or_its_path_names(source_file, path):
    assert path_of(source_file, [*KNOWN, "titles/a b.csv", "titles/a%20b.csv"]) == path


@pytest.mark.parametrize(
    ("release", "files"),
    [
        ("t/x.csv", ["t/x.csv"]),
        ("t/parts", ["t/parts/part-00001.csv", "t/parts/part-00002.csv"]),
        ("t/parts of 2026-11-29 10:00:00", ["t/parts/part-00001.csv", "t/parts/part-00002.csv"]),
        ("t/jobs/7c", ["t/jobs/part-00001-7c.csv"]),
        ("t/jobs/8", []),
    ],
)
def test_a_release_is_its_file_or_the_part_files_of_its_folder_and_job(release, files):
    parts = ["t/parts/part-00001.csv", "t/parts/part-00002.csv", "t/jobs/part-00001-7c.csv", "t/jobs/part-00001-9.csv"]
    assert files_of(release, ["t/x.csv", "t/parts/notes.csv", *parts]) == files


def test_files_lie_in_their_sources_folder_below_landing():
    assert folder_below_landing(("${lakehouse.landing}/events", "/in/events", "./in/events")) == "events/"
    assert folder_below_landing(("/in/events",)) == ""
