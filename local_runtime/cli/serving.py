"""`./lakehouse serve`: the API and the pages."""

import argparse
from argparse import Namespace
from pathlib import Path

from local_runtime.delta.lake import Lake

ADDRESS = "127.0.0.1"


def add_serve(serve: argparse.ArgumentParser) -> None:
    """Adds the options of `serve`."""
    serve.add_argument("--port", type=_port, help="default: 8642, or a free one where that is taken")
    serve.add_argument("--host", default=ADDRESS, help="the address to listen at (default: %(default)s, this machine)")
    serve.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="a file with the tokens of which requests must have one (`./lakehouse token` makes it); needed for every "
        "address but this machine's",
    )
    serve.add_argument(
        "--audit-log", type=Path, metavar="FILE", help="a file that gets a line of JSON per request: who asked for what"
    )
    serve.add_argument("--no-browser", action="store_true", help="open no browser")


def serve(arguments: Namespace) -> int:
    """Serves the lake until it is stopped."""
    from serving.start import serve as serve_lake

    lake = Lake(arguments.lake.absolute())
    return serve_lake(
        lake,
        arguments.host,
        arguments.port,
        arguments.token_file,
        not arguments.no_browser,
        arguments.audit_log,
    )


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is not a port: a number from 1 to 65535, or 0 for a free one")
    return int(text)
