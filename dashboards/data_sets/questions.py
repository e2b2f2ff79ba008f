"""The questions that the pages ask: for each panel one, for headlines one for all that are filtered alike."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dashboards.pages.model import Headline, Page, Panel
from metrics.query import Query
from metrics.registry import Registry

PEOPLE = {"play": "viewers", "subscriber": "subscribers", "subscriber_group": "subscribers"}
"""By entity, the metric that counts the people of a group."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A data set: its query, the dimensions that filter it, and whether its period is the reader's.

    `people` is the metric that counts the people of a row, where rows are groups of people; `rows` the most that a
    ranking shows.
    """

    name: str
    label: str
    query: Query
    filters: tuple[str, ...]
    in_period: bool
    people: str | None = None
    rows: int | None = None


def name_of(page: Page) -> str:
    """A page's name in files: the last part of its address."""
    return page.path.strip("/") or "overview"


def of_panel(registry: Registry, page: Page, panel: Panel) -> Question:
    """A panel's question.

    Where its rows are groups of people, measures that don't add up are left out: small groups are put together.
    """
    query = panel.query
    dimensions = [registry.dimension_for(name, query.metrics) for name in query.dimensions]
    people = None
    if any(registry.dimensions[name].personal for name in dimensions):
        people = next(PEOPLE[entity] for entity in map(registry.own_entity, query.metrics) if entity in PEOPLE)
        added = tuple(name for name in query.metrics if registry.measures[name].adds_up == "everything")
        query = replace(query, metrics=added)
    is_ranking = panel.kind == "bars" and bool(query.order) and query.order[0].startswith("-")
    return Question(
        name=f"{name_of(page)}_{panel.name.replace('-', '_')}",
        label=f"{page.title}: {panel.title.replace('{grain}', query.grain or 'day')}",
        query=query,
        filters=_filters(registry, page, query.metrics),
        in_period=panel.in_period,
        people=people,
        rows=panel.rows if is_ranking else None,
    )


def of_headlines(registry: Registry, page: Page) -> Iterator[tuple[Question, list[Headline]]]:
    """The questions of a page's headlines, and which headlines each one answers."""
    alike: dict[tuple[str, Question], list[Headline]] = {}
    for headline in page.headlines:
        entity = registry.own_entity(headline.metric)
        has_period = bool(page.periods) and headline.last is None and registry.time_of(headline.metric) == "day"
        question = Question(
            name="",
            label="",
            query=Query(metrics=(), last=headline.last),
            filters=_filters(registry, page, (headline.metric,)),
            in_period=has_period and entity != "title",  # The catalogue is what it is now.
        )
        alike.setdefault((entity, question), []).append(headline)
    for number, ((_, question), headlines) in enumerate(alike.items(), 1):
        metrics = tuple(one.metric for one in headlines)
        yield (
            replace(
                question,
                name=f"{name_of(page)}_headlines_{number}",
                label=f"{page.title}: {', '.join(registry.measures[name].label for name in metrics)}",
                query=replace(question.query, metrics=metrics),
            ),
            headlines,
        )


def _filters(registry: Registry, page: Page, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """The dimensions by which a page filters these metrics; none of people, whom filters would single out."""
    found = []
    for choice in page.choices:
        allowed = [name for name in choice.dimensions if all(name in registry.dimensions_of(one) for one in metrics)]
        found += [name for name in allowed[:1] if not registry.dimensions[name].personal]
    return tuple(found)
