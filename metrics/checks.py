"""What must be true of the definitions together: references that exist, grains that fit, claims that hold."""

from collections.abc import Callable, Iterable, Iterator

from local_runtime.errors import LakehouseError
from metrics.marked_yaml import Place
from metrics.model import DERIVED, Bridge, Condition, Entity, Join, Measure
from metrics.query import resolve
from metrics.registry import GRAINS, Registry, nearest, parts_of

Problem = tuple[Place, str]
NEVER_ADD_UP = ("count_distinct", "count_members", "average", "ratio", "share", "growth")


def problems(registry: Registry) -> list[Problem]:
    """What is wrong: where, and a sentence that says what to do. Later checks need what earlier ones found right."""
    stages: list[Callable[[Registry], Iterator[Problem]]] = [_references, _columns, _measures, _tables]
    for stage in stages:
        found = list(stage(registry))
        if found:
            return found
    return []


def _unknown(place: Place, what: str, name: str, names: Iterable[str]) -> Problem:
    return place, f"there is no {what} {name!r}. {nearest(name, names)}"


def _references(registry: Registry) -> Iterator[Problem]:
    """Names of entities, dimensions and measures that aren't there."""
    for name, entity in registry.entities.items():
        place = ("entities", name)
        yield from _entity_references(registry, place, entity)
    for name, dimension in registry.dimensions.items():
        place = ("dimensions", name)
        if dimension.needs and dimension.needs not in registry.dimensions:
            yield _unknown((*place, "needs"), "dimension", dimension.needs, registry.dimensions)
        if name in GRAINS or name in registry.measures:
            yield place, f"{name!r} is also a {'grain of time' if name in GRAINS else 'measure'}: rename it"
        if dimension.short in registry.dimensions or dimension.short in GRAINS:
            yield (*place, "short"), f"{dimension.short!r} is the name of one dimension or grain: choose another"
        if not any(name in entity.dimensions for entity in registry.entities.values()):
            yield place, f"no entity has the dimension {name!r}: add it to one, or leave it out"
    for name, measure in registry.measures.items():
        yield from _measure_references(registry, ("measures", name), measure)


def _entity_references(registry: Registry, place: Place, entity: Entity) -> Iterator[Problem]:
    steps: dict[str, Join | Bridge] = {**entity.joins, **entity.bridges}
    for step, join in steps.items():
        kind = "bridges" if isinstance(join, Bridge) else "joins"
        if join.to not in registry.entities:
            yield _unknown((*place, kind, step, "to"), "entity", join.to, registry.entities)
        elif not registry.entities[join.to].key and (isinstance(join, Bridge) or not join.other):
            yield (*place, kind, step, "to"), f"the entity {join.to!r} has no key to join: give it one"
    if entity.bridges and not entity.key:
        yield (*place, "bridges"), "an entity with bridges needs a key"
    for step in sorted(entity.joins.keys() & entity.bridges.keys()):
        yield (*place, "bridges", step), f"{step!r} is a join too: rename one of them"
    for number, step in enumerate(entity.inherits):
        if step not in entity.joins:
            yield _unknown((*place, "inherits", number), "join", step, entity.joins)
    for dimension in entity.dimensions:
        if dimension not in registry.dimensions:
            yield _unknown((*place, "dimensions", dimension), "dimension", dimension, registry.dimensions)


def _measure_references(registry: Registry, place: Place, measure: Measure) -> Iterator[Problem]:
    if measure.of and measure.of not in registry.entities:
        yield _unknown((*place, "of"), "entity", measure.of, registry.entities)
    for part in parts_of(measure):
        if part not in registry.measures:
            yield _unknown((*place, measure.how), "measure", part, registry.measures)
        elif place[1] in _all_parts(registry, part, ()):
            yield (*place, measure.how), f"it is made of itself, by {part!r}"
    for dimension in [*registry.needs_of(str(place[1])), *([measure.count_members] if measure.count_members else [])]:
        if dimension not in registry.dimensions:
            yield _unknown(place, "dimension", dimension, registry.dimensions)


def _all_parts(registry: Registry, name: str, seen: tuple[str, ...]) -> set[str]:
    """The measures that a measure is made of, with itself; those that don't exist too."""
    if name in seen or name not in registry.measures:
        return {name}
    return {name}.union(*(_all_parts(registry, part, (*seen, name)) for part in parts_of(registry.measures[name])))


def _columns(registry: Registry) -> Iterator[Problem]:
    """Paths of columns that lead nowhere, or over a bridge where one row is needed."""
    for name, entity in registry.entities.items():
        place: Place = ("entities", name)
        for dimension, column in entity.dimensions.items():
            path = column if isinstance(column, str) else column.column
            yield from _path(registry, (*place, "dimensions", dimension), name, path, over_bridges=True)
        if entity.time:
            yield from _path(registry, (*place, "time", "column"), name, entity.time.column)
        yield from _conditions(registry, (*place, "rows"), name, entity.rows)
        seen: dict[str, str] = {}
        for step in entity.inherits:
            for dimension in registry.dimensions_of_entity(entity.joins[step].to):
                if dimension in seen and dimension not in entity.dimensions:
                    sentence = f"{dimension!r} comes from {seen[dimension]} and {step}: say which under `dimensions`"
                    yield (*place, "inherits"), sentence
                seen[dimension] = step
    for name, measure in registry.measures.items():
        place = ("measures", name)
        if measure.of is None:
            continue
        average = measure.average.column if measure.average else None
        for path in filter(None, (measure.count_distinct, measure.sum, average)):
            yield from _path(registry, (*place, measure.how), measure.of, path)
        yield from _conditions(registry, (*place, "where"), measure.of, measure.where)


