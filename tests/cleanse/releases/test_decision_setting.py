"""The setting with decisions about releases: of which feeds it may name releases."""

import pytest

from bronze.feeds import SUBSCRIBERS_FEED, TITLES_FEED
from cleanse.releases.decisions import decisions_about, release_decisions


def test_release_decisions_refuses_a_path_in_no_feed_with_verdicts():
    for path in ("titles", "imdb/x.tsv", "x.csv"):
        with pytest.raises(ValueError, match=f"names {path}: only releases below titles/ or subscribers/"):
            release_decisions(f'{{"{path}": "accept"}}')


def test_decisions_about_a_feed_are_those_below_its_folder():
    decisions = release_decisions('{"titles/a.csv": "accept", "subscribers/b/c.csv": "reject"}')
    assert decisions_about(TITLES_FEED, decisions) == {"titles/a.csv": "accept"}
    assert decisions_about(SUBSCRIBERS_FEED, decisions) == {"subscribers/b/c.csv": "reject"}
