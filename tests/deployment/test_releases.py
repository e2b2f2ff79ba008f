"""Decisions about releases that the pipeline would refuse are found before they are deployed."""

import pytest

from bronze.feeds import FEEDS
from deployment.releases import FOLDERS
from tests.deployment.mistakes import Mistakes, config, findings, prod

mistake = Mistakes()


def test_decisions_of_both_kinds_are_fine():
    bundle = config()
    prod(bundle)["variables"]["release_decisions"] = '{"titles/a.csv": "accept", "titles/b.csv": "reject"}'
    assert findings(bundle) == []


@mistake("prod: the variable release_decisions is \"{'titles/a.csv': 'accept'}\", which is not JSON; write '{")
def quotes_of_python(bundle):
    prod(bundle)["variables"]["release_decisions"] = "{'titles/a.csv': 'accept'}"


@mistake("prod: the variable release_decisions is '[\"titles/a.csv\"]', which is not a JSON object")
def a_list_of_releases(bundle):
    prod(bundle)["variables"]["release_decisions"] = '["titles/a.csv"]'


@mistake("prod: the variable release_decisions says 'accepted' of titles/a.csv; write accept or reject.")
def another_word(bundle):
    prod(bundle)["variables"]["release_decisions"] = '{"titles/a.csv": "accepted"}'


@mistake("prod: the variable release_decisions names titles/a.csv more than once; leave one decision about it.")
def two_decisions_about_a_release(bundle):
    prod(bundle)["variables"]["release_decisions"] = '{"titles/a.csv": "accept", "titles/a.csv": "reject"}'


@mistake("prod: the variable release_decisions names playback/a.json, which is no release in titles/ or subscribers/;")
def a_file_of_events(bundle):
    prod(bundle)["variables"]["release_decisions"] = '{"playback/a.json": "accept", "titles/a.csv": "reject"}'


def test_decisions_are_about_the_feeds_that_have_verdicts():
    assert tuple(feed.folder for feed in FEEDS if feed.has_releases) == FOLDERS


@pytest.mark.parametrize(("put_back", "finding"), mistake.all)
def test_a_decision_that_the_pipeline_would_refuse_is_found(put_back, finding):
    bundle = config()
    put_back(bundle)
    assert any(finding in str(found) for found in findings(bundle))