def _conditions(registry: Registry, place: Place, entity: str, conditions: list[Condition]) -> Iterator[Problem]:
    for number, condition in enumerate(conditions):
        here = (*place, number)
        if condition.column is not None:
            yield from _path(registry, (*here, "column"), entity, condition.column)
            continue
        other = condition.has or condition.lacks or ""
        if other not in registry.entities:
            yield _unknown(here, "entity", other, registry.entities)
            continue
        references = [step for step, join in registry.entities[other].joins.items() if join.to == entity]
        if len(references) != 1 or not registry.entities[entity].key:
            yield here, f"{other!r} must have exactly one join to {entity!r}, which must have a key"
        yield from _conditions(registry, (*here, "where"), other, condition.where)


def _path(registry: Registry, place: Place, entity: str, path: str, over_bridges: bool = False) -> Iterator[Problem]:
    """Problems of the steps of a path; its last part is a column of gold (`gold_problems`)."""
    *steps, _ = path.split(".")
    for step in steps:
        definition = registry.entities[entity]
        if step in definition.bridges and not over_bridges:
            yield place, f"{step!r} is a bridge, by which a row has several: only dimensions are behind bridges"
            return
        if step not in definition.joins and step not in definition.bridges:
            yield _unknown(place, "join", step, [*definition.joins, *definition.bridges])
            return
        entity = registry.step(entity, step).to


def _measures(registry: Registry) -> Iterator[Problem]:
    """Claims of measures that don't hold."""
    for name, measure in registry.measures.items():
        place: Place = ("measures", name)
        yield from _additivity(registry, place, measure)
        yield from _bridges(registry, place, measure)
        if (measure.unit == "share") != (measure.format == "percent"):
            yield (*place, "format"), "shares, and only they, have the format percent"
        if (measure.unit == "money") != (measure.format == "currency"):
            yield (*place, "format"), "money, and only it, has the format currency"
        having = registry.dimensions_of(name)
        for dimension in registry.needs_of(name):
            if dimension not in having:
                yield place, f"it needs {dimension!r}, by which it can't be shown. It has: {', '.join(having)}"
        counted, of_entity = measure.count_members, registry.dimensions_of_entity(measure.of) if measure.of else {}
        if counted and counted not in of_entity:
            yield _unknown((*place, "count_members"), "dimension", counted, of_entity)
        if measure.how in DERIVED and not having and len(registry.entities_of(name)) > 1:
            parts = " and ".join(parts_of(measure))
            yield (*place, measure.how), f"{parts} have no dimension in common: their grains don't fit"


def _additivity(registry: Registry, place: Place, measure: Measure) -> Iterator[Problem]:
    here = (*place, "adds_up")
    if measure.share and registry.measures[measure.share.of].adds_up == "nothing":
        yield (*place, "share"), f"{measure.share.of} doesn't add up, so it has no total"
    if measure.adds_up == "nothing":
        return
    if measure.how in NEVER_ADD_UP:
        yield here, f"{measure.how} doesn't add up: say nothing"
    elif measure.difference and any(registry.measures[part].adds_up != "everything" for part in parts_of(measure)):
        yield here, "a difference adds up only if both of its measures do: say nothing"
    elif measure.adds_up == "not time" and (measure.of is None or registry.entities[measure.of].time is None):
        yield here, "an entity without a time has none to be excepted: say everything"


def _bridges(registry: Registry, place: Place, measure: Measure) -> Iterator[Problem]:
    if measure.of is None:
        return
    columns = registry.dimensions_of_entity(measure.of).values()
    crosses = any(registry.has_bridge(measure.of, column) for column in columns)
    here = (*place, "over_bridge")
    if measure.over_bridge == "weighted" and measure.sum is None:
        yield here, "only a sum can be weighted by a bridge: say each or refuse"
    if crosses and measure.over_bridge is None and not measure.count_members:
        yield place, "over_bridge is missing: some of its dimensions have several members for a row"
    if not crosses and measure.over_bridge is not None:
        yield here, "none of its dimensions is behind a bridge: leave it out"


def _tables(registry: Registry) -> Iterator[Problem]:
    """KPI tables whose query makes no sense."""
    from metrics.kpis import kpi_query

    for name, table in registry.tables.items():
        place: Place = ("tables", name)
        for column, one in table.columns.items():
            if one.metric is not None and one.metric not in registry.metrics:
                yield _unknown((*place, "columns", column, "metric"), "metric", one.metric, registry.metrics)
            elif one.metric is None and not (one.description and one.definition):
                yield (*place, "columns", column), "a column without a metric needs a description and a definition"
        if not name.startswith("kpi_"):
            continue
        if not table.question or not table.dimensions:
            yield place, "a KPI table has a question and dimensions"
        try:
            resolve(registry, kpi_query(registry, name))
        except LakehouseError as error:
            yield place, str(error)
