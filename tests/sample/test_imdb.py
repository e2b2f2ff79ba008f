"""Sample files of IMDb: the same for the same seed, in IMDb's form, and as dirty as asked."""

import gzip
import json
from collections import Counter

import pytest

from sample.catalogue import Sample
from sample.imdb import HEADERS, PLANS, TRUTH, imdb_files, make_imdb


def made(folder, **asked):
    paths = make_imdb(folder, Sample(**{"dirt": frozenset(), **asked}))
    texts = [gzip.decompress(it.read_bytes()) if it.suffix == ".gz" else it.read_bytes() for it in paths]
    return dict(zip(HEADERS, (text.decode() for text in texts), strict=False))


def rows(text):
    return [line.split("\t") for line in text.splitlines()]


def test_the_same_seed_makes_the_same_files_and_truth(tmp_path):
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        made(tmp_path / name, seed=seed)
    files = [*imdb_files(Sample()), TRUTH]
    one, same, other = ([(tmp_path / name / file).read_bytes() for file in files] for name in ("one", "same", "other"))
    assert one == same
    assert all(mine != theirs for mine, theirs in zip(one, other, strict=True))


def test_the_files_have_the_form_of_imdbs(tmp_path):
    for feed, text in made(tmp_path).items():
        header, *lines = rows(text)
        assert tuple(header) == HEADERS[feed]
        assert {len(line) for line in lines} == {len(header)}
        assert "\r" not in text


def test_titles_are_meant_to_be_matched_ambiguous_and_unmatched(tmp_path):
    titles = {row[0]: row for row in rows(made(tmp_path)["title_basics"])[1:]}
    truth = json.loads((tmp_path / TRUTH).read_text())
    assert set(truth["verdicts"]) == {"matched", "ambiguous", "unmatched"}
    assert truth["titles"].keys() <= titles.keys()
    assert truth["ratings"].keys() <= truth["titles"].keys()
    assert set(truth["people_verdicts"]) >= {"matched", "ambiguous"}
    assert {"tvEpisode", "videoGame", "tvSeries"} <= {row[1] for row in titles.values()}
    assert sum(PLANS.values()) == 100


def test_there_are_as_many_titles_beside_the_catalogues_as_asked_and_none_without_any(tmp_path):
    few, more = (len(rows(made(tmp_path / str(n), imdb=n)["title_basics"])) for n in (10, 50))
    assert more == few + 40
    assert made(tmp_path / "none", imdb=0) == {}
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("kind", ["duplicates", "encodings", "invalid", "malformed"])
def test_each_kind_of_dirt_makes_a_difference(tmp_path, kind):
    dirty, clean = (made(tmp_path / name, dirt=frozenset(dirt)) for name, dirt in (("dirty", [kind]), ("clean", [])))
    assert dirty != clean


def test_repeats_are_of_titles_of_the_catalogue(tmp_path):
    ids = Counter(row[0] for row in rows(made(tmp_path, dirt=frozenset(["duplicates"]))["title_basics"]))
    assert set(ids.values()) == {1, 2}
