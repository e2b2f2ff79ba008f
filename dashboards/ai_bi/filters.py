"""The page of filters over all pages: a menu for each dimension, and the period."""

from collections.abc import Iterable, Sequence
from typing import Any

from dashboards.ai_bi.widgets import FILTER_VERSION, Json, field
from dashboards.data_sets.questions import Question
from dashboards.data_sets.statements import PERIOD, DataSet, data_set
from dashboards.pages.model import Page
from metrics.query import Query
from metrics.registry import Registry
from metrics.views import MetricView

EARLIEST, LATEST = "2000-01-01", "2099-12-31"
HEIGHT = 2


def members(
    registry: Registry, views: Sequence[MetricView], pages: Iterable[Page], data: Iterable[DataSet]
) -> list[DataSet]:
    """For each parameter that is a dimension, a data set of the members that its menu offers."""
    listed = {name: choice.listed for page in pages for choice in page.choices for name in choice.dimensions[:1]}
    wanted = dict.fromkeys(name for one in data for name in one.parameters if name != PERIOD)
    return [
        data_set(
            registry,
            views,
            Question(
                name=f"members_{name}",
                label=f"Members of {registry.dimensions[name].label}",
                query=Query(metrics=(listed[name],), dimensions=(name,), order=(name,)),
                filters=(),
                in_period=False,
            ),
        )
        for name in wanted
    ]


def parameters(registry: Registry, data: DataSet) -> list[Json]:
    """The declarations of a data set's parameters."""
    return [_period() if name == PERIOD else _members(registry, name) for name in data.parameters]


def _members(registry: Registry, name: str) -> Json:
    dimension = registry.dimensions[name]
    kind = "INTEGER" if dimension.kind == "integer" else "STRING"
    nothing: dict[str, Any] = {"values": {"dataType": kind, "values": []}}
    return {
        "displayName": dimension.label,
        "keyword": name,
        "dataType": kind,
        "complexType": "MULTI",
        "defaultSelection": nothing,
    }


def _period() -> Json:
    """All of the data, until readers choose a period: the data need not reach today."""
    bounds = {"dataType": "DATE", "min": {"value": EARLIEST}, "max": {"value": LATEST}}
    return {
        "displayName": "Period",
        "keyword": PERIOD,
        "dataType": "DATE",
        "complexType": "RANGE",
        "defaultSelection": {"range": bounds},
    }


def page(registry: Registry, data: Sequence[DataSet], lists: Sequence[DataSet]) -> Json:
    """The page: the period first, then a menu for each dimension."""
    names = [PERIOD, *(one.name.removeprefix("members_") for one in lists)]
    layout = [
        {
            "widget": _filter(registry, name, [one for one in data if name in one.parameters]),
            "position": {"x": 0, "y": number * HEIGHT, "width": 12, "height": HEIGHT},
        }
        for number, name in enumerate(names)
    ]
    return {
        "name": "filters",
        "displayName": "Filters",
        "pageType": "PAGE_TYPE_GLOBAL_FILTERS",
        "layoutVersion": "GRID_V1",
        "layout": layout,
    }


def _filter(registry: Registry, name: str, data: Sequence[DataSet]) -> Json:
    queries: list[Json] = []
    fields: list[Json] = []
    if name == PERIOD:
        kind, title = "filter-date-range-picker", "Period (days of viewing)"
    else:
        kind, title = "filter-multi-select", registry.dimensions[name].label
        source = {"datasetName": f"members_{name}", "fields": [field(name)], "disaggregated": False}
        queries.append({"name": f"members_{name}", "query": source})
        fields.append({"fieldName": name, "displayName": title, "queryName": f"members_{name}"})
    for one in data:
        query = {"datasetName": one.name, "parameters": [{"name": name, "keyword": name}], "disaggregated": False}
        queries.append({"name": f"parameter_{one.name}", "query": query})
        fields.append({"parameterName": name, "queryName": f"parameter_{one.name}"})
    return {
        "name": f"filter_{name}",
        "queries": queries,
        "spec": {
            "version": FILTER_VERSION,
            "widgetType": kind,
            "encodings": {"fields": fields},
            "frame": {"showTitle": True, "title": title},
        },
    }
