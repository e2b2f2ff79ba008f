"""Whether a visual's fields are in the model, and in roles that its kind has."""

import json
from collections.abc import Iterator
from typing import Any

from dashboards.power_bi.checks.reading_model import Model

# The roles of each kind of visual: whether they take columns, measures, or both; those with ! must be filled.
ROLES = {
    "card": {"Values!": "measure"},
    "slicer": {"Values!": "column"},
    "tableEx": {"Values!": "both"},
    "pivotTable": {"Rows!": "column", "Columns": "column", "Values!": "measure"},
    "textbox": {},
    **{
        chart: {"Category!": "column", "Series": "column", "Y!": "measure", "Tooltips": "measure"}
        for chart in ("lineChart", "columnChart", "clusteredBarChart", "hundredPercentStackedBarChart")
    },
}
ONE_FIELD = {"Category", "Series"}
DATES = {"lineChart"}


def field_problems(model: Model, visual: Any) -> Iterator[str]:
    """Sentences about one visual."""
    name, shown = visual.get("name"), visual.get("visual", {})
    kind = shown.get("visualType")
    if kind not in ROLES:
        yield f"{name}: {kind} is no visual that is known here"
        return
    state = shown.get("query", {}).get("queryState", {})
    roles = {role.rstrip("!"): takes for role, takes in ROLES[kind].items()}
    for role in ROLES[kind]:
        if role.endswith("!") and not state.get(role[:-1], {}).get("projections"):
            yield f"{name}: a {kind} needs fields as {role[:-1]}"
    for role, fields in state.items():
        if role not in roles:
            yield f"{name}: a {kind} has no role {role}"
            continue
        projections = fields.get("projections", [])
        if role in ONE_FIELD and len(projections) > 1:
            yield f"{name}: {role} takes one field"
        for one in projections:
            yield from (f"{name}: {sentence}" for sentence in _projection(model, one, roles[role]))
    fields = [*_fields(shown, {}), *_fields(visual.get("filterConfig", {}), {})]
    yield from (
        f"{name}: {sentence}" for kind_, table, found in fields if (sentence := _missing(model, kind_, table, found))
    )
    for one in visual.get("filterConfig", {}).get("filters", []):
        yield from (f"{name}: {sentence}" for sentence in _filter(model, one))


def _projection(model: Model, one: Any, takes: str) -> Iterator[str]:
    found = list(_fields(one.get("field", {}), {}))
    if len(found) != 1:
        yield "a projection is of one field"
        return
    kind, table, field = found[0]
    if takes != "both" and kind.lower() != takes:
        yield f"{table}.{field} is where a {takes} belongs"
    if (one.get("queryRef"), one.get("nativeQueryRef")) != (f"{table}.{field}", field):
        yield f"{table}.{field} has other names in the query"


def _fields(part: Any, aliases: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Every column and measure in a part of a visual: its kind, table and name."""
    if isinstance(part, list):
        for one in part:
            yield from _fields(one, aliases)
    if not isinstance(part, dict):
        return
    aliases = {**aliases, **{one.get("Name"): one.get("Entity") for one in part.get("From", []) if "Entity" in one}}
    for kind in ("Column", "Measure"):
        if isinstance(part.get(kind), dict):
            source = part[kind].get("Expression", {}).get("SourceRef", {})
            table = source.get("Entity") or aliases.get(source.get("Source")) or ""
            yield kind, table, str(part[kind].get("Property"))
    for key, one in part.items():
        if key not in ("Column", "Measure"):
            yield from _fields(one, aliases)


def _missing(model: Model, kind: str, table: str, name: str) -> str | None:
    if kind == "Measure":
        node = (
            next((one for one in model.tables[table].all("measure") if one.name == name), None)
            if table in model.tables
            else None
        )
    else:
        node = model.column(table, name)
    if node is None:
        return f"the model has no {kind.lower()} {table}.{name}"
    return f"{table}.{name} is hidden" if "isHidden" in node.properties else None


def _filter(model: Model, one: Any) -> Iterator[str]:
    own = list(_fields(one.get("field", {}), {}))
    where = one.get("filter", {}).get("Where", [])
    aliases = {
        part.get("Name"): part.get("Entity") for part in one.get("filter", {}).get("From", []) if "Entity" in part
    }
    if not where or any(found not in own for found in _fields(where, aliases)):
        yield "a filter's condition isn't of its own field"
    kind = one.get("type")
    if (kind == "TopN") != ('"Subquery"' in json.dumps(one)):
        yield f"a filter is no {kind}"
    comparison = where[0].get("Condition", {}).get("Comparison") if where else None
    if comparison:
        column = model.column(own[0][1], own[0][2]) if own else None
        literal = str(comparison.get("Right", {}).get("Literal", {}).get("Value"))
        if column is not None and (column.properties.get("dataType") == "int64") != literal.endswith("L"):
            yield f"{literal} isn't a value of {own[0][2]}"
