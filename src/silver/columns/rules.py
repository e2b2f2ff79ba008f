"""Rules of rows: SQL conditions by name."""

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F


def failed_rules(rules: Mapping[str, str]) -> Column:
    """ARRAY<STRING>: the names of the rules that a row fails; a rule that gives NULL fails."""
    names = [F.when(~F.coalesce(F.expr(f"({rule})"), F.lit(False)), F.lit(name)) for name, rule in rules.items()]
    return F.filter(F.array(*names), lambda name: name.isNotNull())
