import csv
import io

import pytest

from sample.catalogue import HEADER, Sample, make_sample, releases
from sample.dirt import DIRT


def test_the_same_seed_makes_the_same_bytes(tmp_path):
    one = [path.read_bytes() for path in make_sample(tmp_path / "1", Sample(seed=3))]
    other = [path.read_bytes() for path in make_sample(tmp_path / "2", Sample(seed=3))]
    assert one == other != [path.read_bytes() for path in make_sample(tmp_path / "3", Sample(seed=4))]


def test_releases_are_as_large_as_asked_and_come_one_after_the_other(tmp_path):
    paths = make_sample(tmp_path, Sample(titles=50, releases=3))
    assert [path.stat().st_mtime for path in paths] == sorted({path.stat().st_mtime for path in paths})
    rows = list(csv.DictReader(io.StringIO(next(releases(Sample(titles=50, dirt=frozenset()))).decode())))
    assert len(rows) == 50
    assert set(rows[0]) == set(HEADER)


@pytest.mark.parametrize("kind", DIRT)
def test_each_kind_of_dirt_makes_a_difference(tmp_path, kind):
    def made(dirt):
        paths = make_sample(tmp_path / str(len(dirt)), Sample(titles=200, dirt=frozenset(dirt)))
        return [path.read_bytes() for path in paths]

    assert made([kind]) != made([])
