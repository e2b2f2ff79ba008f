"""Asks what a page shows: its panels' queries with the reader's filters and period in them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dashboards.pages.model import Choice, Headline, Page, Panel
from metrics.query import Filter, Query
from metrics.registry import Registry
from serving.answers import Answer
from serving.generations import Generation
from serving.pages.periods import EVERY_DAY, Days, grain_in, of_whole_days, with_period_before
from serving.problems import Problem
from serving.service import Service

LOADED = ("titles", "events", "subscribers")
"""The metrics that are 0 where a landing folder had no catalogue, no events, or no subscribers."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the reader chose: the page's period, and a member by the name of each choice that isn't `all`."""

    period: str | None = None
    members: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A query as it was asked, its answer or the problem with it, and the labels of filters that it has no place for.

    `newest` is the last day (or month) that the metric has, filtered or not, where that matters.
    """

    query: Query
    answer: Answer | None
    problem: Problem | None = None
    without: tuple[str, ...] = ()
    newest: date | None = None

    @property
    def records(self) -> list[dict[str, Any]]:
        """The answer's rows by column; none where there is a problem."""
        return self.answer.records if self.answer else []


@dataclass(frozen=True, kw_only=True)
class Answered:
    """All that a page shows: for each headline its number and its line (None without time), for each panel its rows."""

    headlines: list[tuple[Headline, Asked, Asked | None]]
    panels: list[tuple[Panel, Asked]]
    members: dict[str, list[str]]
    lacking: frozenset[str] = frozenset()
    """Of `LOADED`, what has no rows at all."""
    days: Days | None = None

    @property
    def problems(self) -> list[Problem]:
        """What went wrong with parts of the page."""
        asked = [found for _, found, _ in self.headlines] + [found for _, found in self.panels]
        return [found.problem for found in asked if found.problem]


