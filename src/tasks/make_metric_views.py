"""A task of the job after gold: creates or replaces the metric views over its tables.

Arguments: the folder of the sources (`src`), and gold's schema as catalog.schema, which gets the views. Databricks sets
neither `__file__` nor the path to import from for a Python file of a job, so the job passes it.

The statements are files, which `./lakehouse generate metrics` makes from the registry. They need a server with
Databricks Runtime 17.3 or newer; serverless compute always has the newest, whatever the version of the environment.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.errors import PySparkException

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FOLDER = "tasks/metric_views"  # below the folder of the sources
PLACEHOLDER = "{gold}"


def statements_in(folder: Path, schema: str) -> dict[str, str]:
    """The statements of a folder's files by the names of their views, over the schema, whose name is quoted already.

    Raises FileNotFoundError where there are none.
    """
    files = sorted(folder.glob("*.sql"))
    if not files:
        raise FileNotFoundError(f"{folder} has no statements of metric views, so it wasn't uploaded. Deploy again.")
    texts = {path.stem: path.read_text(encoding="utf-8").rstrip().removesuffix(";") for path in files}
    return {name: text.replace(PLACEHOLDER, schema) for name, text in texts.items()}


def make_views(spark: "SparkSession", statements: Mapping[str, str]) -> dict[str, str]:
    """Runs each view's statement, the others too if one fails. Returns why, by the names of the views that failed."""
    failed = {}
    for name, statement in statements.items():
        try:
            spark.sql(statement)
        except PySparkException as error:
            failed[name] = str(error).partition("JVM stacktrace:")[0].strip() or type(error).__name__
    return failed


def raise_for(failed: Mapping[str, str], total: int) -> None:
    """Raises RuntimeError, naming each of the views that failed, why, and what to do; nothing if there are none."""
    if failed:
        reasons = "\n".join(f"{name}: {reason}" for name, reason in failed.items())
        raise RuntimeError(
            f"{len(failed)} of {total} metric views were not made. The tables of gold are complete. To make views, the "
            "identity that runs the job needs USE CATALOG, and USE SCHEMA, SELECT and CREATE TABLE on gold's schema.\n"
            f"{reasons}"
        )


if __name__ == "__main__":
    source, gold = sys.argv[1:]
    sys.path.insert(0, source)
    from pyspark.sql import SparkSession

    from tasks.publish_state import quoted

    wanted = statements_in(Path(source) / FOLDER, quoted(gold))
    reasons = make_views(SparkSession.builder.getOrCreate(), wanted)
    print("\n".join(f"made {gold}.{name}" for name in wanted if name not in reasons))
    raise_for(reasons, len(wanted))
