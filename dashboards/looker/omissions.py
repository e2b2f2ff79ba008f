"""What Looker doesn't get, because LookML can't say it rightly, and why."""

from metrics.registry import Registry

NO_SHARE = "a share's total is a query of its own; LookML's percent_of_total adds up the rows that are shown"
NO_SECOND_TABLE = "it divides what two tables have; an explore's aggregates are of one"
SHARED = (
    "several members of a title share it, such as two countries of one region: the registry counts the title for each "
    "of them, a symmetric aggregate once"
)
PERSONAL = "small groups of people would be shown; the explores `audience_…` have them put together in SQL"


def left_out(registry: Registry) -> dict[str, str]:
    """The metrics and dimensions that are left out, and why."""
    found = {}
    for name in registry.metrics:
        measure = registry.measures[name]
        if measure.share:
            found[name] = NO_SHARE
        elif len(registry.entities_of(name)) > 1:
            found[name] = NO_SECOND_TABLE
    found |= {name: PERSONAL for name, one in registry.dimensions.items() if one.personal}
    return found | {name: SHARED for name in registry.dimensions if _is_shared(registry, name)}


def _is_shared(registry: Registry, name: str) -> bool:
    """Whether a dimension is behind a bridge, but isn't what its members are told apart by."""
    for entity in registry.entities:
        place = registry.dimensions_of_entity(entity).get(name)
        if place and registry.has_bridge(entity, place):
            return place.name != registry.entity_behind(entity, place.steps)
    return False


def measures_of(registry: Registry, entity: str) -> list[str]:
    """The measures that the explore of an entity has, hidden ones among them."""
    absent = left_out(registry)
    wanted = [name for name in registry.metrics if name not in absent and registry.own_entity(name) == entity]
    parts = [part for name in wanted for part in registry.base_measures(name)]
    return list(dict.fromkeys([*parts, *wanted]))


def entities(registry: Registry) -> list[str]:
    """The entities that have an explore."""
    return [name for name in registry.entities if measures_of(registry, name)]


def dimensions_of(registry: Registry, entity: str) -> list[str]:
    """The dimensions of an entity's explore; behind a bridge none, where all of its measures refuse one."""
    absent = left_out(registry)
    bases = (registry.measures[base] for name in measures_of(registry, entity) for base in registry.base_measures(name))
    refuses = all(one.over_bridge == "refuse" for one in bases)
    return [
        name
        for name, place in registry.dimensions_of_entity(entity).items()
        if name not in absent and not (refuses and registry.has_bridge(entity, place))
    ]
