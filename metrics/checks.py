"""What must be true of the definitions together: references that exist, claims that hold."""

from collections.abc import Iterator

from metrics.marked_yaml import Place
from metrics.registry import Registry

Problem = tuple[Place, str]


def problems(registry: Registry) -> Iterator[Problem]:
    """What is wrong: where, and a sentence that says what to do."""
    return iter(())
