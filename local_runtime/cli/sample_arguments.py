"""The arguments of `./lakehouse sample`."""

import argparse
from collections.abc import Sequence
from functools import partial

from sample.dirt import DIRT, EVENT_DIRT, KEPT_DIRT


def _number(text: str, least: int = 0, most: int = 1_000_000_000) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number") from None
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most:,}")
    return number


_positive = partial(_number, least=1)


def add_sample(sample: argparse.ArgumentParser) -> None:
    """Adds how much of what a sample has, and how dirty it is."""
    sample.add_argument("--seed", type=int, default=7, help="the same seed makes the same files (default: %(default)s)")
    _add_catalogue(sample)
    _add_events(sample)
    sample.add_argument(
        "--subscribers", type=_number, default=2000, help="people who subscribe at some time (default: %(default)s)"
    )
    sample.add_argument(
        "--imdb",
        type=_number,
        default=200,
        help="titles at IMDb beside those of the catalogue, of eight principals each; 0: no files of IMDb "
        "(default: %(default)s)",
    )
    sample.add_argument(
        "--continue", action="store_true", dest="go_on", help="make the next day of the sample that is there"
    )


def _add_catalogue(sample: argparse.ArgumentParser) -> None:
    sample.add_argument(
        "--titles", type=_positive, default=600, help="titles in the first release (default: %(default)s)"
    )
    sample.add_argument(
        "--releases", type=partial(_positive, most=100), default=2, help="each a whole snapshot (default: %(default)s)"
    )
    _add_dirt(sample, "--dirt", "releases", DIRT, KEPT_DIRT)


def _add_events(sample: argparse.ArgumentParser) -> None:
    sample.add_argument(
        "--sessions",
        type=_number,
        default=400,
        help="viewing sessions, of about eight events each (default: %(default)s)",
    )
    sample.add_argument(
        "--days", type=partial(_positive, most=1000), default=7, help="over so many days (default: %(default)s)"
    )
    _add_dirt(sample, "--event-dirt", "events", EVENT_DIRT, EVENT_DIRT)


def _add_dirt(
    sample: argparse.ArgumentParser, option: str, what: str, kinds: Sequence[str], default: Sequence[str]
) -> None:
    others = ", ".join(kind for kind in kinds if kind not in default)
    every = "every kind" + (f" but {others}" if others else "")
    sample.add_argument(
        option,
        nargs="*",
        default=None,
        metavar="KIND",
        help=f"which dirt of {what} (default: {every}; none: {option} with no kind): {', '.join(kinds)}",
    )
