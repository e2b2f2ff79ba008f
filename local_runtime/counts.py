"""Counts in sentences."""


def counted(number: int, noun: str) -> str:
    """A count with its noun, in the singular for one: `1 row`, `2,000 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def is_or_are(number: int) -> str:
    """The verb of a sentence about a count."""
    return "is" if number == 1 else "are"


def was_or_were(number: int) -> str:
    """The same verb in the past."""
    return "was" if number == 1 else "were"
