"""The registry: all definitions, read, checked, and resolved: how each entity gets to each dimension."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from local_runtime.errors import LakehouseError
from metrics.marked_yaml import Marks, Place, read_marked
from metrics.model import Attribute, Bridge, Definitions, Dimension, Entity, Join, Kpi, Measure

DEFINITIONS = Path(__file__).parent / "definitions"
GRAINS = ("day", "week", "month", "quarter", "year")
MANY = 50  # more errors than anybody reads at once


@dataclass(frozen=True)
class Column:
    """A column that is reached from an entity: the names of joins and bridges on the way, and its own."""

    steps: tuple[str, ...]
    name: str
    part: str | None = None

    def behind(self, step: str) -> "Column":
        """The same column, from an entity one step before."""
        return Column((step, *self.steps), self.name, self.part)


@dataclass(frozen=True)
class Registry:
    """All definitions. Names of entities, dimensions, measures and tables are unique."""

    entities: Mapping[str, Entity]
    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    tables: Mapping[str, Kpi]
    subjects: Mapping[str, str] = field(default_factory=dict)
    """The subject of each measure and table, by its name."""
    marks: Mapping[Place, Marks] = field(default_factory=dict)
    """Where each definition is, by ("measures", "titles")."""

    def at(self, place: Place) -> str:
        """`file:line` of a definition or of a part of one, by the keys that lead to it."""
        return self.marks[place[:2]].at(place)

    @cached_property
    def metrics(self) -> dict[str, Measure]:
        """The measures that can be asked for."""
        return {name: measure for name, measure in self.measures.items() if not measure.hidden}

    def measure(self, name: str) -> Measure:
        """A metric. Raises LakehouseError, with the nearest names, for one that isn't there."""
        if name in self.metrics:
            return self.metrics[name]
        raise LakehouseError(f"There is no metric {name!r}. {nearest(name, self.metrics)}")

    def step(self, entity: str, name: str) -> Join | Bridge:
        """The join or bridge of an entity."""
        found = self.entities[entity]
        return found.joins.get(name) or found.bridges[name]

    def entity_behind(self, entity: str, steps: Iterable[str]) -> str:
        """The entity at which the steps arrive."""
        for step in steps:
            entity = self.step(entity, step).to
        return entity

    def own_entity(self, metric: str) -> str:
        """The entity that decides which rows a metric has: that of its first measure."""
        return self.entities_of(metric)[0]

    def has_bridge(self, entity: str, column: Column) -> bool:
        """Whether a bridge is on the way to the column."""
        return bool(self.bridges_on(entity, column.steps))

    def bridges_on(self, entity: str, steps: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The bridges on the way, each as the steps that end with it."""
        ends = [steps[: place + 1] for place in range(len(steps))]
        return [end for end in ends if isinstance(self.step(self.entity_behind(entity, end[:-1]), end[-1]), Bridge)]

    def dimensions_of_entity(self, entity: str) -> dict[str, Column]:
        """The dimensions that an entity's rows have, and where."""
        return self._dimensions[entity]

    @cached_property
    def _dimensions(self) -> dict[str, dict[str, Column]]:
        return {name: dict(self._columns_of(name, ())) for name in self.entities}

    def _columns_of(self, name: str, seen: tuple[str, ...]) -> Iterator[tuple[str, Column]]:
        entity = self.entities[name]
        if name in seen:
            return
        for step in entity.inherits:
            for dimension, column in self._columns_of(entity.joins[step].to, (*seen, name)):
                yield dimension, column.behind(step)
        for dimension, place in entity.dimensions.items():
            path, part = (place.column, place.part) if isinstance(place, Attribute) else (place, None)
            *steps, column_name = path.split(".")
            yield dimension, Column(tuple(steps), column_name, part)

    def base_measures(self, name: str) -> list[str]:
        """The measures of rows that a measure is made of; itself, if it is one."""
        return list(dict.fromkeys(self._base_measures(name)))

    def _base_measures(self, name: str) -> Iterator[str]:
        measure = self.measures[name]
        parts = parts_of(measure)
        for part in parts:
            yield from self._base_measures(part)
        if not parts:
            yield name

    def entities_of(self, metric: str) -> list[str]:
        """The entities whose rows a metric counts."""
        found = (self.measures[name].of for name in self.base_measures(metric))
        return list(dict.fromkeys(entity for entity in found if entity))

    def dimensions_of(self, metric: str) -> list[str]:
        """The dimensions that a metric can be grouped and filtered by, in the order of their definition."""
        if metric not in self._dimensions_of_metrics:
            self._dimensions_of_metrics[metric] = self._find_dimensions(metric)
        return self._dimensions_of_metrics[metric]

    @cached_property
    def _dimensions_of_metrics(self) -> dict[str, list[str]]:
        return {}

    def _find_dimensions(self, metric: str) -> list[str]:
        entity_dimensions = [self._dimensions[entity] for entity in self.entities_of(metric)]
        refused = self._refuses_bridges(metric)
        main = self.own_entity(metric)
        return [
            name
            for name in self.dimensions
            if all(name in dimensions for dimensions in entity_dimensions)
            and not (refused and self.has_bridge(main, self._dimensions[main][name]))
        ]

    def _refuses_bridges(self, metric: str) -> bool:
        return any(self.measures[name].over_bridge == "refuse" for name in self.base_measures(metric))

    def time_of(self, metric: str) -> str | None:
        """The grain of a metric's dates: day or month; None for one without. The coarsest of its parts counts."""
        times = [self.entities[entity].time for entity in self.entities_of(metric)]
        if times[0] is None:
            return None
        return "month" if any(time and time.grain == "month" for time in times) else "day"

    def needs_of(self, metric: str) -> list[str]:
        """The dimensions that a query of a metric must have."""
        measure = self.measures[metric]
        return [*measure.needs, *(measure.share.over if measure.share and measure.share.over != "all" else [])]

    def fewest_dimensions(self, metric: str) -> list[str]:
        """The dimensions of the shortest query of a metric: a share of all takes any, so it has its first names."""
        share, needed = self.measures[metric].share, self.needs_of(metric)
        if share is None or needed:
            return needed
        names = (name for name in self.dimensions_of(metric) if self.dimensions[name].kind == "text")
        return [next(name for name in names if not self.dimensions[name].needs)]

    def grains_of(self, metric: str) -> list[str]:
        """The grains of time by which a metric can be shown, the finest first."""
        finest = self.time_of(metric)
        if finest is None or self.has_part_without_time(metric):
            return []
        return list(GRAINS[GRAINS.index(finest) :])

    def has_part_without_time(self, metric: str) -> bool:
        """Whether a part of a metric, such as a title's runtime, is the same at all times."""
        return any(self.entities[entity].time is None for entity in self.entities_of(metric))

    def dimension_for(self, name: str, metrics: Iterable[str]) -> str:
        """The dimension that a name means for the metrics: its own, or one that several dimensions share (`country`).

        Raises LakehouseError for a name that isn't one of each metric's, and for one that differs among them.
        """
        meanings = {metric: self.meaning_of(name, metric) for metric in metrics}
        if len(set(meanings.values())) > 1:
            said = "; ".join(f"{meaning} of {metric}" for metric, meaning in meanings.items())
            raise LakehouseError(
                f"{name!r} isn't the same for these metrics: it is {said}. Ask for one after the other, or name a "
                "dimension that all have."
            )
        return next(iter(meanings.values()))

    def meaning_of(self, name: str, metric: str) -> str:
        """The dimension that a name means for one metric. Raises LakehouseError for a name that it doesn't have."""
        allowed = self.dimensions_of(metric)
        if name in allowed:
            return name
        shared = [dimension for dimension in allowed if self.dimensions[dimension].short == name]
        own = [dimension for dimension in shared if dimension in self.entities[self.own_entity(metric)].dimensions]
        shared = own or shared
        if len(shared) == 1:
            return shared[0]
        if len(shared) > 1:
            raise LakehouseError(f"{name!r} may be {' or '.join(shared)} of {metric}: name one of them.")
        why = f"{metric} has no dimension {name!r}."
        if name in self.dimensions and self._refuses_bridges(metric):
            why = f"{metric} can't be shown by {name}: a title with several would count for each of them."
        names = [*allowed, *(self.dimensions[dimension].short or "" for dimension in allowed), *GRAINS]
        raise LakehouseError(f"{why} {nearest(name, names)}")


def parts_of(measure: Measure) -> list[str]:
    """The measures that a measure is made of; none for a measure of rows. The first decides which rows there are."""
    if measure.ratio:
        return [measure.ratio.of, measure.ratio.to]
    if measure.difference:
        return [measure.difference.of, measure.difference.less]
    if measure.growth:
        return [measure.growth.of, measure.growth.since]
    return [measure.share.of] if measure.share else []


def nearest(name: str, names: Iterable[str]) -> str:
    """What to say of a name that isn't known: the nearest ones, or all."""
    known = sorted({*filter(None, names)})
    near = difflib.get_close_matches(name, known, 3, 0.6)
    return f"The nearest: {', '.join(near)}." if near else f"There are: {', '.join(known) or 'none'}."


def load_registry(folder: Path = DEFINITIONS) -> Registry:
    """All definitions of a folder.

    Raises LakehouseError with a line for each thing that is wrong: its file and line, and what to do.
    """
    from metrics.checks import problems

    read = _Reading()
    for path in sorted(folder.glob("*.yml")):
        read.add(path)
    read.stop_at_errors()
    registry = Registry(
        entities=read.found["entities"],
        dimensions=read.found["dimensions"],
        measures=read.found["measures"],
        tables=read.found["tables"],
        subjects=read.subjects,
        marks=read.marks,
    )
    for place, sentence in problems(registry):
        read.errors.append(f"{registry.at(place)}: {sentence}")
    read.stop_at_errors()
    return registry


class _Reading:
    """The definitions of several files, put together."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {"entities": {}, "dimensions": {}, "measures": {}, "tables": {}}
        self.subjects: dict[str, str] = {}
        self.errors: list[str] = []
        self.marks: dict[Place, Marks] = {}

    def add(self, path: Path) -> None:
        content, marks = read_marked(path)
        try:
            definitions = Definitions.model_validate(content)
        except ValidationError as error:
            self.errors += [_sentence(marks, detail) for detail in error.errors()]
            return
        for section, names in self.found.items():
            for name, definition in getattr(definitions, section).items():
                place = (section, name)
                if name in names:
                    other = self.marks[place].at(place)
                    self.errors.append(
                        f"{marks.at(place)}: {name!r} is already defined in {other}: rename one of them."
                    )
                    continue
                names[name] = definition
                self.marks[place] = marks
                if definitions.subject:
                    self.subjects[name] = definitions.subject

    def stop_at_errors(self) -> None:
        if self.errors:
            more = len(self.errors) - MANY
            raise LakehouseError(
                "The registry's definitions are wrong:\n"
                + "\n".join(f"  {error}" for error in self.errors[:MANY])
                + (f"\n  and {more} more." if more > 0 else "")
            )


def _sentence(marks: Marks, error: Any) -> str:
    """One of pydantic's errors, with file and line."""
    place = tuple(error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = "this key isn't known: correct it, or leave it out"
    return f"{marks.at(place)}: {'.'.join(map(str, place))}: {message}."
