"""All that the registry lets be asked: each metric by each dimension and by each grain of time."""

import os
import random
from collections import defaultdict

SEED = int(os.environ.get("LAKEHOUSE_SEED", random.SystemRandom().randrange(10_000)))
"""Of the pairs that are chosen by chance; a test that fails says it, and LAKEHOUSE_SEED repeats it."""


def pairs(registry):
    """Each metric with what a query by a dimension or grain of it groups by: that one last, before it what it needs."""
    for metric in registry.metrics:
        for name in registry.dimensions_of(metric):
            yield metric, tuple(dict.fromkeys([*registry.needs_of(metric), name]))
        for grain in registry.grains_of(metric):
            yield metric, (*registry.fewest_dimensions(metric), grain)


def questions(registry):
    """Queries that ask for all pairs, by the entity whose rows they count: one for all metrics of a dimension."""
    from metrics.query import Query

    together = defaultdict(list)
    for metric, dimensions in pairs(registry):
        together[registry.own_entity(metric), dimensions].append(metric)
    found = defaultdict(list)
    for (entity, dimensions), metrics in together.items():
        found[entity].append(Query(metrics=tuple(metrics), dimensions=dimensions))
    return dict(found)
