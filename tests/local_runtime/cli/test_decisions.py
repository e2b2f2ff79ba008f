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


def test_an_unknown_path_is_answered_with_the_nearest_releases():
    with pytest.raises(LakehouseError, match=r"titles/b\.csv is no release .* nearest: titles/a\.csv, "):
        named_release("titles/b.csv", RELEASES)
    with pytest.raises(LakehouseError, match="none yet"):
        named_release("titles/b.csv", [])
