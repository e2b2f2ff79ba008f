"""Findings that are sentences: what a test fails with where it found some."""


def assert_nothing_is_missing(findings):
    """Fails with the sentences alone."""
    found = list(findings)
    assert not found, "\n".join(["", *found])


def the_sentence(findings):
    """The one thing that is found."""
    (sentence,) = findings
    return sentence
