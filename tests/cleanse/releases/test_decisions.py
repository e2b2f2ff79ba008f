"""Decisions about releases, as they are written in the configuration."""

import pytest

from bronze.feeds import SUBSCRIBERS_FEED, TITLES_FEED
from cleanse.releases.decisions import SETTING, decisions_about, release_decisions


@pytest.mark.parametrize("text", [None, "", " \n", "{}", " { } "])
def test_release_decisions_are_none_by_default(text):
    assert release_decisions(text) == {}


def test_release_decisions_are_those_of_the_object():
    text = '{"titles/date=2021-09-25/größe (1).csv": "accept", "subscribers/x.csv": "reject"}'
    assert release_decisions(text) == {
        "titles/date=2021-09-25/größe (1).csv": "accept",
        "subscribers/x.csv": "reject",
    }


def test_files_of_events_that_were_accepted_are_no_decisions_about_releases():
    text = '{"playback/x.json": "accept", "playback_csv/a/x.csv": "accept", "titles/x.csv": "reject"}'
    decisions = release_decisions(text)
    assert decisions_about(TITLES_FEED, decisions) == {"titles/x.csv": "reject"}
    assert decisions_about(SUBSCRIBERS_FEED, decisions) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titles/a.csv: accept", "is not JSON: Expecting value: line 1 column 1"),
        ('{"titles/a.csv": "accept"', "is not JSON: Expecting ',' delimiter: line 1 column 26"),
        ("{'a': 'accept'}", "is not JSON: Expecting property name"),
        ("[]", 'has to be a JSON object, {"titles/x.csv": "accept"}.'),
        ('["titles/a.csv"]', "has to be a JSON object"),
        ('"accept"', "has to be a JSON object"),
        ("null", "has to be a JSON object"),
        ("7", "has to be a JSON object"),
        ('{"titles/a.csv": "accepted"}', "says 'accepted' of titles/a.csv: write accept or reject."),
        ('{"titles/a.csv": "ACCEPT"}', "says 'ACCEPT' of titles/a.csv: write accept or reject."),
        ('{"titles/a.csv": true}', "says True of titles/a.csv: write accept or reject."),
        ('{"titles/a.csv": null}', "says None of titles/a.csv: write accept or reject."),
        ('{"titles/a.csv": ["accept"]}', "says ['accept'] of titles/a.csv: write accept or reject."),
        ('{"titles": {"a.csv": "accept"}}', "says {'a.csv': 'accept'} of titles: write accept or reject."),
        (
            '{"b": "accept", "a": "accept", "b": "reject", "a": "accept", "c": "accept"}',
            "names a, b more than once: leave one decision about it.",
        ),
    ],
)
def test_release_decisions_name_what_is_wrong(text, message):
    with pytest.raises(ValueError) as error:
        release_decisions(text)
    assert f"{SETTING} {message}" in str(error.value)


def test_release_decisions_refuses_a_path_below_no_folder_of_decided_files():
    for path in ("titles", "x.csv", "imdb/title_basics/x.tsv"):
        with pytest.raises(ValueError, match=f"names {path}, which is below none of these landing folders: titles/"):
            release_decisions(f'{{"{path}": "accept"}}')


def test_decisions_about_a_feed_are_those_below_its_folder():
    decisions = release_decisions('{"titles/a.csv": "accept", "subscribers/b/c.csv": "reject"}')
    assert decisions_about(TITLES_FEED, decisions) == {"titles/a.csv": "accept"}
    assert decisions_about(SUBSCRIBERS_FEED, decisions) == {"subscribers/b/c.csv": "reject"}
