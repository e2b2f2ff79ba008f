"""Sample subscribers: the same for the same seed, and as dirty as asked."""

import pytest

from sample.catalogue import Sample
from sample.countries import NAMES_AND_REGIONS
from sample.making import make
from sample.playback import counted_in
from sample.subscribers import make_subscribers, people_of


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


def test_a_subscriber_lives_where_they_watch(tmp_path):
    sample = Sample(titles=30, subscribers=100, sessions=300)
    make(tmp_path, sample)
    with counted_in(tmp_path, sample) as duck:
        watched = dict(duck.execute("SELECT user_id, any_value(country) FROM plays GROUP BY 1").fetchall())
    lives = {person.user: person.country for person in people_of(sample)}
    both = lives.keys() & watched.keys()
    assert len({lives[user] for user in both}) > 3
    assert {user: lives[user] for user in both} == {user: NAMES_AND_REGIONS[watched[user]][0] for user in both}
