"""The registry's measures as calculated fields, over the columns of a metric view's source.

The source has a column `X_value` with what each row adds to X, null for rows that don't count, in whole numbers of the
smallest unit; in a bridge's view it is multiplied by the weight, in millionths.
"""

from metrics.registry import Registry
from metrics.rows import WEIGHTS


def formula(registry: Registry, name: str, is_by_bridge: bool) -> str:
    """The formula of a measure, in the data source of an entity or of its rows behind a bridge.

    `dashboards/equivalents` has the form of each kind.
    """
    measure = registry.measures[name]
    if measure.ratio:
        return f"IIF([{measure.ratio.to}] = 0, NULL, [{measure.ratio.of}] / [{measure.ratio.to}])"
    if measure.growth:
        now, before = f"[{measure.growth.of}]", f"[{measure.growth.since}]"
        return f"IIF({before} = 0, NULL, ({now} - {before}) / {before})"
    if measure.difference:
        return f"[{measure.difference.of}] - [{measure.difference.less}]"
    value = f"[{name}_value]"
    if measure.count:
        return f"COUNT({value})"
    if measure.count_distinct or measure.count_members:
        return f"COUNTD({value})"
    if measure.average:
        return f"AVG({value}){_divided(10**measure.average.decimals)}"
    weights = WEIGHTS if measure.over_bridge == "weighted" and is_by_bridge else 1
    units = 10**measure.decimals * measure.per * weights
    return f"IIF(COUNT([{name}_rows]) = 0, 0, SUM({value}){_divided(units)})"


def _divided(units: int) -> str:
    return f" / {units}" if units != 1 else ""
