"""The arguments of `metrics`: what a query to the registry may have."""

import argparse
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any


class _NoGrain(argparse.Action):
    """Says how a query is asked for by time, to who knows `grain` from the API."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        *_: Any,
    ) -> None:
        """Ends with wrong usage."""
        grain = values if isinstance(values, str) else "day"
        parser.error(f"there is no --grain; time is a dimension: --by {grain}")


def add_metrics(metrics: argparse.ArgumentParser) -> None:
    """Adds the arguments."""
    metrics.add_argument(
        "name", nargs="?", metavar="NAME", help="a metric, to see its definition; or `query`, to ask for numbers"
    )
    query = metrics.add_argument_group("query")
    query.add_argument("--metric", action="append", default=[], metavar="NAME[,NAME]", help="what is counted")
    query.add_argument(
        "--by", action="append", default=[], metavar="NAME[,NAME]", help="dimensions; day, week, month, quarter or year"
    )
    query.add_argument("--grain", action=_NoGrain, help=argparse.SUPPRESS)
    query.add_argument("--where", metavar="FILTER", help="such as \"country = 'Norway' and release_year >= 2010\"")
    query.add_argument("--last", metavar="PERIOD", help="up to the newest day: 30d, 8w, 12m, 4q or 2y")
    query.add_argument("--until", type=_day, metavar="DAY", help="the last day of the period, in place of the newest")
    query.add_argument(
        "--compare", choices=("previous", "year"), help="with the period before, or with the year before"
    )
    query.add_argument(
        "--order", action="append", default=[], metavar="NAME[,NAME]", help="columns; NAME:desc for the largest first"
    )
    query.add_argument("--limit", type=int, metavar="ROWS", help="so many rows at most")
    query.add_argument("--latest", action="store_true", help="read gold as it is now, not as it was published")
    output = query.add_mutually_exclusive_group()
    output.add_argument("--csv", action="store_true", help="as CSV")
    output.add_argument("--json", action="store_true", help="as JSON")
    output.add_argument(
        "--sql",
        choices=("duckdb", "databricks", "postgres", "bigquery"),
        metavar="DIALECT",
        help="the SQL instead of its answer: duckdb, databricks, postgres or bigquery",
    )
    views = metrics.add_argument_group("metric views")
    views.add_argument(
        "--views",
        metavar="SCHEMA",
        help="print the SQL that creates the metric views of Databricks, over gold's tables in this schema",
    )


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day, such as 2026-11-29") from None
