"""`./lakehouse token`: who may ask `./lakehouse serve` from other machines."""

import argparse
import re
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from local_runtime.errors import UsageError
from local_runtime.root import ROOT
from serving.access.tokens import DAYS, OVERLAP_HOURS, SCOPES, add, read, revoke, rotate

FILE = ROOT / ".secrets" / "serving-tokens.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MOST_DAYS = 3660


def add_token(token: argparse.ArgumentParser) -> None:
    """Adds the options of `token`."""
    token.add_argument("action", choices=("add", "rotate", "revoke", "list"))
    token.add_argument("name", nargs="?", metavar="NAME", type=_name, help="who or what has the token")
    token.add_argument("--file", type=Path, default=FILE, help="the file of tokens (default: %(default)s)")
    scopes = ",".join(SCOPES)
    token.add_argument(
        "--scopes", type=_scopes, default=SCOPES, help=f"add: what it opens, by comma (default: {scopes})"
    )
    token.add_argument("--days", type=_days, default=DAYS, help="add: when it ends (default: %(default)s days)")
    token.add_argument(
        "--overlap-hours",
        type=_hours,
        default=OVERLAP_HOURS,
        metavar="HOURS",
        help="rotate: how long the old one goes on (default: %(default)s)",
    )


def token(arguments: Namespace) -> int:
    """Changes or lists the tokens of the file."""
    file, name = arguments.file, arguments.name
    if arguments.action == "list":
        return _list(file)
    if name is None:
        raise UsageError(f"Say whose token it is: `./lakehouse token {arguments.action} NAME`.")
    if arguments.action == "revoke":
        revoke(file, name)
        print(f"{name} has no token any more; a server that runs refuses it within a second.")
        return 0
    text = add(file, name, arguments.scopes, arguments.days) if arguments.action == "add" else ""
    text = text or rotate(file, name, arguments.overlap_hours)
    print(f"The token of {name}, shown once: {file} has only its digest.", file=sys.stderr)
    print(text)
    return 0


def _list(file: Path) -> int:
    now = datetime.now(UTC)
    for one in read(file):
        state = "valid" if one.is_valid(now) else "ended"
        ends = one.expires.isoformat(timespec="minutes") if one.expires else "never"
        print(f"{one.name}\t{','.join(one.scopes)}\tmade {one.created:%Y-%m-%d}\tends {ends}\t{state}")
    return 0


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a name: letters, digits, `.`, `_` and `-`, at most 64")
    return text


def _scopes(text: str) -> tuple[str, ...]:
    scopes = tuple(dict.fromkeys(text.split(",")))
    if not set(scopes) <= set(SCOPES):
        raise argparse.ArgumentTypeError(f"{text!r} are not scopes. There are: {', '.join(SCOPES)}")
    return scopes


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text} is not a number of days from 1 to {MOST_DAYS}")
    return int(text)


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= 24 * 365:
        raise argparse.ArgumentTypeError(f"{text} is not a number of hours from 0 to {24 * 365}")
    return hours
