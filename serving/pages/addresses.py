"""Addresses of the API that answer what a panel shows."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from metrics.query import Filter, Query, Value

QUERY = "/api/v1/query"


def address(query: Query, form: str | None = None) -> str:
    """The query's address in the API, in the format if one is named."""
    parameters = [("metrics", ",".join(query.metrics))]
    if query.dimensions:
        parameters.append(("dimensions", ",".join(query.dimensions)))
    parameters += [("where", written(one)) for one in query.where]
    for name in ("grain", "last", "until", "compare"):
        if (value := getattr(query, name)) is not None:
            parameters.append((name, str(value)))
    if query.order:
        parameters.append(("order", ",".join(query.order)))
    if query.limit is not None:
        parameters.append(("limit", str(query.limit)))
    if form:
        parameters.append(("format", form))
    return f"{QUERY}?{urlencode(parameters)}"


def written(one: Filter) -> str:
    """A filter as `parse_where` of metrics/where.py reads it."""
    if one.operator == "in":
        return f"{one.dimension} in ({_listed(one.values)})"
    if one.operator == "between":
        return f"{one.dimension} between {_value(one.values[0])} and {_value(one.values[1])}"
    return f"{one.dimension} {one.operator} {_value(one.values[0])}"


def _listed(values: Iterable[Value]) -> str:
    return ", ".join(map(_value, values))


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | date):
        return "'" + str(value).replace("'", "''") + "'"
    return str(value)
