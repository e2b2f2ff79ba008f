"""Sample files of IMDb: the same for the same seed, in IMDb's form, and as dirty as asked."""

import gzip
import json
import re
from collections import Counter, defaultdict

import pytest

from sample.catalogue import Sample
from sample.imdb import HEADERS, IMDB_TRUTH, imdb_files, make_imdb
from sample.imdb_plans import PLANS


def made(folder, **asked):
    paths = make_imdb(folder, Sample(**{"dirt": frozenset(), **asked}))
    texts = [gzip.decompress(it.read_bytes()) if it.suffix == ".gz" else it.read_bytes() for it in paths]
    return dict(zip(HEADERS, (text.decode() for text in texts), strict=False))


def rows(text):
    return [line.split("\t") for line in text.splitlines()]


def test_the_same_seed_makes_the_same_files_and_truth(tmp_path):
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        made(tmp_path / name, seed=seed)
    files = [*imdb_files(Sample()), IMDB_TRUTH]
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
    truth = json.loads((tmp_path / IMDB_TRUTH).read_text())
    assert set(truth["verdicts"]) == {"matched", "ambiguous", "unmatched"}
    assert truth["titles"].keys() <= titles.keys()
    assert truth["ratings"].keys() <= truth["titles"].keys()
    assert set(truth["people_verdicts"]) >= {"matched", "ambiguous"}
    assert {"tvEpisode", "videoGame", "tvSeries"} <= {row[1] for row in titles.values()}
    assert sum(PLANS.values()) == 100


def comparable(title):
    """Lower case, without apostrophes, `&` as `and`, words of letters and digits with a space between them."""
    return " ".join(re.findall(r"\w+", title.lower().replace("'", "").replace("&", " and ")))


def verdicts(identities, basics):
    """The verdict on each title, derived from the rows alone."""
    at_imdb, in_catalogue = defaultdict(dict), defaultdict(list)
    types = {"tvSeries": "TV Show", "tvMiniSeries": "TV Show", "tvEpisode": None, "videoGame": None}
    for tconst, kind, primary, original, _, year, *_ in basics:
        for name in {comparable(primary), comparable(original)} if year != "\\N" else ():
            at_imdb[types.get(kind, "Movie"), name][tconst] = int(year)
    for identity in identities:
        kind, title, year, _ = identity.split("|")
        in_catalogue[kind, comparable(title)].append((identity, int(year)))
    for key, titles in in_catalogue.items():
        fits = {}
        for identity, own in titles:
            apart = {tconst: abs(year - own) for tconst, year in at_imdb[key].items()}
            nearest = min(apart.values(), default=2)
            fits[identity] = [(tconst, nearest) for tconst in apart if apart[tconst] == nearest < 2]
        taken = Counter(candidate for candidates in fits.values() for candidate in candidates)
        for identity, candidates in fits.items():
            # The exact year of one title stands before the nearby one of another.
            if not candidates or (len(candidates) == 1 and candidates[0][1] and taken[candidates[0][0], 0]):
                yield identity, "unmatched"
            else:
                yield identity, "matched" if [taken[it] for it in candidates] == [1] else "ambiguous"


@pytest.mark.parametrize("titles", [600, 3000])
def test_the_truth_is_what_the_rows_say_however_many_titles_have_one_name(tmp_path, titles):
    basics = rows(made(tmp_path, titles=titles)["title_basics"])[1:]
    truth = json.loads((tmp_path / IMDB_TRUTH).read_text())["title_verdicts"]
    assert dict(verdicts(truth, basics)) == truth
    assert Counter(truth.values())["matched"] > len(truth) / 3


def test_what_is_not_the_title_is_rated_and_credited_too(tmp_path):
    files = {feed: rows(text)[1:] for feed, text in made(tmp_path, imdb=1).items()}
    matched = json.loads((tmp_path / IMDB_TRUTH).read_text())["titles"]
    kinds = {row[0]: row[1] for row in files["title_basics"]}
    for feed in ("title_ratings", "title_principals"):
        others = {row[0] for row in files[feed]} - matched.keys()
        assert {"movie", "tvSeries", "tvEpisode", "videoGame"} <= {kinds[tconst] for tconst in others}


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