@dataclass(frozen=True)
class Asker:
    """Asks on one generation."""

    service: Service
    generation: Generation

    async def page(self, page: Page, chosen: Chosen) -> Answered:
        """Everything of a page, asked side by side. A panel that has a problem says so; the others stand."""
        days, registry = await self._days(), self.service.registry
        values = [of_whole_days(registry, value_query(one, chosen), days) for one in page.headlines]
        asked = (line_query(one, chosen) for one in page.headlines)
        lines = [line and of_whole_days(registry, line, days) for line in asked]
        members, lacking, numbers, drawn, panels = await asyncio.gather(
            self._all_members(page.choices),
            self._lacking(),
            self._together(values, page, chosen),
            self._together([line for line in lines if line], page, chosen),
            asyncio.gather(*(self._panel(one, page, chosen, days) for one in page.panels)),
        )
        rest = iter(drawn)
        headlines = [
            (one, number, next(rest) if line else None)
            for one, number, line in zip(page.headlines, numbers, lines, strict=True)
        ]
        shown = list(zip(page.panels, panels, strict=True))
        return Answered(headlines=headlines, panels=shown, members=members, lacking=lacking, days=days)

    async def _days(self) -> Days | None:
        """The days with events; None without any, or where they can't be asked."""
        try:
            answer = await self.service.answers.answer(self.generation, EVERY_DAY)
        except Problem:
            return None
        known = [row[0] for row in answer.rows if row[0] is not None]
        return Days(first=min(known), newest=max(known)) if known else None

    async def _lacking(self) -> frozenset[str]:
        """Of the metrics in `LOADED`, those of which nothing has been loaded; one that can't be asked isn't said."""
        lacking = set()
        for metric in LOADED:
            with suppress(Problem):
                answer = await self.service.answers.answer(self.generation, Query(metrics=(metric,)))
                if not answer.value(metric):
                    lacking.add(metric)
        return frozenset(lacking)

    async def _together(self, queries: Sequence[Query], page: Page, chosen: Chosen) -> list[Asked]:
        """Queries of one metric each; those of the same rows are asked in one statement, for less work."""
        registry = self.service.registry
        groups: dict[object, list[Query]] = {}
        for query in queries:
            filtered = filtered_query(registry, query, page.choices, chosen)
            key = (replace(filtered[0], metrics=()), filtered[1], registry.own_entity(query.metrics[0]))
            groups.setdefault(key, []).append(query)
        merged = [
            replace(group[0], metrics=tuple(dict.fromkeys(query.metrics[0] for query in group)))
            for group in groups.values()
        ]
        answers = await asyncio.gather(*(self._ask(query, page, chosen) for query in merged))
        found = {
            query: replace(asked, query=replace(asked.query, metrics=query.metrics))
            for group, asked in zip(groups.values(), answers, strict=True)
            for query in group
        }
        return [found[query] for query in queries]

    async def _all_members(self, choices: Iterable[Choice]) -> dict[str, list[str]]:
        found = await asyncio.gather(*(self._members(choice) for choice in choices))
        return {choice.name: names for choice, names in zip(choices, found, strict=True)}

    async def _members(self, choice: Choice) -> list[str]:
        """The members of a menu, sorted; none where they can't be had."""
        query = Query(metrics=(choice.listed,), dimensions=(choice.dimensions[0],))
        try:
            answer = await self.service.answers.answer(self.generation, query)
        except Problem:
            return []
        return sorted({str(row[0]) for row in answer.rows if row[0] is not None} - {self.service.answers.other})

    async def _panel(self, panel: Panel, page: Page, chosen: Chosen, days: Days | None) -> Asked:
        query = panel_query(panel, chosen, days)
        if panel.kind != "line":
            query = of_whole_days(self.service.registry, query, days)
        return await self._ask(query, page, chosen, is_dated=panel.kind == "line")

    async def _ask(self, query: Query, page: Page, chosen: Chosen, is_dated: bool = True) -> Asked:
        filtered, without = filtered_query(self.service.registry, query, page.choices, chosen)
        try:
            answer = await self.service.answers.answer(self.generation, filtered)
            newest = await self._newest(query) if query.last and is_dated else None
        except Problem as problem:
            return Asked(query=filtered, answer=None, problem=problem, without=without)
        return Asked(query=filtered, answer=answer, without=without, newest=newest)

    async def _newest(self, query: Query) -> date | None:
        """The newest day or month of the query's first metric, whatever it is filtered by."""
        grain = self.service.registry.time_of(query.metrics[0]) or "day"
        newest = Query(metrics=query.metrics[:1], grain=grain, last="1m" if grain == "month" else "1d")
        answer = await self.service.answers.answer(self.generation, newest)
        return max((row[0] for row in answer.rows), default=None)


def value_query(one: Headline, chosen: Chosen) -> Query:
    """The query of a headline's number."""
    if one.grain is None:
        return Query(metrics=(one.metric,))
    return Query(metrics=(one.metric,), last=one.last or chosen.period, compare="previous")


def line_query(one: Headline, chosen: Chosen) -> Query | None:
    """The query of a headline's line; None without one."""
    if one.grain is None:
        return None
    last = one.line or chosen.period
    return Query(metrics=(one.metric,), grain=grain_in(one.grain, last), last=last)


def panel_query(panel: Panel, chosen: Chosen, days: Days | None) -> Query:
    """The panel's query in the page's period; one that is drawn over time has the period before, too."""
    query = panel.query
    if not panel.in_period or chosen.period is None:
        return query
    if panel.kind != "line" or query.dimensions:
        return replace(query, last=chosen.period)
    return with_period_before(query, chosen.period, days)


def filtered_query(
    registry: Registry, query: Query, choices: Iterable[Choice], chosen: Chosen
) -> tuple[Query, tuple[str, ...]]:
    """The query with the chosen filters, and the labels of those that its metrics have no dimension for."""
    filters, without = list(query.where), []
    for choice in choices:
        member = chosen.members.get(choice.name)
        if member is None:
            continue
        known = [set(registry.dimensions_of(metric)) for metric in query.metrics]
        dimension = next((name for name in choice.dimensions if all(name in having for having in known)), None)
        if dimension is None:
            without.append(choice.label)
        else:
            filters.append(Filter(dimension, "=", (member,)))
    return replace(query, where=tuple(filters)), tuple(without)
