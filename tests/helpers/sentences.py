"""Findings that are sentences: what a test fails with if there are any."""

from collections.abc import Iterable

import pytest


def assert_nothing_is_missing(findings: Iterable[str]) -> None:
    """Fails with the sentences, and nothing else."""
    if found := list(findings):
        pytest.fail("\n".join(found), pytrace=False)


def the_sentence(findings: Iterable[str]) -> str:
    """The only finding."""
    (sentence,) = findings
    return sentence
