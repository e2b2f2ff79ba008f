"""Sample subscribers: the same for the same seed, and as dirty as asked."""

import pytest

from sample.catalogue import Sample
from sample.subscribers import make_subscribers


def made(folder, **asked):
    return [path.read_text() for path in make_subscribers(folder, Sample(**asked))]


def test_the_same_seed_makes_the_same_snapshots(tmp_path):
    assert made(tmp_path / "one", seed=3) == made(tmp_path / "same", seed=3) != made(tmp_path / "other", seed=4)


def test_there_is_a_snapshot_with_each_release_and_none_without_subscribers(tmp_path):
    assert len(made(tmp_path / "three", releases=3)) == 3
    assert made(tmp_path / "none", subscribers=0) == []
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("kind", ["white_space", "dates", "duplicates", "headers", "invalid"])
def test_each_kind_of_dirt_makes_a_difference(tmp_path, kind):
    dirty, clean = ({"subscribers": 300, "dirt": frozenset(dirt)} for dirt in ([kind], []))
    assert made(tmp_path / "dirty", **dirty) != made(tmp_path / "clean", **clean)
