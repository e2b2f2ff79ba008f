"""Which release a path names."""

import pytest

from local_runtime.cli.decisions import named_release
from local_runtime.errors import LakehouseError

RELEASES = ["titles/a.csv", "titles/titles/a.csv", "titles/parts/job", "titles/day/x.csv", "titles/day/y.csv"]


@pytest.mark.parametrize(
    ("path", "release"),
    [
        ("titles/a.csv", "titles/a.csv"),
        ("/in/titles/titles/a.csv", "titles/titles/a.csv"),
        ("/in/titles/parts", "titles/parts/job"),
        ("/in/titles/parts/", "titles/parts/job"),
        ("/in/titles/parts/part-00001-job.csv", "titles/parts/job"),
        ("in/titles/day/y.csv", "titles/day/y.csv"),
    ],
)
def test_a_path_as_shown_a_file_a_part_file_and_a_folder_name_their_release(path, release):
    assert named_release(path, RELEASES) == release


def test_a_folder_of_several_releases_names_none():
    with pytest.raises(LakehouseError, match=r"holds several releases: titles/day/x\.csv, titles/day/y\.csv"):
        named_release("titles/day", RELEASES)


@pytest.mark.parametrize(
    ("path", "releases"),
    [
        ("titles/parts/part-00002.csv", ["titles/parts", "titles/parts of 2026-11-29 10:00:00"]),
        ("titles/parts/part-00002-job.csv", ["titles/parts/job", "titles/parts/job of 2026-11-29 10:00:00"]),
        ("/in/titles/parts", ["titles/parts", "titles/parts of 2026-11-29 10:00:00"]),
    ],
)
def test_a_part_file_does_not_say_whether_the_first_or_the_late_ones_are_meant(path, releases):
    with pytest.raises(LakehouseError, match=f"holds several releases: {', '.join(releases)}"):
        named_release(path, releases)
    assert [named_release(release, releases) for release in releases] == releases


def test_a_part_file_names_no_other_release_of_its_folder():
    with pytest.raises(LakehouseError, match="is not a release"):
        named_release("titles/day/part-00009-job.csv", ["titles/day/x.csv"])


def test_an_unknown_path_is_answered_with_the_nearest_releases():
    with pytest.raises(LakehouseError, match=r"titles/b\.csv is not a release .* nearest: titles/a\.csv, "):
        named_release("titles/b.csv", RELEASES)
    with pytest.raises(LakehouseError, match="none yet"):
        named_release("titles/b.csv", [])
