"""The arguments of `sql`."""

import argparse


def add_sql(sql: argparse.ArgumentParser) -> None:
    """Adds the arguments."""
    sql.add_argument(
        "query",
        nargs="?",
        help="tables are bronze.x, silver.x, gold.x (or x, of gold); an older version is gold.x@v3, what an older "
        "update published is gold.x@p3",
    )
    sql.add_argument("--file", help="a file with the query, such as those in queries/")
    sql.add_argument(
        "--files",
        action="store_true",
        help="also read files that the query names in quotes, but no keys (.secrets)",
    )
    state = sql.add_mutually_exclusive_group()
    state.add_argument(
        "--publication",
        metavar="NAME",
        help="read gold as an older update published it: p3, or the update's id (default: the newest publication)",
    )
    state.add_argument("--latest", action="store_true", help="read gold as it is now, published or not")
    sql.add_argument("--format", choices=("table", "csv", "json"), default="table", help="default: table")
